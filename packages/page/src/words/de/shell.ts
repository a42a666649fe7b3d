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
    api: 'Die API',
  },
  theme: { label: 'Darstellung', system: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel' },
  language: { label: 'Sprache', system: 'Wie der Browser', en: 'English', de: 'Deutsch' },
  palette: {
    open: 'Befehle',
    label: 'Zu einer Seite gehen oder etwas tun',
    placeholder: 'Befehl oder Suchwort eingeben',
    go: 'Gehe zu',
    actions: 'Tun',
    appearance: 'Darstellung und Sprache',
    searchFor: (query: string) => `Gespräche nach „${query}“ durchsuchen`,
  },
  keys: {
    title: 'Tasten dieser Seite',
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
    offline: 'Kein Netz. Was gelesen wurde, bleibt hier; es geht von selbst weiter.',
    lost: 'Der Server antwortet nicht. Er wird von selbst wieder gefragt.',
    back: 'Wieder verbunden.',
  },
  zoneOffer: {
    title: (shown: string, here: string) =>
      `Zeiten werden in ${shown} gezeigt, und dein Browser ist in ${here}.`,
    take: (here: string) => `${here} verwenden`,
    leave: (shown: string) => `${shown} lassen`,
  },
  account: {
    label: 'Konto',
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
      'Er beginnt mit afw_ und bleibt nur in diesem Tab. Wer den Server betreibt, macht einen mit „afterword keys create“.',
    keyShape: 'Ein Schlüssel beginnt mit afw_.',
    submit: 'Anmelden',
    checking: 'Der Server wird gefragt …',
    refused: 'Der Server kennt diesen Schlüssel nicht, oder er ist abgelaufen.',
    openAgain: 'Die Seite wieder öffnen',
    byGateway:
      'Bei diesem Server meldet ein Gateway die Leute an, und diese Anfrage kam nicht durch es. Öffne die Seite unter der Adresse des Gateways.',
    noWay:
      'Dieser Server lässt Leute auf anderen Wegen ein als denen eines Browsers. Wer ihn betreibt, kann „keys“ oder „oidc“ in AFTERWORD_SIGN_IN einschalten.',
  },
  problem: {
    title: 'Das hat nicht geklappt',
    again: 'Noch einmal versuchen',
    reload: 'Die Seite neu laden',
    code: (code: string) => `Code: ${code}`,
    unexpected: 'Die Seite traf auf etwas, das sie nicht zeigen kann.',
    askAgain: (time: string) => `In ${time} kann es wieder gehen.`,
    notFound: 'Unter dieser Adresse ist nichts',
    notFoundText: 'Es kann gelöscht worden sein, oder die Adresse ist nicht vollständig.',
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
    copyByHand: 'Der Browser lässt die Seite nicht kopieren: Es ist markiert, kopiere es von Hand.',
    never: 'nie',
    files: (count: number) => plural(count, { one: '# Datei', other: '# Dateien' }),
    conversations: (count: number) => plural(count, { one: '# Gespräch', other: '# Gespräche' }),
  },
};
