import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const operationWords = {
  title: 'Betrieb',
  forAdmins: 'Diese Seite ist für Verwalter des Servers',
  forAdminsText:
    'Sie zeigt, wie es dem Server für alle seine Leute geht, und braucht darum die Rolle admin. Wer den Server betreibt, gibt sie mit „afterword users role DEINE-ID admin“.',
  well: 'Alles ist in Ordnung',
  wellText: 'Nichts wartet lange, jeder Anbieter antwortet, und nichts ist gescheitert.',
  worst: 'Was nicht stimmt',
  since: (time: string) => `seit ${time}`,
  asOf: (time: string) => `Stand ${time}`,
  stale: (time: string) => `Der Server hat seit ${time} nichts gesagt. Er wird von selbst wieder gefragt.`,
  troubles: {
    storage_unavailable: {
      full: 'Der Speicher für Ton ist voll: Uploads werden abgelehnt. Sender behalten ihre Dateien und kommen wieder.',
      read_only:
        'Der Speicher für Ton ist schreibgeschützt: Uploads werden abgelehnt. Sender behalten ihre Dateien und kommen wieder.',
      unavailable:
        'Der Speicher für Ton antwortet nicht: Uploads werden abgelehnt. Sender behalten ihre Dateien und kommen wieder.',
    },
    no_worker: (count: number) =>
      count === 0
        ? 'Es läuft kein Arbeiter: Was jetzt hochgeladen wird, wartet. Nichts geht verloren.'
        : plural(count, {
            one: 'Es läuft kein Arbeiter, und eine Arbeit wartet. Nichts geht verloren, und nichts geht weiter, bis einer gestartet ist: „afterword serve“, oder mit „--role worker“.',
            other:
              'Es läuft kein Arbeiter, und # Arbeiten warten. Nichts geht verloren, und nichts geht weiter, bis einer gestartet ist: „afterword serve“, oder mit „--role worker“.',
          }),
    workers_lost: (count: number) =>
      `${count} Arbeiter starben, ohne ihre Arbeit abzugeben. Sie wird übernommen, aber etwas tötet sie: Ihr Protokoll sagt, was.`,
    queue_stuck: (lane: string, count: number, age: string) =>
      `In der Bahn „${lane}“ warten ${count}, die älteste seit ${age}, und an keiner wird gearbeitet.`,
    provider_down: (provider: string, code: string) =>
      `${provider} ist gestört (${code}). Er wird in Ruhe gelassen und alle paar Sekunden geprüft; andere werden gefragt, oder die Arbeit wartet.`,
    provider_failing: (provider: string, code: string, count: number) =>
      `Die letzten Anfragen an ${provider} scheiterten (${code}): ${count} in zehn Minuten. Sie werden von selbst wiederholt.`,
    dead_letters: (count: number) =>
      plural(count, {
        one: 'Eine Arbeit ist gescheitert und wird nicht von selbst wieder versucht. Ihr Ton bleibt.',
        other: '# Arbeiten sind gescheitert und werden nicht von selbst wieder versucht. Ihr Ton bleibt.',
      }),
    worker_silent: (age: string, count: number) =>
      `Von einem Arbeiter war seit ${age} nichts zu hören. Was er hält (${count}), wird in Sekunden übernommen.`,
    webhooks_disabled: (count: number) =>
      plural(count, {
        one: 'Ein Webhook nahm fünf Tage nichts an und ist abgeschaltet. Sein Besitzer weiß es.',
        other: '# Webhooks nahmen fünf Tage nichts an und sind abgeschaltet. Ihre Besitzer wissen es.',
      }),
    provider_paused: (provider: string) =>
      `${provider} wollte eine Weile in Ruhe gelassen werden: Dann geht die Arbeit weiter.`,
    webhooks_failing: (count: number) =>
      plural(count, {
        one: 'Ein Webhook nahm die letzte Sendung nicht an. Sie wird einen Tag lang wiederholt.',
        other: '# Webhooks nahmen die letzte Sendung nicht an. Sie wird einen Tag lang wiederholt.',
      }),
    orphans_stay: (count: number) =>
      plural(count, {
        one: 'Eine Datei ließ sich mehr als einen Tag nicht freigeben: Der Speicher löscht nicht.',
        other: '# Dateien ließen sich mehr als einen Tag nicht freigeben: Der Speicher löscht nicht.',
      }),
    noCode: 'kein Grund genannt',
  },
  levels: { bad: 'Jetzt handeln', warning: 'Ansehen' },
  letters: {
    title: 'Gescheiterte Arbeit',
    none: 'Nichts ist gescheitert.',
    kinds: { recording: 'Aufnahme', conversation: 'Gespräch' },
    counted: (kind: 'recording' | 'conversation', count: number) =>
      kind === 'recording'
        ? plural(count, { one: '# Aufnahme', other: '# Aufnahmen' })
        : plural(count, { one: '# Gespräch', other: '# Gespräche' }),
    will: (kind: 'recording' | 'conversation', count: number, code: string) =>
      kind === 'recording'
        ? plural(count, {
            one: `Versucht die eine Aufnahme noch einmal, die wegen ${code} gescheitert ist. Was schon Worte hat, wird nicht zweimal abgeschrieben.`,
            other: `Versucht alle # Aufnahmen noch einmal, die wegen ${code} gescheitert sind. Was schon Worte hat, wird nicht zweimal abgeschrieben.`,
          })
        : plural(count, {
            one: `Lässt das eine Gespräch neu zusammenfassen, das wegen ${code} gescheitert ist.`,
            other: `Lässt alle # Gespräche neu zusammenfassen, die wegen ${code} gescheitert sind.`,
          }),
    willOne: 'Versucht dies sofort noch einmal.',
    retryAll: 'Alle noch einmal versuchen',
    retry: 'Noch einmal versuchen',
    retried: (count: number) =>
      plural(count, { one: 'Eine ist wieder unterwegs.', other: '# sind wieder unterwegs.' }),
    more: 'Mehr zeigen',
    rest: 'Es sind noch welche übrig: Noch einmal drücken.',
    of: (user: string) => `von ${user}`,
    tries: (count: number) => plural(count, { one: 'nach einem Versuch', other: 'nach # Versuchen' }),
    each: 'Jede einzeln',
    unknownCode: 'einem Grund, der nicht notiert ist',
  },
  lanes: {
    title: 'Schlangen',
    names: { fresh: 'Frische Aufnahmen', backfill: 'Rückstand', conversations: 'Gespräche' },
    waiting: 'Warten',
    running: 'In Arbeit',
    oldest: 'Älteste',
    reasons: 'Warum sie warten',
    goesOn: (time: string) => `weiter ${time}`,
  },
  stages: {
    title: 'Was Stufen dauern',
    lately: 'Von dem, was in 15 Minuten endete.',
    names: {
      queued: 'In der Schlange',
      decode: 'Dekodieren',
      listen: 'Sprache finden',
      transcribe: 'Transkribieren',
      place: 'Einordnen',
      total: 'Eine Aufnahme im Ganzen',
      understand: 'Zusammenfassung',
    },
    stage: 'Stufe',
    ended: 'Beendet',
    half: 'Die Hälfte in',
    most: '95 % in',
  },
  providers: {
    title: 'Anbieter',
    lately: 'Anfragen der letzten zehn Minuten; die Grenze teilen sich alle Prozesse.',
    none: 'Nichts außerhalb dieses Servers wurde gefragt.',
    provider: 'Anbieter',
    states: { well: 'In Ordnung', failing: 'Scheitert', down: 'Gestört', idle: 'Nicht gefragt' },
    state: 'Zustand',
    limit: 'Zugleich',
    limitOf: (used: string, allowed: string) => `${used} von ${allowed}`,
    own: 'jeder Prozess für sich',
    answered: 'Beantwortet',
    failed: 'Gescheitert',
    spared: 'Nicht gestellt',
    half: 'Die Hälfte in',
    most: '95 % in',
    last: 'Letztes Scheitern',
  },
  workers: {
    title: 'Arbeiter',
    none: 'Seit zehn Minuten war kein Arbeiter da.',
    worker: 'Arbeiter',
    states: { alive: 'Am Leben', silent: 'Still', dead: 'Beendet' },
    state: 'Zustand',
    places: 'Plätze',
    holds: 'Hält',
    beat: 'Lebenszeichen',
    since: 'Seit',
    held: (kind: string, id: string, user: string) => `${kind} ${id} von ${user}`,
    share: (share: string) => `${share} abgeschrieben`,
    crashes: (count: number) => plural(count, { one: 'ein Absturz', other: '# Abstürze' }),
    showHeld: 'Was er hält',
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
    recordings: 'Aufnahmen mit Ton',
    database: 'Datenbank',
    orphans: 'Freizugebende Dateien',
    counting: 'wird gezählt',
  },
  deliveries: {
    title: 'Sendungen',
    webhooks: 'Webhooks',
    push: 'Mitteilungen',
    waiting: 'Warten',
    failed: 'In 24 Stunden aufgegeben',
    oldest: 'Älteste',
    targets: 'Ziele',
    failing: 'Scheitern',
    disabled: 'Abgeschaltet',
    disabledOne: (id: string, user: string) => `${id} von ${user}`,
  },
  keys: {
    title: 'Betrieb',
    next: 'Nächstes Gescheitertes',
    previous: 'Voriges Gescheitertes',
    retry: 'Das Gewählte noch einmal versuchen',
  },
};
