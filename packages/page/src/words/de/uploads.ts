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
    goesOn: (time: string) => `Um ${time} geht es von selbst weiter.`,
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
    queued: 'Warteschlange',
    transcribing: 'Transkribieren',
    placing: 'Einordnen',
    settling: 'Wartet auf weitere',
    understanding: 'Überblick',
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
  stripLabel: 'Schritte',
  step: (stage: string, state: string) => `${stage}: ${state}`,
  stepShare: (stage: string, share: string) => `${stage}: ${share}`,
  what: {
    done: 'Fertig: Die Aufnahme gehört zu einem Gespräch.',
    doneWithout: 'Fertig.',
    silent: 'Fertig: Es wurde nichts gesagt.',
    deleted: 'Gelöscht.',
    rejected: 'Die Datei ist nicht zu gebrauchen.',
    failed: 'Die Bearbeitung ist fehlgeschlagen und wird nicht von selbst wiederholt.',
    placeInLine: (place: string) => `Nummer ${place} in der Warteschlange.`,
    next: 'Die nächste in der Warteschlange.',
    queued: 'Wartet auf einen freien Worker.',
    transcribing: (share: string) => `${share} davon sind transkribiert.`,
    transcribingFirst: 'Der Ton wird gelesen.',
    placing: 'Der Text wird zeitlich eingeordnet.',
    settling: 'Wartet ab, ob noch Aufnahmen zum selben Gespräch gehören.',
    understanding: 'Titel, Zusammenfassung und Aufgaben entstehen.',
    waiting: (reason: string) => `${reason}.`,
    nextTry: (time: string) => `Es geht um ${time} weiter.`,
    tries: (count: number) =>
      plural(count, { one: 'Ein Versuch ist fehlgeschlagen.', other: '# Versuche sind fehlgeschlagen.' }),
    expected: (time: string) => `Fertig gegen ${time}.`,
    expectedBetween: (from: string, to: string) => `Fertig zwischen ${from} und ${to}.`,
    noWorker:
      'Es läuft kein Worker: Die Datei wartet, und nichts geht verloren. Es geht weiter, sobald der Betreiber des Servers einen gestartet hat.',
    workerLost: 'Der Worker ist abgestürzt: Ein anderer übernimmt in Sekunden, und nichts geht verloren.',
    expectedRoughly: (from: string, to: string) =>
      `Fertig etwa zwischen ${from} und ${to}: Nach einigen Aufnahmen ist es genauer bekannt.`,
    known: 'Die Datei war schon da.',
    damaged: (time: string) => `Ein Teil war beschädigt: ${time} Ton fehlen.`,
    withoutWords: (count: number) =>
      plural(count, {
        one: 'An einer Stelle war nichts zu verstehen.',
        other: 'An # Stellen war nichts zu verstehen.',
      }),
    elsewhere: 'Ein Teil ist auch in einer anderen Aufnahme zu hören und steht dort.',
    audioGoes: (time: string) => `Der Ton wird bis ${time} aufbewahrt.`,
    audioGone: 'Der Ton wurde nach der von dir eingestellten Frist gelöscht; der Text bleibt.',
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
    failed: (count: number) => plural(count, { one: '# fehlgeschlagen', other: '# fehlgeschlagen' }),
    deleted: (count: number) => plural(count, { one: '# gelöscht', other: '# gelöscht' }),
  },
  ofSound: (time: string) => `${time} Ton`,
  took: (time: string) => `fertig nach ${time}`,
  andMore: (name: string, count: number) =>
    plural(count, { one: `${name} und eine weitere`, other: `${name} und # weitere` }),
  nothingLeft: 'Ein Upload ohne Dateien',
  showAllFiles: (count: number) =>
    plural(count, { one: 'Die eine Datei zeigen', other: 'Alle # Dateien zeigen' }),
  timing: 'Wo die Zeit blieb',
  more: 'Frühere Uploads zeigen',
  conversations: (count: number) =>
    plural(count, { one: 'Zum Gespräch', other: 'Zum ersten von # Gesprächen' }),
  deeds: {
    retry: 'Noch einmal versuchen',
    setTime: 'Zeit angeben',
    changeTime: 'Zeit ändern',
    cancel: 'Unfertiges abbrechen',
    cancelTitle: 'Diesen Upload abbrechen?',
    cancelText: 'Was davon nicht fertig ist, hält an und wird entfernt. Fertige Dateien bleiben.',
    cancelled: 'Der Upload wurde abgebrochen.',
    retried: 'Die Datei wird wieder bearbeitet.',
    dismiss: 'Ausblenden',
    dismissAll: 'Alles Abgelehnte ausblenden',
    dismissed: (count: number) =>
      plural(count, {
        one: 'Eine abgelehnte Datei wird nicht mehr gezeigt.',
        other: '# abgelehnte Dateien werden nicht mehr gezeigt.',
      }),
    showDismissed: (count: number) =>
      plural(count, { one: 'Die ausgeblendete Datei zeigen', other: '# ausgeblendete Dateien zeigen' }),
    timeSet: 'Die Zeit ist geändert.',
  },
  time: {
    title: 'Wann wurde das aufgenommen?',
    about: (name: string, isRefused: boolean) =>
      isRefused
        ? `${name} wird bearbeitet, sobald die Zeit bekannt ist.`
        : `Der Text von ${name} rückt an diese Zeit und gehört dann zu den Gesprächen dort.`,
    label: 'Beginn der Aufnahme',
    zone: (zone: string) => `In der Zeitzone ${zone}`,
    invalid: 'Das ist keine gültige Zeit.',
    save: 'Zeit angeben',
  },
  keys: {
    title: 'Uploads',
    choose: 'Dateien zum Senden wählen',
    next: 'Nächster Upload',
    previous: 'Voriger Upload',
  },
};
