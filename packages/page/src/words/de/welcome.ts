import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const welcomeWords = {
  title: 'Noch ist nichts da',
  whatItDoes: 'Afterword macht aus Aufnahmen Gespräche: was gesagt wurde, von wem, und was zu tun ist.',
  howItBegins: 'Zieh Dateien oder einen Ordner irgendwohin auf diese Seite, oder lass ein Gerät sie senden.',
  whereItStays:
    'Aufnahmen bleiben auf diesem Server und gehen nie verloren, sobald er sagt, dass er sie hat.',
  takeSample: 'Mit einem Beispieltag ausprobieren',
  taking: 'Der Beispieltag wird aufgenommen …',
  send: 'Aufnahmen senden',
  underWay: (files: number) =>
    plural(files, {
      one: 'Deine Aufnahme wird gerade bearbeitet',
      other: 'Deine # Aufnahmen werden gerade bearbeitet',
    }),
  appears: 'Das erste Gespräch erscheint hier von selbst, sobald seine Worte da sind.',
  expected: (at: string) => `Alles ist voraussichtlich gegen ${at} fertig.`,
  noWorker: 'Kein Worker läuft: wer den Server betreibt, muss einen starten. Bis dahin geht nichts verloren.',
  watch: 'Ansehen, wie weit es ist',
  timing: 'Wo die Zeit bleibt',
};
