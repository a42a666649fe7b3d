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
  failures: {
    timeout: { what: 'The language model did not answer in time', remedy: 'Try it again later.' },
    rate_limited: {
      what: 'The language model takes no more questions for now',
      remedy: 'Try it again later.',
    },
    upstream: { what: 'The language model does not answer', remedy: 'Try it again once it answers.' },
    configuration: {
      what: 'The language model is not set up correctly',
      remedy: 'Whoever runs the server corrects the setting; then try it again.',
    },
    invalid_input: {
      what: 'The language model refused to answer',
      remedy: 'Try it again, or ask another language model.',
    },
    poison: {
      what: 'Several workers crashed while they worked on it',
      remedy: 'Try it again. If it fails again, the log of the server says why.',
    },
    defect: {
      what: 'A bug in Afterword stopped the work',
      remedy: 'Report it to whoever runs the server; after an update that mends it, try it again.',
    },
    language_calls_used_up: {
      what: 'The language model was asked for you as often today as it may be',
      remedy: 'Try it again tomorrow.',
    },
  } as Record<string, { what: string; remedy: string }>,
  byItself: 'Nothing has to be done: it is tried again by itself.',
  details: 'Details',
  noWorker: 'No worker is running: whoever runs the server has to start one.',
  wordsAreThere: 'What was said can be read and heard all the same.',
  place: (place: number) => `Place ${place} in the line.`,
  expected: (at: string) => `Expected at about ${at}.`,
  tries: (count: number) => plural(count, { one: 'One attempt failed.', other: '# attempts failed.' }),
  nextTry: (at: string) => `The next attempt begins at ${at}.`,
  retry: 'Try now',
};
