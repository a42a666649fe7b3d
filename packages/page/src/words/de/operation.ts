export const operationWords = {
  title: 'Betrieb',
};
