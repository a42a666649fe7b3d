export const settingsWords = {
  title: 'Settings',
};
