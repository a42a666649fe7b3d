import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');
const about = (time: string | null) => (time === null ? '' : ` Erwartet gegen ${time}.`);

export const conversationsWords = {
  title: 'Gespräche',
  searching: 'Suchen',
  search: 'Gespräche durchsuchen',
  searchHint: 'Suchen, was gesagt wurde',
  results: 'Was gefunden wurde',
  found: (total: number) => plural(total, { one: '# Gespräch gefunden', other: '# Gespräche gefunden' }),
  moreResults: 'Mehr zeigen',
  notAllSearched: 'Ältere Wörter kommen noch in die Suche: einige sind noch nicht zu finden.',
  nothing: 'Kein Gespräch ist so.',
  narrow: 'Eingrenzen',
  showAll: 'Alle zeigen',
  folders: 'Ordner',
  folder: 'Ordner',
  noFolder: 'In keinem Ordner',
  starred: 'Mit Stern',
  speaker: 'Wer spricht',
  anybody: 'Alle',
  fromDay: 'Von',
  toDay: 'Bis',
  state: 'Zustand',
  anyState: 'Jeder',
  stateSettling: 'Noch nicht fertig',
  stateFailed: 'Fehlgeschlagen',
  showFiller: 'Auch die mit nur wenigen Wörtern',
  filler: 'Nur wenige Wörter',
  untitled: 'Noch kein Titel',
  openTasks: (count: number) => plural(count, { one: '# Aufgabe', other: '# Aufgaben' }),
  star: (title: string) => `Stern für „${title}“`,
  unstar: (title: string) => `Stern von „${title}“ nehmen`,
  move: (title: string) => `„${title}“ in einen Ordner legen`,
  settling: (time: string | null) => `Wartet kurz: weitere Aufnahmen können dazugehören.${about(time)}`,
  understanding: (time: string | null) => `Titel und Zusammenfassung entstehen.${about(time)}`,
  again: (failure: string, time: string) => `${failure} Der nächste Versuch ist um ${time}.`,
  forNow: (time: string | null) =>
    `Titel und Zusammenfassung sind gesprochene Sätze; das Sprachmodell hat nicht geantwortet.${time === null ? '' : ` Es wird um ${time} wieder gefragt.`}`,
  failed: (failure: string | null, remedy: string | null) =>
    [failure ?? 'Titel und Zusammenfassung konnten nicht entstehen.', remedy].filter(Boolean).join(' '),
  noWorker: 'Kein Worker läuft: wer den Server betreibt, muss einen starten.',
  keyNext: 'Nächstes Gespräch',
  keyBefore: 'Gespräch davor',
  keyStar: 'Stern geben',
  keyDelete: 'Löschen',
  deleting: (title: string) => ({
    done: `Gelöscht: „${title}“`,
    failed: `„${title}“ konnte nicht gelöscht werden.`,
  }),
  keySearch: 'Suchen',
};
