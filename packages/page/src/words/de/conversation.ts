export const conversationWords = {
  title: 'Gespräch',
};
