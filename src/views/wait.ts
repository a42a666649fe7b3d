import { lastNumber } from '../events/read.ts';
import type { Changes } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { endOfUpload } from './snapshots.ts';
import { readUpload, type UploadView } from './uploads.ts';

export interface Waiting {
  waitMs: number;
  signal: AbortSignal;
}

/**
 * Reads until what is read is settled, or until the time is up, and answers how it stands then. It holds no database
 * connection while it waits.
 */
export async function waitFor<T>(
  changes: Changes,
  userId: string,
  { waitMs, signal }: Waiting,
  read: () => Promise<T>,
  isSettled: (view: T) => boolean,
): Promise<T> {
  if (waitMs === 0) return await read();
  const until = performance.now() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, until - performance.now());
    // Listens before it looks: a change in between is heard and not missed.
    const changed = changes.next(userId, signal, leftMs);
    const view = await read();
    if (isSettled(view) || leftMs === 0 || signal.aborted) return view;
    await changed;
  }
}

/** Waits for the next event of the person. */
export async function waitForChange(
  db: Database,
  userId: string,
  changes: Changes,
  waiting: Waiting,
): Promise<void> {
  if (waiting.waitMs === 0) return;
  const before = await lastNumber(db, userId);
  const read = async () => await lastNumber(db, userId);
  await waitFor(changes, userId, waiting, read, (last) => last > before);
}

/** Waits until an upload is done. */
export async function waitForUpload(
  { db, changes }: { db: Database; changes: Changes },
  { id, userId }: { id: string; userId: string },
  waiting: Waiting,
): Promise<UploadView | null> {
  const whole = async () => await readUpload(db, userId, id);
  // At most changes it is still under way, which one row tells. Once it was told to be done it may be worked on again.
  const ifEnded = async () => ((await endOfUpload(db, userId, id)) === null ? 'processing' : await whole());
  let isFirst = true;
  const read = async () => {
    const seen = await (isFirst ? whole() : ifEnded());
    isFirst = false;
    return seen;
  };
  const isSettled = (seen: UploadView | null | 'processing') =>
    seen !== 'processing' && seen?.status !== 'processing';
  const seen = await waitFor<UploadView | null | 'processing'>(changes, userId, waiting, read, isSettled);
  return seen === 'processing' ? await whole() : seen;
}
