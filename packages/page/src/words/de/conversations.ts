export const conversationsWords = {
  title: 'Gespräche',
};
