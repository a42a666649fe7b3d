import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const standingWords = {
  titles: {
    working: 'Titel und Zusammenfassung kommen noch',
    again: 'Titel und Zusammenfassung ließen sich beim letzten Versuch nicht erstellen',
    'for-now': 'Als Titel und Zusammenfassung stehen vorerst Sätze aus dem Gespräch',
    failed: 'Titel und Zusammenfassung ließen sich nicht erstellen',
  },
  filler: 'Hier fielen nur ein paar Füllwörter, deshalb fehlt es in den Listen.',
  stages: {
    queued: 'Es steht in der Warteschlange.',
    waiting: 'Es wartet auf den nächsten Versuch.',
    transcribing: 'Weiterer Ton wird gerade transkribiert.',
    placing: 'Der Text wird gerade eingeordnet.',
    settling: 'Es wartet noch kurz: Weitere Aufnahmen können dazugehören.',
    understanding: 'Titel, Zusammenfassung und Aufgaben entstehen gerade.',
  },
  noWorker: 'Es läuft kein Worker: Der Betreiber des Servers muss einen starten.',
  wordsAreThere: 'Was gesagt wurde, lässt sich trotzdem lesen und hören.',
  nothingMeasured: 'Wie lange es dauert, ist noch nicht bekannt.',
  place: (place: number) => `Platz ${place} in der Warteschlange.`,
  expected: (at: string) => `Erwartet gegen ${at}.`,
  tries: (count: number) =>
    plural(count, { one: 'Ein Versuch ist fehlgeschlagen.', other: '# Versuche sind fehlgeschlagen.' }),
  nextTry: (at: string) => `Der nächste Versuch beginnt um ${at}.`,
  retry: 'Jetzt versuchen',
};
