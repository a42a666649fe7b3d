import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const uploadsWords = {
  title: 'Uploads',
  choose: 'Dateien wählen',
  chooseFolder: 'Ordner wählen',
  emptyTitle: 'Noch keine Uploads',
  emptyText:
    'Lege Aufnahmen oder einen Ordner davon irgendwo auf der Seite ab. Was schon da ist, wird nicht noch einmal gesendet, und nichts geht verloren, wenn du gehst.',
  dropHere: 'Aufnahmen ablegen, um sie zu senden',
  dropHint: 'Dateien und Ordner; was schon da ist, wird nicht noch einmal gesendet',
  nothingToSend: 'Darin war keine Datei.',
  sending: {
    title: 'Wird gesendet',
    hashing: 'Liest die Datei',
    asking: 'Prüft, ob der Server sie schon hat',
    queued: 'Wartet, bis sie an der Reihe ist',
    sending: (percent: string) => `Wird gesendet, ${percent}`,
    waiting: 'Wartet',
    noConnection: 'Es gibt keine Verbindung zum Server.',
    goesOn: (time: string) => `Es geht von selbst weiter, um ${time}.`,
    accepted: 'Gesendet',
    here: 'War schon da',
    failed: 'Nicht gesendet',
    stopped: 'Angehalten',
    stop: 'Nicht weiter senden',
    again: 'Noch einmal senden',
    restore: 'Trotzdem senden',
    unreadable:
      'Der Browser kann sie nicht mehr lesen: Sie wurde verschoben, geändert oder gelöscht. Wähle sie noch einmal.',
    forget: 'Aus dieser Liste nehmen',
    clear: 'Liste leeren',
    summary: (done: string, all: number) =>
      `${done} von ${plural(all, { one: '# Datei', other: '# Dateien' })} gesendet`,
    label: (name: string) => `${name} wird gesendet`,
    unfinished: (count: number) =>
      plural(count, {
        one: 'Eine Datei wurde nicht zu Ende gesendet.',
        other: '# Dateien wurden nicht zu Ende gesendet.',
      }),
    giveUp: 'Vergessen',
    chooseAgain: 'Wähle dieselben Dateien noch einmal, dann geht es dort weiter, wo es aufhörte.',
  },
  stages: {
    accepted: 'Angenommen',
    queued: 'In der Warteschlange',
    transcribing: 'Wird transkribiert',
    placing: 'Wird eingeordnet',
    settling: 'Wartet auf mehr',
    understanding: 'Zusammenfassung',
  },
  states: {
    done: 'fertig',
    now: 'jetzt',
    waiting: 'wartet',
    ahead: 'kommt noch',
    failed: 'endete hier',
    skipped: 'nicht nötig',
  },
  refused: 'Abgelehnt',
  stripLabel: 'Stufen',
  step: (stage: string, state: string) => `${stage}: ${state}`,
  stepShare: (stage: string, share: string) => `${stage}: ${share}`,
  what: {
    done: 'Fertig: Sie gehört zu ihrem Gespräch.',
    doneWithout: 'Fertig.',
    silent: 'Fertig: Es wurde nichts gesagt.',
    deleted: 'Gelöscht.',
    rejected: 'Die Datei ist nicht zu gebrauchen.',
    failed: 'Sie ist gescheitert und wird nicht von selbst wieder versucht.',
    placeInLine: (place: string) => `Nummer ${place} in der Warteschlange.`,
    next: 'Die nächste in der Warteschlange.',
    queued: 'Wartet auf einen freien Arbeiter.',
    transcribing: (share: string) => `${share} davon sind transkribiert.`,
    transcribingFirst: 'Ihr Ton wird gelesen.',
    placing: 'Die Worte bekommen ihren Platz in der Zeit.',
    settling: 'Wartet ab, ob noch Aufnahmen zum selben Gespräch gehören.',
    understanding: 'Titel, Zusammenfassung und Aufgaben entstehen.',
    waiting: (reason: string) => `${reason}.`,
    nextTry: (time: string) => `Weiter geht es ${time}.`,
    tries: (count: number) =>
      plural(count, { one: 'Ein Versuch ist gescheitert.', other: '# Versuche sind gescheitert.' }),
    expected: (time: string) => `Fertig etwa ${time}.`,
    expectedBetween: (from: string, to: string) => `Fertig zwischen ${from} und ${to}.`,
    noWorker:
      'Es läuft kein Arbeiter: Sie wartet, nichts geht verloren, und es geht weiter, sobald der, der den Server betreibt, einen gestartet hat.',
    nothingMeasured: 'Wie lange es dauert, ist noch nicht bekannt.',
    known: 'Sie war schon da.',
    damaged: (time: string) => `Einiges davon war beschädigt: ${time} Ton fehlen.`,
    withoutWords: (count: number) =>
      plural(count, {
        one: 'An einer Stelle gab Sprache keine Worte.',
        other: 'An # Stellen gab Sprache keine Worte.',
      }),
    elsewhere: 'Einiges davon ist in einer anderen Aufnahme zu hören und steht dort.',
    audioGoes: (time: string) => `Ihr Ton bleibt bis ${time}.`,
    audioGone: 'Ihr Ton wurde entfernt, wie du es gewählt hast; die Worte bleiben.',
  },
  status: {
    processing: 'In Arbeit',
    done: 'Fertig',
    needs: (count: number) =>
      plural(count, { one: 'Bei einer Datei ist etwas zu tun', other: 'Bei # Dateien ist etwas zu tun' }),
  },
  counts: {
    pending: (count: number) => plural(count, { one: '# in Arbeit', other: '# in Arbeit' }),
    heard: (count: number) => plural(count, { one: '# transkribiert', other: '# transkribiert' }),
    refused: (count: number) => plural(count, { one: '# abgelehnt', other: '# abgelehnt' }),
    failed: (count: number) => plural(count, { one: '# gescheitert', other: '# gescheitert' }),
    deleted: (count: number) => plural(count, { one: '# gelöscht', other: '# gelöscht' }),
  },
  andMore: (name: string, count: number) =>
    plural(count, { one: `${name} und eine weitere`, other: `${name} und # weitere` }),
  nothingLeft: 'Ein Upload ohne Dateien',
  open: 'Dateien zeigen',
  showAllFiles: (count: number) =>
    plural(count, { one: 'Die eine Datei zeigen', other: 'Alle # Dateien zeigen' }),
  timing: 'Wo die Zeit blieb',
  more: 'Frühere Uploads zeigen',
  conversations: (count: number) =>
    plural(count, { one: 'Zum Gespräch', other: 'Zum ersten von # Gesprächen' }),
  deeds: {
    retry: 'Noch einmal versuchen',
    setTime: 'Zeit setzen',
    changeTime: 'Zeit ändern',
    sendAgain: 'Andere Datei senden',
    cancel: 'Unfertiges abbrechen',
    cancelTitle: 'Diesen Upload abbrechen?',
    cancelText: 'Was davon nicht fertig ist, hält an und wird entfernt. Fertige Dateien bleiben.',
    cancelled: 'Der Upload wurde abgebrochen.',
    retried: 'Sie ist wieder unterwegs.',
    timeSet: 'Die Zeit ist gesetzt.',
  },
  time: {
    title: 'Wann wurde das aufgenommen?',
    about: (name: string, isRefused: boolean) =>
      isRefused
        ? `An ${name} wird gearbeitet, sobald die Zeit bekannt ist.`
        : `Die Worte von ${name} rücken zu dieser Zeit und gehören dann zu den Gesprächen dort.`,
    label: 'Beginn der Aufnahme',
    zone: (zone: string) => `In der Zeitzone ${zone}`,
    invalid: 'Das ist keine Zeit.',
    save: 'Zeit setzen',
  },
  keys: {
    title: 'Uploads',
    choose: 'Dateien zum Senden wählen',
    open: 'Dateien des Uploads zeigen oder verbergen',
    next: 'Nächster Upload',
    previous: 'Voriger Upload',
    timing: 'Wo seine Zeit blieb',
    retry: 'Alle gescheiterten Dateien noch einmal versuchen',
  },
};
