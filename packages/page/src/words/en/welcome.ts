export const welcomeWords = {
  title: 'Nothing here yet',
  whatItDoes:
    'Afterword turns recordings into conversations: what was said, by whom, and what there is to do.',
  howItBegins: 'Drop files or a folder anywhere on this page, or let a device send them.',
  whereItStays: 'Recordings stay on this server and are never lost once it says that it has them.',
  takeSample: 'Try it with a sample day',
  taking: 'The sample day is taken in …',
  send: 'Send recordings',
};
