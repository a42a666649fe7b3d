import { pluralIn } from '../plural.ts';

const plural = pluralIn('en');

export const operationWords = {
  title: 'Operation',
  forAdmins: 'This page is for administrators of the server',
  forAdminsText:
    'It shows how the server does for all of its people, so it takes the role admin. Whoever runs the server gives it with “afterword users role YOUR-ID admin”.',
  well: 'All is well',
  wellText: 'Nothing waits for long, every provider answers, and no work has failed for good.',
  worst: 'What is wrong',
  since: (time: string) => `since ${time}`,
  asOf: (time: string) => `As of ${time}`,
  stale: (time: string) => `The server has not told anything since ${time}. It is asked again by itself.`,
  troubles: {
    storage_unavailable: {
      full: 'The storage for audio is full: uploads are refused. Senders keep their files and come again.',
      read_only:
        'The storage for audio is read-only: uploads are refused. Senders keep their files and come again.',
      unavailable:
        'The storage for audio does not answer: uploads are refused. Senders keep their files and come again.',
    },
    no_worker: (count: number) =>
      count === 0
        ? 'No worker is running: what is uploaded now waits. Nothing is lost.'
        : plural(count, {
            one: 'No worker is running, and one piece of work waits. Nothing is lost, and nothing goes on until one is started: “afterword serve”, or with “--role worker”.',
            other:
              'No worker is running, and # pieces of work wait. Nothing is lost, and nothing goes on until one is started: “afterword serve”, or with “--role worker”.',
          }),
    workers_lost: (count: number) =>
      count < 3
        ? plural(count, {
            one: 'A worker died within the last ten minutes without giving up its work: another one has taken it over, or does so within seconds. The log says why.',
            other:
              '# workers died within the last ten minutes without giving up their work: others have taken it over, or do so within seconds. The log says why.',
          })
        : `${count} workers died within the last ten minutes without giving up their work. It is taken over, but something kills them: their log says what.`,
    queue_stuck: (lane: string, count: number, age: string) =>
      `In the lane “${lane}” ${count} wait, the oldest for ${age}, and none is worked on.`,
    provider_down: (provider: string, code: string) =>
      `${provider} is down (${code}). It is left alone and tested every few seconds; others are asked, or the work waits.`,
    provider_failing: (provider: string, code: string, count: number) =>
      `The last calls to ${provider} failed (${code}): ${count} within ten minutes. They are made again by themselves.`,
    dead_letters: (count: number) =>
      plural(count, {
        one: 'One piece of work failed and is not tried again by itself. Its audio is kept.',
        other: '# pieces of work failed and are not tried again by themselves. Their audio is kept.',
      }),
    worker_silent: (age: string, count: number) =>
      `A worker has not been heard of for ${age}. What it holds (${count}) is taken over within seconds.`,
    webhooks_disabled: (count: number) =>
      plural(count, {
        one: 'One webhook took nothing for five days, or is gone, and is disabled. Its owner was told.',
        other:
          '# webhooks took nothing for five days, or are gone, and are disabled. Their owners were told.',
      }),
    provider_paused: (provider: string) =>
      `${provider} has asked to be left alone for a while: the work goes on then.`,
    webhooks_failing: (count: number) =>
      plural(count, {
        one: 'One webhook did not take its last delivery. It is sent again for a day.',
        other: '# webhooks did not take their last delivery. It is sent again for a day.',
      }),
    orphans_stay: (count: number) =>
      plural(count, {
        one: 'One file could not be freed for more than a day: the store refuses to delete.',
        other: '# files could not be freed for more than a day: the store refuses to delete.',
      }),
    noCode: 'no reason was told',
  },
  levels: { bad: 'Act now', warning: 'Look at it' },
  letters: {
    title: 'Failed work',
    none: 'Nothing failed.',
    kinds: { recording: 'Recording', conversation: 'Conversation' },
    counted: (kind: 'recording' | 'conversation', count: number) =>
      kind === 'recording'
        ? plural(count, { one: '# recording', other: '# recordings' })
        : plural(count, { one: '# conversation', other: '# conversations' }),
    will: (kind: 'recording' | 'conversation', count: number) =>
      kind === 'recording'
        ? plural(count, {
            one: `Tries the one recording again. What is transcribed already is not transcribed twice.`,
            other: `Tries all # recordings again. What is transcribed already is not transcribed twice.`,
          })
        : plural(count, {
            one: `Has the one conversation summarised again.`,
            other: `Has all # conversations summarised again.`,
          }),
    willOne: 'Tries this one again, at once.',
    retryAll: 'Try all of them again',
    retry: 'Try again',
    retried: (count: number) =>
      plural(count, { one: 'One is on its way again.', other: '# are on their way again.' }),
    more: 'Show more',
    rest: 'More are left: press again.',
    of: (user: string) => `of ${user}`,
    tries: (count: number) => plural(count, { one: 'after one attempt', other: 'after # attempts' }),
    each: 'Each one',
    unknownCode: 'a reason that was not noted',
  },
  lanes: {
    title: 'Queues',
    names: { fresh: 'Fresh recordings', backfill: 'Backlog', conversations: 'Conversations' },
    waiting: 'Waiting',
    running: 'Running',
    oldest: 'Oldest',
    reasons: 'Why they wait',
    goesOn: (time: string) => `goes on ${time}`,
  },
  stages: {
    title: 'What stages take',
    lately: 'Of what ended within 15 minutes.',
    names: {
      queued: 'In the queue',
      decode: 'Decoding',
      listen: 'Finding speech',
      transcribe: 'Transcribing, its calls added up',
      place: 'Placing',
      total: 'A recording in all',
      understand: 'Summary',
    },
    stage: 'Stage',
    ended: 'Ended',
    half: 'Half within',
    most: '95 % within',
  },
  providers: {
    title: 'Providers',
    lately: 'Calls of the last ten minutes; the limit is what all processes share.',
    none: 'Nothing outside of this server was asked.',
    provider: 'Provider',
    states: { well: 'Well', failing: 'Failing', down: 'Down', idle: 'Not asked' },
    state: 'State',
    limit: 'At once',
    limitOf: (used: string, allowed: string) => `${used} of ${allowed}`,
    own: 'each process its own',
    answered: 'Answered',
    failed: 'Failed',
    spared: 'Not made',
    half: 'Half within',
    most: '95 % within',
    last: 'Last failure',
    lastOf: (time: string, why: string) => `${time}: ${why}`,
  },
  workers: {
    title: 'Workers',
    none: 'No worker has been here for ten minutes.',
    worker: 'Worker',
    states: { alive: 'Alive', silent: 'Silent', dead: 'Died' },
    state: 'State',
    places: 'Places',
    holds: 'Holds',
    beat: 'Heartbeat',
    since: 'Since',
    held: (kind: string, id: string, user: string) => `${kind} ${id} of ${user}`,
    share: (share: string) => `${share} transcribed`,
    crashes: (count: number) => plural(count, { one: 'one crash', other: '# crashes' }),
    showHeld: 'What it holds',
  },
  storage: {
    title: 'Storage',
    states: { ok: 'Takes uploads', full: 'Full', read_only: 'Read-only', unavailable: 'Does not answer' },
    audio: 'Audio, as it was sent',
    copies: 'Copies that can be played from any second',
    recordings: 'Recordings with audio',
    database: 'Database',
    orphans: 'Files to be freed',
    counting: 'being counted',
  },
  deliveries: {
    title: 'Deliveries',
    webhooks: 'Webhooks',
    push: 'Notifications',
    waiting: 'Waiting',
    failed: 'Given up in 24 hours',
    oldest: 'Oldest',
    targets: 'Targets',
    failing: 'Failing',
    disabled: 'Disabled',
    disabledOne: (id: string, user: string, why: string) => `${id} of ${user}: ${why}`,
  },
  keys: {
    title: 'Operation',
    next: 'Next of what failed',
    previous: 'Previous of what failed',
    retry: 'Try what is chosen again',
  },
};
