export const timingWords = {
  title: 'Wo die Zeit blieb',
};
