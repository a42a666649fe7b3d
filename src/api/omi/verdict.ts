/**
 * Decides the state of a batch from the states of its files. Pure.
 * The phone acts on the batch and not on its files. At `completed` it deletes all its copies, at `partial_failure` it
 * sends all of them again, and at `failed` with one of two reasons it gives all of them up. So a file whose only copy
 * is on the phone decides first, then a failure that may pass. A file that cannot be recovered never decides for
 * another one.
 */
import type { Outcome } from '../../store/schema.ts';
import { type Fate, GIVES_UP, meaningOf } from './meanings.ts';

export interface FileState {
  outcome: Outcome;
  code: string | null;
}

type BatchStatus = 'queued' | 'processing' | 'completed' | 'partial_failure' | 'failed';

export interface BatchVerdict {
  status: BatchStatus;
  /** Number of files that count as failed. */
  failed: number;
  /** The reason, in Omi's words; null while nothing has failed and nothing waits for a provider. */
  reason: string | null;
  /** Index of the file with that reason. */
  file: number | null;
}

/** @param settled whether nothing of the upload will change by itself any more */
export function judgeBatch(files: readonly FileState[], settled: boolean): BatchVerdict {
  const ends = files.map(endOf);
  const rejected = ends.every((end) => end === 'kept');
  const counted = rejected ? ends.map(() => true) : ends.map((end) => end === 'lost' || end === 'heals');
  const failed = counted.filter(Boolean).length;
  if (!settled) return { status: pendingStatus(files), failed, ...waitingReason(files) };
  if (failed === 0) return { status: 'completed', failed, reason: null, file: null };
  const hasLost = ends.includes('lost');
  const status = failed === files.length && !hasLost ? 'failed' : 'partial_failure';
  return { status, failed, ...failureReason(files, counted) };
}

/** Says whether a file has failed, whatever happened to the others. */
export function isRefused({ outcome }: FileState): boolean {
  return outcome === 'rejected' || outcome === 'failed';
}

function endOf(file: FileState): Fate | 'done' | 'pending' {
  if (file.outcome === 'waiting' || file.outcome === 'processing') return 'pending';
  // Silence is a success, and what a person deleted must not be sent again.
  return isRefused(file) ? meaningOf(file.code).fate : 'done';
}

function pendingStatus(files: readonly FileState[]): 'queued' | 'processing' {
  return files.every(({ outcome }) => outcome === 'waiting') ? 'queued' : 'processing';
}

/** A file that waits for its next attempt has a reason; one that waits for a worker has none. */
function waitingReason(files: readonly FileState[]): Pick<BatchVerdict, 'reason' | 'file'> {
  const file = files.findIndex(
    ({ outcome, code }) => outcome === 'waiting' && code !== null && code !== 'queued',
  );
  return file < 0
    ? { reason: null, file: null }
    : { reason: meaningOf(files[file]?.code ?? null).reason, file };
}

const RANK: Record<Fate, number> = { heals: 0, lost: 1, kept: 2 };

/** Failures that may pass come before final ones, and the reasons after which the app gives up come last. */
function failureReason(
  files: readonly FileState[],
  counted: readonly boolean[],
): Pick<BatchVerdict, 'reason' | 'file'> {
  const worth = (position: number) => {
    const { fate, reason } = meaningOf(files[position]?.code ?? null);
    return RANK[fate] + (GIVES_UP.has(reason) ? 1 : 0);
  };
  const [first = null] = files
    .map((_, position) => position)
    .filter((position) => counted[position])
    .sort((a, b) => worth(a) - worth(b) || a - b);
  return { reason: first === null ? null : meaningOf(files[first]?.code ?? null).reason, file: first };
}
