/**
 * Every reason that a recording may have for how it stands, and every note about one, that the states of uploads.ts do not
 * show: the page says each in words of its own, with what can be done.
 */
import type { components } from '@afterword/client';
import { EXPECTED, FINISHED, file, NOW_MS, RECORDINGS } from './uploads.ts';

type FileOfUpload = components['schemas']['Upload']['files'][number];

const MINUTE = 60_000;

/** @param reason in the server's words, which the page shows where they name something of this one file */
const rejected = (code: string, reason: string, some: Partial<FileOfUpload> = {}) =>
  file(code, {
    outcome: 'rejected',
    code,
    reason,
    retryable: false,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
    ...some,
  });

const failed = (code: string, reason: string, some: Partial<FileOfUpload> = {}) =>
  file(code, {
    outcome: 'failed',
    code,
    reason,
    tries: 6,
    finishedAtMs: NOW_MS - MINUTE,
    expected: null,
    ...some,
  });

const again = (code: string, reason: string) =>
  file(code, {
    code,
    reason,
    tries: 1,
    nextTryAtMs: NOW_MS + MINUTE,
    expected: { ...EXPECTED, stage: 'waiting', place: null, share: 0.4 },
  });

const completed = (name: string, some: Partial<FileOfUpload>) =>
  file(name, {
    ...FINISHED,
    outcome: 'completed',
    code: null,
    reason: null,
    conversationIds: ['cnv_ready'],
    ...some,
  });

const withoutWords = (code: 'unintelligible' | 'unknown_language') => ({
  recordingId: `rec_${code}`,
  startedAtMs: NOW_MS - 60 * MINUTE,
  endedAtMs: NOW_MS - 59 * MINUTE,
  code,
});

export const REASONS: Record<string, FileOfUpload> = {
  'rejected: its name is none of a recording': rejected(
    'name_not_a_recording',
    'The name does not end like that of a recording',
  ),
  'rejected: begins in the future': rejected(
    'clock_in_future',
    'The recording begins in the future: the clock of the device was ahead',
  ),
  'rejected: begins before 2024': rejected('clock_too_old', 'The recording begins before 2024'),
  'rejected: empty': rejected('empty_file', 'The file is empty', { sizeBytes: 0 }),
  'rejected: erased storage': rejected('erased_storage', 'The file holds erased storage, not audio'),
  'rejected: no frame could be decoded': rejected('no_frames', 'No frame of the file could be decoded'),
  'waiting: the provider did not answer in time': again('timeout', 'The provider did not answer in time'),
  'waiting: the provider limits how often': again('rate_limited', 'deepgram: 429'),
  'waiting: an attempt took too long': again('overdue', 'Transcribing took longer than one attempt may'),
  'waiting, and the worker that had it is gone': file('worker-lost', {
    expected: { ...EXPECTED, doneAtMs: null, earliestAtMs: null, latestAtMs: null, unknown: 'worker_lost' },
  }),
  'waiting, sent after what is new': file('backfill', { lane: 'backfill' }),
  'processing: a worker has just begun': file('working', {
    outcome: 'processing',
    code: 'working',
    reason: 'The recording is being worked on',
    expected: { ...EXPECTED, stage: 'transcribing', place: null },
  }),
  'failed: a bug': failed('defect', 'TypeError: the piece has no end'),
  'failed: the provider is not configured': failed('configuration', 'AFTERWORD_DEEPGRAM_KEY is refused'),
  'failed: the provider refused the audio': failed('invalid_input', 'deepgram: 400 unsupported audio', {
    retryable: false,
  }),
  'failed: its audio cannot be read': failed('blob_missing', 'The stored audio cannot be read'),
  'completed: nothing was understood': completed('unintelligible', {
    code: 'unintelligible',
    conversationIds: [],
    speechWithoutWords: [withoutWords('unintelligible')],
  }),
  'completed: some was not understood': completed('partly_unintelligible', {
    code: 'partly_unintelligible',
    speechWithoutWords: [withoutWords('unintelligible')],
  }),
  'completed: some is in an unknown language': completed('unknown_language', {
    code: 'unknown_language',
    speechWithoutWords: [withoutWords('unknown_language')],
  }),
  'completed: a part of the file was damaged': completed('damaged-part', {
    code: 'damaged',
    audio: { ...FINISHED.audio, concealedFrames: 40, bytesLost: 3_200, damage: 'zeroed', lostMs: 800 },
  }),
  'completed: its words were deleted with a conversation': completed('conversation_deleted', {
    code: 'conversation_deleted',
    conversationIds: [],
  }),
  'completed: another file has the same words': completed('elsewhere', {
    heardElsewhere: [{ recordingId: 'rec_ready', ms: MINUTE }],
  }),
  'completed: its audio is gone': completed('audio-gone', { audioRemovedAtMs: NOW_MS - MINUTE }),
  'completed: its time is the date in the name': completed('date_in_name', {
    noticeCode: 'date_in_name',
    notice: 'The time was read from the date in the name, in the time zone',
  }),
  'completed: its clock was ahead': completed('clock_shifted', {
    noticeCode: 'clock_shifted',
    notice: "The recorder's clock was ahead",
    capture: { sessionId: null, geolocation: null, clockShiftMs: 90 * MINUTE },
  }),
  'completed: its time is that of the file': completed('time_of_file', {
    noticeCode: 'time_of_file',
    notice: 'Its start was reckoned from when the file was last written',
  }),
};

const some = (of: Record<string, FileOfUpload>, areRefused: boolean) =>
  Object.entries(of).filter(
    ([, { outcome }]) => (outcome === 'rejected' || outcome === 'failed') === areRefused,
  );

/** In the parts in which they are shown: all of them would be too large for one picture. */
export const PARTS = {
  recordings: some(RECORDINGS, false),
  refusals: [...some(RECORDINGS, true), ...some(REASONS, true)],
  reasons: some(REASONS, false),
} as const;
