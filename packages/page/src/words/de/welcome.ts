export const welcomeWords = {
  title: 'Noch ist nichts da',
  whatItDoes: 'Afterword macht aus Aufnahmen Gespräche: was gesagt wurde, von wem, und was zu tun ist.',
  howItBegins: 'Zieh Dateien oder einen Ordner irgendwohin auf diese Seite, oder lass ein Gerät sie senden.',
  whereItStays:
    'Aufnahmen bleiben auf diesem Server und gehen nie verloren, sobald er sagt, dass er sie hat.',
  takeSample: 'Mit einem Beispieltag ausprobieren',
  taking: 'Der Beispieltag wird aufgenommen …',
  send: 'Aufnahmen senden',
};
