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
  failures: {
    timeout: {
      what: 'Das Sprachmodell hat nicht rechtzeitig geantwortet',
      remedy: 'Versuche es später noch einmal.',
    },
    rate_limited: {
      what: 'Das Sprachmodell nimmt gerade keine weiteren Anfragen an',
      remedy: 'Versuche es später noch einmal.',
    },
    upstream: {
      what: 'Das Sprachmodell antwortet nicht',
      remedy: 'Versuche es noch einmal, sobald es wieder antwortet.',
    },
    configuration: {
      what: 'Das Sprachmodell ist nicht richtig eingerichtet',
      remedy: 'Der Betreiber des Servers muss die Einstellung korrigieren; versuche es dann noch einmal.',
    },
    invalid_input: {
      what: 'Das Sprachmodell hat die Antwort verweigert',
      remedy: 'Versuche es noch einmal, oder frage ein anderes Sprachmodell.',
    },
    poison: {
      what: 'Mehrere Worker sind dabei abgestürzt',
      remedy: 'Versuche es noch einmal. Schlägt es wieder fehl, steht der Grund im Log des Servers.',
    },
    defect: {
      what: 'Ein Fehler in Afterword hat die Arbeit beendet',
      remedy: 'Melde ihn dem Betreiber des Servers; versuche es nach einem Update noch einmal.',
    },
    language_calls_used_up: {
      what: 'Das Sprachmodell wurde heute so oft für dich gefragt, wie es für eine Person erlaubt ist',
      remedy: 'Versuche es morgen noch einmal.',
    },
  } as Record<string, { what: string; remedy: string }>,
  byItself: 'Du musst nichts tun: Es wird von selbst wieder versucht.',
  details: 'Einzelheiten',
  noWorker: 'Es läuft kein Worker: Der Betreiber des Servers muss einen starten.',
  wordsAreThere: 'Was gesagt wurde, lässt sich trotzdem lesen und hören.',
  place: (place: number) => `Platz ${place} in der Warteschlange.`,
  expected: (at: string) => `Erwartet gegen ${at}.`,
  tries: (count: number) =>
    plural(count, { one: 'Ein Versuch ist fehlgeschlagen.', other: '# Versuche sind fehlgeschlagen.' }),
  nextTry: (at: string) => `Der nächste Versuch beginnt um ${at}.`,
  retry: 'Jetzt versuchen',
};
