import { pluralIn } from '../plural.ts';

const plural = pluralIn('en');

export const welcomeWords = {
  title: 'Nothing here yet',
  whatItDoes:
    'Afterword turns recordings into conversations: what was said, by whom, and what there is to do.',
  howItBegins: 'Drop files or a folder anywhere on this page, or let a device send them.',
  whereItStays: 'Recordings stay on this server and are never lost once it says that it has them.',
  takeSample: 'Try it with a sample day',
  taking: 'The sample day is taken in …',
  send: 'Send recordings',
  underWay: (files: number) =>
    plural(files, {
      one: 'Your recording is being worked on',
      other: 'Your # recordings are being worked on',
    }),
  appears: 'The first conversation appears here by itself, as soon as its words are there.',
  expected: (at: string) => `All of it is expected to be done at about ${at}.`,
  noWorker: 'No worker is running: whoever runs the server has to start one. Nothing is lost meanwhile.',
  watch: 'See how far it is',
  timing: 'Where the time goes',
};
