import { pluralIn } from '../plural.ts';

const plural = pluralIn('de');

export const shellWords = {
  product: 'Afterword',
  skipToContent: 'Zum Inhalt springen',
  navigation: {
    label: 'Seiten',
    conversations: 'Gespräche',
    uploads: 'Uploads',
    operation: 'Betrieb',
    settings: 'Einstellungen',
  },
  theme: { label: 'Darstellung', system: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel' },
  language: { label: 'Sprache', system: 'Wie der Browser', en: 'English', de: 'Deutsch' },
  palette: {
    open: 'Befehle',
    label: 'Zu einer Seite gehen oder etwas tun',
    placeholder: 'Befehl oder Suchwort eingeben',
    go: 'Gehe zu',
    actions: 'Aktionen',
    appearance: 'Darstellung und Sprache',
    conversations: 'Gespräche',
    folder: (name: string) => `Ordner: ${name}`,
    choose: 'Dateien zum Senden wählen',
    searchFor: (query: string) => `Gespräche nach „${query}“ durchsuchen`,
  },
  firstFolders: {
    personal: {
      name: 'Persönliches',
      description: 'Gedanken und eigene Unternehmungen: Gesundheit, Geld, Lernen, Reisen, Hobbys.',
    },
    work: {
      name: 'Arbeit',
      description: 'Besprechungen, Projekte, Kollegen, Kunden; alles, was mit dem Beruf zu tun hat.',
    },
    social: {
      name: 'Geselliges',
      description: 'Mit Familie und Freunden: Essen, Besuche, Feiern, Plaudern.',
    },
  },
  keys: {
    title: 'Tasten dieser Seite',
    named: {
      $mod: 'Strg',
      Space: 'Leertaste',
      Enter: 'Eingabe',
      Delete: 'Entf',
      Home: 'Pos1',
      End: 'Ende',
      PageUp: 'Bild ↑',
      PageDown: 'Bild ↓',
    },
    everywhere: 'Überall',
    showKeys: 'Die Tasten zeigen',
    openPalette: 'Die Befehle öffnen',
    undo: 'Die letzte Änderung zurücknehmen',
    goConversations: 'Zu den Gesprächen',
    goUploads: 'Zu den Uploads',
    goOperation: 'Zum Betrieb',
    goSettings: 'Zu den Einstellungen',
    or: 'oder',
    to: 'bis',
    next: 'dann',
  },
  connection: {
    offline: 'Kein Netz. Was schon geladen ist, bleibt lesbar; es geht von selbst weiter.',
    lost: 'Der Server antwortet nicht. Die Seite versucht es von selbst weiter.',
  },
  uploadsNow: {
    underWay: (count: number) => plural(count, { one: '# läuft', other: '# laufen' }),
    needs: (count: number) => plural(count, { one: '# braucht dich', other: '# brauchen dich' }),
  },
  version: {
    why: {
      newer: 'Auf dem Server ist eine neuere Version dieser Seite.',
      missing: 'Ein Teil dieser Seite fehlt.',
    },
    typed: 'Was du geschrieben hast, bleibt.',
    sending: 'Warte, bis alles gesendet ist.',
    load: 'Neu laden',
    missing:
      'Dieser Teil der Seite konnte nicht geladen werden. Versuche es noch einmal, wenn der Server antwortet.',
  },
  zoneOffer: {
    title: (shown: string, here: string) =>
      `Die Zeiten gelten für ${shown}, dein Browser ist aber in ${here}.`,
    take: (here: string) => `${here} verwenden`,
    leave: (shown: string) => `Bei ${shown} bleiben`,
    shown: (zone: string) => `Zeiten in ${zone}`,
  },
  account: {
    signOut: 'Abmelden',
    signedInAs: (id: string) => `Angemeldet als ${id}`,
    notSignedOut:
      'Der Server war nicht zu erreichen: Du bist noch angemeldet. Versuche es noch einmal, wenn er antwortet.',
  },
  signIn: {
    title: 'Anmelden',
    withProvider: (provider: string) => `Weiter mit ${provider}`,
    keyLabel: 'API-Schlüssel',
    keyHint:
      'Er beginnt mit afw_ und bleibt nur in diesem Tab. Der Betreiber des Servers erstellt einen mit „afterword keys create“.',
    keyShape: 'Ein Schlüssel beginnt mit afw_.',
    submit: 'Anmelden',
    checking: 'Der Server wird gefragt …',
    refused: 'Der Server kennt diesen Schlüssel nicht, oder er ist abgelaufen.',
    openAgain: 'Die Seite wieder öffnen',
    byGateway:
      'Bei diesem Server meldet man sich über ein Gateway an, und diese Anfrage kam nicht von dort. Öffne die Seite unter der Adresse des Gateways.',
    noWay:
      'Bei diesem Server kann man sich im Browser nicht anmelden. Der Betreiber kann „keys“ oder „oidc“ in AFTERWORD_SIGN_IN einschalten.',
    sendingWaits:
      'Deine Dateien warten: Das Senden geht dort weiter, wo es war, sobald du angemeldet bist. Lass diesen Tab offen.',
    typedIsKept: 'Was du geschrieben hast, bleibt und ist nach dem Anmelden wieder da.',
  },
  problem: {
    title: 'Das hat nicht geklappt',
    again: 'Noch einmal versuchen',
    code: (code: string) => `Code: ${code}`,
    unexpected: 'In der Seite ist ein unerwarteter Fehler aufgetreten.',
    askAgain: (time: string) => `In ${time} kannst du es noch einmal versuchen.`,
    notFound: 'Unter dieser Adresse ist nichts',
    notFoundText: 'Vielleicht wurde es gelöscht, oder die Adresse ist unvollständig.',
    notFoundOfApi: 'Kein Teil der API hat diese Adresse. Ihre Beschreibung zählt alle Adressen auf.',
    toApi: 'Zur Beschreibung der API',
    home: 'Zu den Gesprächen',
    unreachable: 'Der Server war nicht zu erreichen. Versuche es noch einmal, wenn er antwortet.',
  },
  undo: {
    done: (what: string) => `Zurückgenommen: ${what}`,
    nothing: 'Es gibt nichts zurückzunehmen.',
    failed: (what: string) => `Ließ sich nicht zurücknehmen: ${what}`,
  },
  common: {
    close: 'Schließen',
    cancel: 'Abbrechen',
    save: 'Speichern',
    delete: 'Löschen',
    undo: 'Rückgängig',
    more: 'Mehr',
    back: 'Zurück',
    loading: 'Lädt …',
    copy: 'Kopieren',
    copied: 'Kopiert',
    copyByHand:
      'Der Browser erlaubt der Seite das Kopieren nicht: Der Text ist markiert, kopiere ihn von Hand.',
    conversations: (count: number) => plural(count, { one: '# Gespräch', other: '# Gespräche' }),
  },
};
