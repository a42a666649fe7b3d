export const operationWords = {
  title: 'Operation',
};
