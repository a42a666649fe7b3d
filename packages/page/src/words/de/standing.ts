import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const standingWords = {
  titles: {
    working: 'Titel und Zusammenfassung kommen noch',
    again: 'Der letzte Versuch, Titel und Zusammenfassung zu machen, ist misslungen',
    'for-now': 'Titel und Zusammenfassung sind vorerst gesprochene Sätze',
    failed: 'Titel und Zusammenfassung konnten nicht gemacht werden',
  },
  filler: 'Es wurden nur ein paar Füllwörter gesagt, darum lassen Listen es aus.',
  stages: {
    queued: 'Es steht in der Reihe des Workers.',
    waiting: 'Es wartet auf den nächsten Versuch.',
    transcribing: 'Mehr von seinem Ton wird gerade verschriftlicht.',
    placing: 'Seine Worte werden gerade eingeordnet.',
    settling: 'Es wartet kurz: weitere Aufnahmen können dazugehören.',
    understanding: 'Titel, Zusammenfassung und Aufgaben werden gerade gemacht.',
  },
  noWorker: 'Kein Worker läuft: wer den Server betreibt, muss einen starten.',
  wordsAreThere: 'Was gesagt wurde, lässt sich trotzdem lesen und hören.',
  nothingMeasured: 'Wie lange es dauert, ist noch nicht bekannt.',
  place: (place: number) => `Platz ${place} in der Reihe.`,
  expected: (at: string) => `Erwartet gegen ${at}.`,
  tries: (count: number) =>
    plural(count, { one: 'Ein Versuch ist misslungen.', other: '# Versuche sind misslungen.' }),
  nextTry: (at: string) => `Der nächste Versuch beginnt um ${at}.`,
  retry: 'Jetzt versuchen',
};
