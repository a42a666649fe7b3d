import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const operationWords = {
  title: 'Betrieb',
  forAdmins: 'Diese Seite ist für Administratoren des Servers',
  forAdminsText:
    'Sie zeigt den Zustand des Servers für alle, die ihn benutzen, und verlangt deshalb die Rolle admin. Der Betreiber vergibt sie mit „afterword users role DEINE-ID admin“.',
  well: 'Alles ist in Ordnung',
  wellText: 'Nichts wartet lange, jeder Anbieter antwortet, und nichts ist fehlgeschlagen.',
  worst: 'Was nicht stimmt',
  since: (time: string) => `seit ${time}`,
  asOf: (time: string) => `Stand ${time}`,
  stale: (time: string) =>
    `Der Server hat sich seit ${time} nicht gemeldet. Die Seite versucht es von selbst weiter.`,
  troubles: {
    storage_unavailable: {
      full: 'Der Speicher für Ton ist voll: Uploads werden abgelehnt. Die Sender behalten ihre Dateien und versuchen es wieder.',
      read_only:
        'Der Speicher für Ton ist schreibgeschützt: Uploads werden abgelehnt. Die Sender behalten ihre Dateien und versuchen es wieder.',
      unavailable:
        'Der Speicher für Ton antwortet nicht: Uploads werden abgelehnt. Die Sender behalten ihre Dateien und versuchen es wieder.',
    },
    no_worker: (count: number) =>
      count === 0
        ? 'Es läuft kein Worker: Was jetzt hochgeladen wird, wartet. Nichts geht verloren.'
        : plural(count, {
            one: 'Es läuft kein Worker, und ein Auftrag wartet. Nichts geht verloren, und nichts geht weiter, bis einer gestartet ist: „afterword serve“, oder mit „--role worker“.',
            other:
              'Es läuft kein Worker, und # Aufträge warten. Nichts geht verloren, und nichts geht weiter, bis einer gestartet ist: „afterword serve“, oder mit „--role worker“.',
          }),
    workers_lost: (count: number) =>
      count < 3
        ? plural(count, {
            one: 'Ein Worker ist in den letzten zehn Minuten abgestürzt: Ein anderer hat seine Aufträge übernommen oder tut es in Sekunden. Den Grund nennt das Log.',
            other:
              '# Worker sind in den letzten zehn Minuten abgestürzt: Andere haben ihre Aufträge übernommen oder tun es in Sekunden. Den Grund nennt das Log.',
          })
        : `${count} Worker sind in den letzten zehn Minuten abgestürzt. Ihre Aufträge werden übernommen, aber etwas bringt sie zum Absturz: Was, steht in ihrem Log.`,
    queue_stuck: (lane: string, count: number, age: string) =>
      `In der Warteschlange „${lane}“ warten ${count}, der älteste Eintrag seit ${age}, und keiner wird bearbeitet.`,
    provider_down: (provider: string, code: string) =>
      `${provider} ist gestört (${code}). Er wird vorerst nicht gefragt und alle paar Sekunden geprüft; solange springen andere ein, oder die Aufträge warten.`,
    provider_failing: (provider: string, code: string, count: number) =>
      `Die letzten Anfragen an ${provider} sind fehlgeschlagen (${code}): ${count} in zehn Minuten. Sie werden von selbst wiederholt.`,
    dead_letters: (count: number) =>
      plural(count, {
        one: 'Ein Auftrag ist fehlgeschlagen und wird nicht von selbst wiederholt. Der Ton bleibt.',
        other: '# Aufträge sind fehlgeschlagen und werden nicht von selbst wiederholt. Der Ton bleibt.',
      }),
    worker_silent: (age: string, count: number) =>
      `Ein Worker meldet sich seit ${age} nicht. Seine Aufträge (${count}) werden in Sekunden übernommen.`,
    webhooks_disabled: (count: number) =>
      plural(count, {
        one: 'Ein Webhook hat fünf Tage lang nichts angenommen oder ist verschwunden, und ist abgeschaltet. Sein Besitzer weiß Bescheid.',
        other:
          '# Webhooks haben fünf Tage lang nichts angenommen oder sind verschwunden, und sind abgeschaltet. Ihre Besitzer wissen Bescheid.',
      }),
    provider_paused: (provider: string) => `${provider} hat um eine Pause gebeten: Danach geht es weiter.`,
    webhooks_failing: (count: number) =>
      plural(count, {
        one: 'Ein Webhook hat die letzte Zustellung nicht angenommen. Sie wird einen Tag lang wiederholt.',
        other: '# Webhooks haben die letzte Zustellung nicht angenommen. Sie wird einen Tag lang wiederholt.',
      }),
    orphans_stay: (count: number) =>
      plural(count, {
        one: 'Eine Datei ließ sich seit mehr als einem Tag nicht löschen: Der Speicher lehnt es ab.',
        other: '# Dateien ließen sich seit mehr als einem Tag nicht löschen: Der Speicher lehnt es ab.',
      }),
    noCode: 'kein Grund genannt',
  },
  levels: { bad: 'Jetzt handeln', warning: 'Ansehen' },
  letters: {
    title: 'Fehlgeschlagene Aufträge',
    none: 'Nichts ist fehlgeschlagen.',
    kinds: { recording: 'Aufnahme', conversation: 'Gespräch' },
    counted: (kind: 'recording' | 'conversation', count: number) =>
      kind === 'recording'
        ? plural(count, { one: '# Aufnahme', other: '# Aufnahmen' })
        : plural(count, { one: '# Gespräch', other: '# Gespräche' }),
    will: (kind: 'recording' | 'conversation', count: number) =>
      kind === 'recording'
        ? plural(count, {
            one: `Versucht die eine Aufnahme noch einmal. Was schon transkribiert ist, wird nicht noch einmal transkribiert.`,
            other: `Versucht alle # Aufnahmen noch einmal. Was schon transkribiert ist, wird nicht noch einmal transkribiert.`,
          })
        : plural(count, {
            one: 'Lässt das eine Gespräch neu zusammenfassen.',
            other: 'Lässt alle # Gespräche neu zusammenfassen.',
          }),
    willOne: 'Versucht dies sofort noch einmal.',
    retryAll: 'Alle noch einmal versuchen',
    retry: 'Noch einmal versuchen',
    retried: (count: number) =>
      plural(count, { one: 'Ein Auftrag ist wieder unterwegs.', other: '# Aufträge sind wieder unterwegs.' }),
    more: 'Mehr anzeigen',
    rest: 'Es sind noch welche übrig: Noch einmal drücken.',
    of: (user: string) => `von ${user}`,
    tries: (count: number) => plural(count, { one: 'nach einem Versuch', other: 'nach # Versuchen' }),
    each: 'Einzeln zeigen',
    unknownCode: 'eines unbekannten Grundes',
  },
  lanes: {
    title: 'Warteschlangen',
    names: { fresh: 'Neue Aufnahmen', backfill: 'Ältere Aufnahmen', conversations: 'Gespräche' },
    waiting: 'Wartend',
    running: 'In Arbeit',
    oldest: 'Am längsten',
    reasons: 'Warum sie warten',
    goesOn: (time: string) => `weiter ${time}`,
  },
  stages: {
    title: 'Dauer der Schritte',
    lately: 'Für alles, was in den letzten 15 Minuten endete.',
    names: {
      queued: 'In der Warteschlange',
      decode: 'Dekodieren',
      listen: 'Sprache erkennen',
      transcribe: 'Transkribieren, Anfragen addiert',
      place: 'Einordnen',
      total: 'Ganze Aufnahme',
      understand: 'Zusammenfassung',
    },
    stage: 'Schritt',
    ended: 'Beendet',
    half: '50 % unter',
    most: '95 % unter',
  },
  providers: {
    title: 'Anbieter',
    lately: 'Anfragen der letzten zehn Minuten; das Limit gilt für alle Prozesse zusammen.',
    none: 'Kein externer Dienst wurde gefragt.',
    provider: 'Anbieter',
    states: { well: 'In Ordnung', failing: 'Fehler', down: 'Gestört', idle: 'Nicht gefragt' },
    state: 'Zustand',
    limit: 'Gleichzeitig',
    limitOf: (used: string, allowed: string) => `${used} von ${allowed}`,
    own: 'je Prozess',
    answered: 'Beantwortet',
    failed: 'Fehlgeschlagen',
    spared: 'Ausgelassen',
    half: '50 % unter',
    most: '95 % unter',
    last: 'Letzter Fehler',
    lastOf: (time: string, why: string) => `${time}: ${why}`,
  },
  workers: {
    title: 'Worker',
    none: 'Seit zehn Minuten lief kein Worker.',
    worker: 'Worker',
    states: { alive: 'Aktiv', silent: 'Meldet sich nicht', dead: 'Abgestürzt' },
    state: 'Zustand',
    places: 'Plätze',
    holds: 'Aufträge',
    beat: 'Letzter Heartbeat',
    since: 'Seit',
    held: (kind: string, id: string, user: string) => `${kind} ${id} von ${user}`,
    share: (share: string) => `${share} transkribiert`,
    crashes: (count: number) => plural(count, { one: 'ein Absturz', other: '# Abstürze' }),
    showHeld: 'Seine Aufträge',
  },
  storage: {
    title: 'Speicher',
    states: {
      ok: 'Nimmt Uploads an',
      full: 'Voll',
      read_only: 'Schreibgeschützt',
      unavailable: 'Antwortet nicht',
    },
    audio: 'Ton, wie er gesendet wurde',
    copies: 'Kopien, die ab jeder Sekunde abspielbar sind',
    recordings: 'Aufnahmen mit Ton',
    database: 'Datenbank',
    orphans: 'Zu löschende Dateien',
    counting: 'wird gezählt',
  },
  deliveries: {
    title: 'Zustellungen',
    webhooks: 'Webhooks',
    push: 'Mitteilungen',
    waiting: 'Wartend',
    failed: 'In 24 Stunden aufgegeben',
    oldest: 'Am längsten',
    targets: 'Ziele',
    failing: 'Fehlerhaft',
    disabled: 'Abgeschaltet',
    disabledOne: (id: string, user: string, why: string) => `${id} von ${user}: ${why}`,
  },
  keys: {
    title: 'Betrieb',
    next: 'Nächster Fehler',
    previous: 'Voriger Fehler',
    retry: 'Das Gewählte noch einmal versuchen',
  },
};
