export const uploadsWords = {
  title: 'Uploads',
};
