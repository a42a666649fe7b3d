import type { Changes } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import { readUpload, type UploadView } from './uploads.ts';

/**
 * Waits until an upload is done, or until the time is up, and answers how it stands then.
 * It holds no database connection while it waits.
 */
export async function waitForUpload(
  { db, changes }: { db: Database; changes: Changes },
  { id, userId }: { id: string; userId: string },
  { waitMs, signal }: { waitMs: number; signal: AbortSignal },
): Promise<UploadView | null> {
  const until = performance.now() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, until - performance.now());
    // Listens before it looks: a change in between is heard and not missed.
    const changed = changes.next(userId, signal, leftMs);
    const upload = await readUpload(db, userId, id);
    if (!upload || upload.status === 'done' || leftMs === 0 || signal.aborted) return upload;
    await changed;
  }
}
