export const welcomeWords = {
  title: 'Noch ist nichts da',
  explains:
    'Afterword macht aus Aufnahmen eines tragbaren Geräts Gespräche: was gesagt wurde, wann, und was zu tun ist. Zieh Dateien oder einen Ordner irgendwohin auf diese Seite, oder lass ein Gerät sie senden. Die Aufnahmen bleiben auf diesem Server.',
};
