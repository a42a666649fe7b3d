/** Every state of a conversation and of a job as one object, beside those of uploads; a unit test fails when the API has another one. */
import type { components } from '@afterword/client';
import { NOW_MS, RECORDINGS } from './uploads.ts';

type Schemas = components['schemas'];
type Conversation = Schemas['Conversation'];
type Job = Schemas['OmiSyncJob'];

const MINUTE = 60_000;

const READY: Conversation = {
  id: 'cnv_ready',
  status: 'ready',
  failure: null,
  code: null,
  remedy: null,
  tries: 0,
  nextTryAtMs: null,
  expected: null,
  title: 'Planning the kitchen',
  overview: 'Two people choose a stone for the worktop and agree on who calls the builders.',
  starred: false,
  visibility: 'private',
  kept: false,
  decided: [],
  discarded: false,
  emoji: '🍳',
  category: 'home',
  keyPoints: [],
  actionItems: [],
  sections: [],
  events: [],
  folder: null,
  madeBy: null,
  startedAtMs: NOW_MS - 30 * MINUTE,
  endedAtMs: NOW_MS - 20 * MINUTE,
  updatedAtMs: NOW_MS - MINUTE,
  recordingIds: ['rec_ready'],
  audioKept: 'all',
  audioKeptUntilMs: null,
  audioRemovedAtMs: null,
  speechWithoutWords: [],
  saidTwice: [],
  speakers: [],
  segments: [],
};

const untitled = (id: string, some: Partial<Conversation>): Conversation => ({
  ...READY,
  title: null,
  overview: null,
  emoji: null,
  category: null,
  id,
  ...some,
});

type Expected = NonNullable<Conversation['expected']>;

const WAITING: Expected = {
  stage: 'settling',
  place: null,
  share: 1,
  doneAtMs: NOW_MS + MINUTE,
  earliestAtMs: NOW_MS,
  latestAtMs: NOW_MS + 2 * MINUTE,
  usualError: 0.3,
  unknown: null,
};

const expected = (stage: Expected['stage']): Expected => ({ ...WAITING, stage });

export const CONVERSATIONS: Record<string, Conversation> = {
  'settling: waits for more uploads': untitled('cnv_settling', {
    status: 'settling',
    expected: expected('settling'),
  }),
  'settling: its summary is made': untitled('cnv_understanding', {
    status: 'settling',
    expected: expected('understanding'),
  }),
  'settling: waits for its next attempt': untitled('cnv_again', {
    status: 'settling',
    failure: 'The language model does not answer',
    code: 'upstream',
    remedy: 'Nothing has to be done: it is tried again by itself.',
    tries: 2,
    nextTryAtMs: NOW_MS + 3 * MINUTE,
    expected: expected('waiting'),
  }),
  'settling: the worker that had it is gone': untitled('cnv_lost', {
    status: 'settling',
    expected: { ...WAITING, doneAtMs: null, earliestAtMs: null, latestAtMs: null, unknown: 'worker_lost' },
  }),
  'settling: no worker runs': untitled('cnv_no_worker', {
    status: 'settling',
    expected: {
      ...WAITING,
      doneAtMs: null,
      earliestAtMs: null,
      latestAtMs: null,
      unknown: 'no_worker',
    },
  }),
  'settling: new words came to one with a title': {
    ...READY,
    id: 'cnv_more',
    status: 'settling',
    expected: expected('settling'),
  },
  ready: { ...READY, madeBy: { kind: 'language-model', model: 'gpt', version: '1' } },
  'ready, with spoken sentences for now': {
    ...READY,
    id: 'cnv_spoken',
    title: 'The stone has to fit the light',
    overview: 'The stone has to fit the light. Who calls the builders?',
    failure: 'The language model does not answer',
    code: 'upstream',
    remedy: 'Nothing has to be done: it is tried again by itself.',
    tries: 2,
    nextTryAtMs: NOW_MS + 3 * MINUTE,
    madeBy: { kind: 'extractive', model: 'sentences', version: '1' },
  },
  'ready, and holds filler only': {
    ...READY,
    id: 'cnv_filler',
    title: null,
    overview: null,
    discarded: true,
  },
  'ready, and its audio is gone': {
    ...READY,
    id: 'cnv_words',
    audioKept: 'none',
    audioRemovedAtMs: NOW_MS - MINUTE,
  },
  'ready, and some of its audio is gone': {
    ...READY,
    id: 'cnv_some',
    audioKept: 'some',
    audioRemovedAtMs: NOW_MS - MINUTE,
  },
  'ready, and its audio goes': {
    ...READY,
    id: 'cnv_until',
    audioKeptUntilMs: NOW_MS + 72 * 60 * MINUTE,
  },
  'ready, and some of it has no words': {
    ...READY,
    id: 'cnv_gaps',
    speechWithoutWords: (['unintelligible', 'unknown_language'] as const).map((code, n) => ({
      recordingId: 'rec_ready',
      startedAtMs: NOW_MS - (28 - n) * MINUTE,
      endedAtMs: NOW_MS - (27 - n) * MINUTE,
      code,
    })),
  },
  failed: untitled('cnv_failed', {
    status: 'failed',
    failure: 'The language model refused to answer',
    code: 'invalid_input',
    remedy: 'Try it again, or ask another language model.',
    tries: 6,
  }),
};

const job = (id: string, status: Job['status'], names: readonly string[], some: Partial<Job> = {}): Job => {
  const files = names.flatMap((of) => {
    const file = RECORDINGS[of];
    if (!file) return [];
    const { name, recordingId, sha256, outcome, conversationIds, code, reason } = file;
    const told = { ...(code !== null && { code }), ...(reason !== null && { reason }) };
    return [
      {
        name,
        recording_id: recordingId,
        sha256,
        outcome,
        kept: true,
        conversation_ids: conversationIds,
        ...told,
      },
    ];
  });
  const ended = files.filter(({ outcome }) => outcome !== 'waiting' && outcome !== 'processing').length;
  const failed = files.filter(({ outcome }) => outcome === 'failed' || outcome === 'rejected').length;
  return {
    job_id: `upl_${id}`,
    status,
    total_segments: files.length,
    processed_segments: ended,
    successful_segments: ended - failed,
    failed_segments: failed,
    lane: 'fresh',
    files,
    ...some,
  };
};

/** An upload as Omi's app asks for it. */
export const JOBS: Record<string, Job> = {
  queued: job('queued', 'queued', ['waiting in the queue', 'waiting, and no worker runs']),
  processing: job('processing', 'processing', [
    'completed and ready',
    'processing: transcribing',
    'waiting in the queue',
  ]),
  'processing: a provider is down': job('down', 'processing', ['waiting for its next attempt'], {
    reason_code: 'stt_provider_down',
    retry_after: 180,
  }),
  completed: job('completed', 'completed', ['completed and ready', 'silent']),
  'partial failure': job('partial', 'partial_failure', ['completed and ready', 'failed']),
  failed: job('failed', 'failed', ['rejected, not audio'], { reason_code: 'sync_invalid_audio' }),
};
