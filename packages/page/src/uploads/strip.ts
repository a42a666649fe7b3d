/** The way of a file as a strip of stages: what is done, where it is, and what it waits for. Pure. */
import type { components } from '@afterword/client';

export type Upload = components['schemas']['Upload'];
export type FileOfUpload = Upload['files'][number];

export const STAGES = ['accepted', 'queued', 'transcribing', 'placing', 'settling', 'understanding'] as const;
type Stage = (typeof STAGES)[number];

/** `waiting`: it is at this stage and nothing is done for it now. `skipped`: its way ends before. */
type StepState = 'done' | 'now' | 'waiting' | 'ahead' | 'failed' | 'skipped';

export interface Step {
  stage: Stage;
  state: StepState;
  /** Of a stage that tells how far it is, from 0 to 1. */
  share: number | null;
}

type Expected = FileOfUpload['expected'];

/** Where the work on a file is: at a stage, or at its end. */
interface Standing {
  at: Stage | 'done' | 'ended';
  isWaiting: boolean;
  isFailed: boolean;
}

export function standingOf(file: FileOfUpload, upload: Pick<Upload, 'status' | 'expected'>): Standing {
  const { outcome, expected, progress, nextTryAtMs } = file;
  const ended = (isFailed: boolean): Standing => ({ at: 'ended', isWaiting: false, isFailed });
  switch (outcome) {
    case 'rejected':
    case 'failed':
      return ended(true);
    case 'deleted':
    case 'silent':
      return ended(false);
    case 'completed': {
      const stage =
        upload.status === 'processing' && file.conversationIds.length > 0 ? meaningOf(upload.expected) : null;
      return stage
        ? { at: stage, isWaiting: stage === 'settling', isFailed: false }
        : { at: 'done', isWaiting: false, isFailed: false };
    }
    case 'waiting': {
      // What has begun and waits for its next attempt stands where it stopped.
      const hasBegun = progress.heardMs > 0 || nextTryAtMs !== null;
      return {
        at: hasBegun && expected?.stage !== 'queued' ? 'transcribing' : 'queued',
        isWaiting: true,
        isFailed: false,
      };
    }
    default:
      return {
        at: expected?.stage === 'placing' ? 'placing' : 'transcribing',
        isWaiting: false,
        isFailed: false,
      };
  }
}

/** The upload as a whole may still wait for other files; the words of this one wait for the same. */
function meaningOf(expected: Expected): 'settling' | 'understanding' {
  return expected?.stage === 'understanding' ? 'understanding' : 'settling';
}

/** Where its way ended, of what ended before its last stage. */
function endOf({ outcome, timings, progress, audio }: FileOfUpload): Stage {
  if (outcome === 'silent' || outcome === 'failed') return 'transcribing';
  const hasBegun =
    audio !== null || progress.heardMs > 0 || Object.keys(timings).some((name) => name !== 'queuedMs');
  return hasBegun ? 'transcribing' : 'accepted';
}

export function stripOf(file: FileOfUpload, upload: Pick<Upload, 'status' | 'expected'>): Step[] {
  const { at, isWaiting, isFailed } = standingOf(file, upload);
  if (at === 'done') return STAGES.map((stage) => ({ stage, state: 'done', share: null }));
  const reached = at === 'ended' ? endOf(file) : at;
  const place = STAGES.indexOf(reached);
  return STAGES.map((stage, index) => {
    const step = (state: StepState, share: number | null = null): Step => ({ stage, state, share });
    if (index < place) return step('done');
    if (index > place) return step(at === 'ended' ? 'skipped' : 'ahead');
    if (at === 'ended') return step(isFailed ? 'failed' : 'done');
    const share = stage === 'transcribing' ? shareOf(file) : null;
    return step(isWaiting ? 'waiting' : 'now', share);
  });
}

function shareOf({ expected, progress }: FileOfUpload): number | null {
  if (expected) return expected.share;
  const { heardMs, durationMs } = progress;
  return durationMs === null || durationMs <= 0 ? null : Math.min(1, heardMs / durationMs);
}

/** What a person can do about a file. */
export type Deed = 'retry' | 'set-time' | 'send-again';

/** Their remedy is another time. */
const TIME_CODES = new Set(['name_without_time', 'clock_in_future', 'clock_too_old']);
/** Another try can find what the first one did not: an ffmpeg, a transcriber that knows the language. */
const RETRIED_CODES = new Set(['unsupported_format']);

export function deedsOf({ outcome, code, nextTryAtMs }: FileOfUpload): Deed[] {
  if (outcome === 'failed') return ['retry'];
  if (outcome === 'waiting' && nextTryAtMs !== null) return ['retry'];
  if (outcome === 'rejected') {
    if (TIME_CODES.has(code ?? '')) return ['set-time'];
    if (RETRIED_CODES.has(code ?? '')) return ['retry'];
    return ['send-again'];
  }
  return outcome === 'completed' || outcome === 'silent' ? ['set-time'] : [];
}

/** What needs a person comes first, then what is under way, then the rest in its order. */
export function inOrderOfNeed(files: readonly FileOfUpload[]): FileOfUpload[] {
  const rank = ({ outcome }: FileOfUpload) =>
    outcome === 'failed' || outcome === 'rejected'
      ? 0
      : outcome === 'processing'
        ? 1
        : outcome === 'waiting'
          ? 2
          : 3;
  return files.toSorted((a, b) => rank(a) - rank(b));
}
