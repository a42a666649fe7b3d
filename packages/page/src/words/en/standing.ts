import { pluralIn } from '../plural.ts';

const plural = pluralIn('en');

/** What a conversation waits for; the list and the conversation say it with the same sentences. */
export const standingWords = {
  titles: {
    working: 'Title and summary are still to come',
    again: 'The last attempt to make title and summary failed',
    'for-now': 'Title and summary are sentences that were spoken, for now',
    failed: 'Title and summary could not be made',
  },
  filler: 'Only a few words of filler were said, so lists leave it out.',
  stages: {
    queued: 'It is in the line of the worker.',
    waiting: 'It waits for its next attempt.',
    transcribing: 'More of its sound is being transcribed.',
    placing: 'Its words are being put in order.',
    settling: 'It waits a moment: more recordings may belong to it.',
    understanding: 'Title, summary and tasks are being made.',
  },
  noWorker: 'No worker is running: whoever runs the server has to start one.',
  wordsAreThere: 'What was said can be read and heard all the same.',
  nothingMeasured: 'How long it takes is not known yet.',
  place: (place: number) => `Place ${place} in the line.`,
  expected: (at: string) => `Expected at about ${at}.`,
  tries: (count: number) => plural(count, { one: 'One attempt failed.', other: '# attempts failed.' }),
  nextTry: (at: string) => `The next attempt begins at ${at}.`,
  retry: 'Try now',
};
