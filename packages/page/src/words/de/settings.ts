export const settingsWords = {
  title: 'Einstellungen',
};
