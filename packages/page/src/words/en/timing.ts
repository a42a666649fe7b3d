export const timingWords = {
  title: 'Where the time went',
};
