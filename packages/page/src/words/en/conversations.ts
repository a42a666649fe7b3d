export const conversationsWords = {
  title: 'Conversations',
};
