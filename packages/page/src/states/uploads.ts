/**
 * Every state of a recording in its upload, of a conversation and of a job, each as one object: those who design a page see
 * all of them at once, and a unit test fails when the API has a state that is not here.
 */
import type { components } from '@afterword/client';

type Upload = components['schemas']['Upload'];
type FileOfUpload = Upload['files'][number];
type Expected = NonNullable<FileOfUpload['expected']>;

/** 20 March 2026, 09:46:40 UTC. */
export const NOW_MS = 1_774_000_000_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const EXPECTED: Expected = {
  stage: 'queued',
  place: 3,
  share: 0,
  doneAtMs: NOW_MS + 4 * MINUTE,
  earliestAtMs: NOW_MS + 3 * MINUTE,
  latestAtMs: NOW_MS + 6 * MINUTE,
  usualError: 0.2,
  unknown: null,
};

const FILE: FileOfUpload = {
  recordingId: 'rec_0',
  known: false,
  notice: null,
  noticeCode: null,
  name: 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin',
  sha256: '0'.repeat(64),
  timeline: 'phone',
  sizeBytes: 1_944_000,
  startedAtMs: NOW_MS - HOUR,
  acceptedAtMs: NOW_MS - MINUTE,
  finishedAtMs: null,
  outcome: 'waiting',
  code: 'queued',
  reason: 'It waits for a worker',
  remedy: null,
  retryable: true,
  audioKeptUntilMs: null,
  audioRemovedAtMs: null,
  tries: 0,
  nextTryAtMs: null,
  lane: 'fresh',
  capture: null,
  progress: { heardMs: 0, durationMs: null },
  expected: EXPECTED,
  audio: null,
  timings: {},
  conversationIds: [],
  speechWithoutWords: [],
  heardElsewhere: [],
};

export const FINISHED = {
  finishedAtMs: NOW_MS - 10 * SECOND,
  expected: null,
  progress: { heardMs: 61 * SECOND, durationMs: 61 * SECOND },
  timings: { queuedMs: 900, listenMs: 400, transcribeMs: 2_100, placeMs: 60, totalMs: 3_460 },
  audio: {
    format: 'opus',
    frames: 3_050,
    concealedFrames: 0,
    skippedFrames: 0,
    bytesLost: 0,
    damage: null,
    lostMs: 0,
  },
} satisfies Partial<FileOfUpload>;

export const file = (name: string, some: Partial<FileOfUpload>): FileOfUpload => ({
  ...FILE,
  recordingId: `rec_${name}`,
  name: `${name}_1774000000.wav`,
  ...some,
});

