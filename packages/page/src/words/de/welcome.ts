import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const welcomeWords = {
  title: 'Noch ist nichts da',
  whatItDoes: 'Afterword macht aus Aufnahmen Gespräche: was gesagt wurde, von wem, und was zu tun ist.',
  howItBegins:
    'Zieh Dateien oder einen Ordner irgendwohin auf diese Seite, oder lass sie von einem Gerät senden.',
  whereItStays:
    'Aufnahmen bleiben auf diesem Server. Hat er den Empfang bestätigt, gehen sie nicht mehr verloren.',
  takeSample: 'Mit einem Beispieltag ausprobieren',
  taking: 'Der Beispieltag wird aufgenommen …',
  send: 'Aufnahmen senden',
  underWay: (files: number) =>
    plural(files, {
      one: 'Deine Aufnahme wird gerade bearbeitet',
      other: 'Deine # Aufnahmen werden gerade bearbeitet',
    }),
  appears: 'Das erste Gespräch erscheint hier von selbst, sobald sein Text da ist.',
  expected: (at: string) => `Alles ist voraussichtlich gegen ${at} fertig.`,
  noWorker:
    'Es läuft kein Worker: Der Betreiber des Servers muss einen starten. Bis dahin geht nichts verloren.',
  watch: 'Den Stand ansehen',
  timing: 'Wo die Zeit bleibt',
};
