export const conversationWords = {
  title: 'Conversation',
};
