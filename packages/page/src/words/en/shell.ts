import { pluralIn } from '../plural.ts';

const plural = pluralIn('en');

/** What frames every page, and what parts share. */
export const shellWords = {
  product: 'Afterword',
  skipToContent: 'Skip to the content',
  navigation: {
    label: 'Pages',
    conversations: 'Conversations',
    uploads: 'Uploads',
    operation: 'Operation',
    settings: 'Settings',
  },
  theme: { label: 'Appearance', system: 'As the device', light: 'Light', dark: 'Dark' },
  language: { label: 'Language', system: 'As the browser', en: 'English', de: 'Deutsch' },
  palette: {
    open: 'Commands',
    label: 'Go to a page, or do something',
    placeholder: 'Type a command or what to search for',
    go: 'Go to',
    actions: 'Do',
    appearance: 'Appearance and language',
    conversations: 'Conversations',
    folder: (name: string) => `Folder: ${name}`,
    choose: 'Choose files to send',
    searchFor: (query: string) => `Search conversations for “${query}”`,
  },
  /** Of the folders that everybody begins with, as long as nobody has changed them. */
  firstFolders: {
    personal: {
      name: 'Personal',
      description:
        'Thoughts, reflections and activities of their own: health, money, learning, travel, hobbies.',
    },
    work: {
      name: 'Work',
      description: 'Meetings, projects, colleagues, customers; everything about the job.',
    },
    social: {
      name: 'Social',
      description: 'With family and friends: dinners, visits, parties, chatting.',
    },
  },
  keys: {
    title: 'Keys of this page',
    /** As they stand on a keyboard; the others have a sign or a letter. */
    named: {
      $mod: 'Ctrl',
      Space: 'Space',
      Enter: 'Enter',
      Delete: 'Delete',
      Home: 'Home',
      End: 'End',
      PageUp: 'Page Up',
      PageDown: 'Page Down',
    },
    everywhere: 'Everywhere',
    showKeys: 'Show the keys',
    openPalette: 'Open the commands',
    undo: 'Take back the last change',
    goConversations: 'Go to the conversations',
    goUploads: 'Go to the uploads',
    goOperation: 'Go to the operation',
    goSettings: 'Go to the settings',
    or: 'or',
    to: 'to',
    next: 'then',
  },
  connection: {
    offline: 'No network. What was read stays here; it goes on by itself.',
    lost: 'The server does not answer. It is asked again by itself.',
  },
  uploadsNow: {
    underWay: (count: number) => plural(count, { one: '# under way', other: '# under way' }),
    needs: (count: number) => plural(count, { one: '# needs you', other: '# need you' }),
  },
  version: {
    why: {
      newer: 'The server has a newer version of this page.',
      missing: 'A part of this page is missing.',
    },
    typed: 'What you have typed is kept.',
    sending: 'Wait until everything is sent.',
    load: 'Load it anew',
    missing: 'This part of the page could not be loaded. Try it again when the server answers.',
  },
  zoneOffer: {
    title: (shown: string, here: string) => `Times are shown in ${shown}, and your browser is in ${here}.`,
    take: (here: string) => `Use ${here}`,
    leave: (shown: string) => `Leave ${shown}`,
    shown: (zone: string) => `Times in ${zone}`,
  },
  account: {
    signOut: 'Sign out',
    signedInAs: (id: string) => `Signed in as ${id}`,
    notSignedOut: 'The server was not reached: you are still signed in. Try again when it answers.',
  },
  signIn: {
    title: 'Sign in',
    withProvider: (provider: string) => `Continue with ${provider}`,
    keyLabel: 'API key',
    keyHint:
      'It begins with afw_ and is kept in this tab only. Whoever runs the server makes one with “afterword keys create”.',
    keyShape: 'A key begins with afw_.',
    submit: 'Sign in',
    checking: 'Asking the server …',
    refused: 'The server does not know this key, or it has ended.',
    openAgain: 'Open the page again',
    byGateway:
      'This server lets a gateway sign people in, and this request did not come through it. Open the page at the gateway’s address.',
    noWay:
      'This server lets people in by other ways than a browser’s. Whoever runs it can turn on “keys” or “oidc” in AFTERWORD_SIGN_IN.',
    sendingWaits:
      'Your files wait: sending goes on where it was as soon as you have signed in. Leave this tab open.',
    typedIsKept: 'What you have typed is kept, and is there again when you have signed in.',
  },
  problem: {
    title: 'That did not work',
    again: 'Try again',
    code: (code: string) => `Code: ${code}`,
    unexpected: 'The page met something that it does not know how to show.',
    askAgain: (time: string) => `It may work again in ${time}.`,
    notFound: 'There is nothing at this address',
    notFoundText: 'It may have been deleted, or the address is not complete.',
    notFoundOfApi: 'No part of the API has this address. All of its addresses are listed in its description.',
    toApi: 'To the description of the API',
    home: 'To the conversations',
    unreachable: 'The server was not reached. Try again when it answers.',
  },
  undo: {
    done: (what: string) => `Taken back: ${what}`,
    nothing: 'There is nothing to take back.',
    failed: (what: string) => `It could not be taken back: ${what}`,
  },
  common: {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    delete: 'Delete',
    undo: 'Undo',
    more: 'More',
    back: 'Back',
    loading: 'Loading …',
    copy: 'Copy',
    copied: 'Copied',
    copyByHand: 'The browser does not let the page copy: it is marked, copy it by hand.',
    conversations: (count: number) => plural(count, { one: '# conversation', other: '# conversations' }),
  },
};