/** By name; each name begins with the outcome, or the stage, that it shows. */
export const RECORDINGS: Record<string, FileOfUpload> = {
  'waiting in the queue': file('queued', {}),
  'waiting, and no worker runs': file('no-worker', {
    expected: {
      ...EXPECTED,
      place: 1,
      doneAtMs: null,
      earliestAtMs: null,
      latestAtMs: null,
      unknown: 'no_worker',
    },
  }),
  'waiting, and nothing was measured yet': file('first', {
    expected: {
      ...EXPECTED,
      usualError: null,
    },
  }),
  'waiting for its next attempt': file('again', {
    code: 'upstream',
    reason: 'The transcriber does not answer',
    remedy: 'Nothing has to be done: it is tried again by itself.',
    tries: 2,
    nextTryAtMs: NOW_MS + 3 * MINUTE,
    progress: { heardMs: 20 * SECOND, durationMs: 61 * SECOND },
    expected: { ...EXPECTED, stage: 'waiting', place: null, share: 0.33 },
  }),
  'processing: transcribing': file('transcribing', {
    outcome: 'processing',
    code: null,
    reason: null,
    progress: { heardMs: 40 * SECOND, durationMs: 61 * SECOND },
    expected: { ...EXPECTED, stage: 'transcribing', place: null, share: 0.66, doneAtMs: NOW_MS + 2 * SECOND },
  }),
  'processing: placing': file('placing', {
    outcome: 'processing',
    code: null,
    reason: null,
    progress: { heardMs: 61 * SECOND, durationMs: 61 * SECOND },
    expected: { ...EXPECTED, stage: 'placing', place: null, share: 1, doneAtMs: NOW_MS + SECOND },
  }),
  'completed: its conversation settles': file('settling', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_settling'],
  }),
  'completed: its conversation is understood': file('understanding', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_understanding'],
  }),
  'completed and ready': file('ready', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_ready'],
  }),
  'completed, and its audio goes': file('kept', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_ready'],
    audioKeptUntilMs: NOW_MS + 72 * HOUR,
  }),
  'completed, and was here already': file('known', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    known: true,
    conversationIds: ['cnv_ready'],
    noticeCode: 'time_not_taken',
    notice:
      'The same bytes are stored with another time already; the new time was ignored. If the new time is right, correct it.',
  }),
  'completed with damage': file('damaged', {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_ready'],
    audio: { ...FINISHED.audio, concealedFrames: 40, bytesLost: 3_200, damage: 'zeroed', lostMs: 800 },
  }),
  silent: file('silent', {
    ...FINISHED,
    outcome: 'silent',
    code: null,
    reason: null,
  }),
  'rejected for want of a time': file('no-time', {
    outcome: 'rejected',
    code: 'name_without_time',
    reason: 'The name does not tell when the recording was made',
    remedy: 'Set its time: the audio is kept.',
    retryable: false,
    startedAtMs: null,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
  }),
  'rejected, not audio': file('not-audio', {
    outcome: 'rejected',
    code: 'not_audio',
    reason: 'The content is not audio',
    remedy: 'Check which file was sent. The bytes are kept.',
    retryable: false,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
  }),
  'rejected, a format that is not read': file('format', {
    outcome: 'rejected',
    code: 'unsupported_format',
    reason: 'The audio format is not supported: WavPack',
    remedy: 'Convert the file, and send that. The bytes are kept.',
    retryable: false,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
  }),
  failed: file('failed', {
    outcome: 'failed',
    code: 'poison',
    reason: 'Several workers crashed while they worked on this',
    remedy: 'The log says why they crashed. Try it again: the audio is kept.',
    tries: 3,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
  }),
  deleted: file('deleted', {
    outcome: 'deleted',
    code: 'deleted',
    reason: 'You deleted this recording',
    remedy: 'To get it back, send it again.',
    finishedAtMs: NOW_MS,
    expected: null,
  }),
};

export const countsOf = (files: readonly FileOfUpload[]): Upload['counts'] => {
  const count = (...outcomes: FileOfUpload['outcome'][]) =>
    files.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    files: files.length,
    pending: count('waiting', 'processing'),
    heard: count('completed', 'silent'),
    refused: count('rejected'),
    failed: count('failed'),
    deleted: count('deleted'),
  };
};

const upload = (name: string, names: readonly string[], some: Partial<Upload> = {}): Upload => {
  const files = names.flatMap((one) => RECORDINGS[one] ?? []);
  return {
    id: `upl_${name}`,
    status: 'processing',
    acceptedAtMs: NOW_MS - MINUTE,
    expected: EXPECTED,
    counts: countsOf(files),
    files,
    conversationIds: files.flatMap(({ conversationIds }) => conversationIds),
    newConversationIds: [],
    links: { self: `/api/v1/uploads/upl_${name}` },
    ...some,
  };
};

export const UPLOADS: Record<string, Upload> = {
  'processing in the queue': upload('queued', ['waiting in the queue']),
  'processing, some of it': upload('some', [
    'processing: transcribing',
    'waiting in the queue',
    'completed and ready',
    'rejected, not audio',
  ]),
  'processing: waits for more uploads': upload('settling', ['completed: its conversation settles'], {
    expected: { ...EXPECTED, stage: 'settling', place: null, share: 1 },
  }),
  'processing: makes its summary': upload('understanding', ['completed: its conversation is understood'], {
    expected: { ...EXPECTED, stage: 'understanding', place: null, share: 1 },
  }),
  done: upload('done', ['completed and ready', 'silent'], { status: 'done', expected: null }),
  'done, with files that need somebody': upload(
    'needs',
    ['completed and ready', 'rejected for want of a time', 'failed'],
    { status: 'done', expected: null },
  ),
  'done, and all of it refused': upload(
    'refused',
    ['rejected, not audio', 'rejected, a format that is not read'],
    { status: 'done', expected: null },
  ),
};
