/**
 * Lets one request at a time write to a file, over all api processes. The lease is a row and no lock of a database session,
 * since a session ends with its connection and a pool has few. A holder that lives raises the row's beat; a waiter that sees
 * the same beat for {@link DEAD_AFTER_MS} of its own monotonic clock takes over by raising the epoch, and what the old holder
 * writes is refused from then on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import type { Writer } from './rows.ts';

/** A chunk counts as a beat too, so a request that moves costs nothing here. */
const BEAT_MS = 2_000;
/** Five beats: a database that stalls for seconds loses nobody their lease. */
const DEAD_AFTER_MS = 10_000;
const LOOK_MS = 250;

export interface Lease {
  epoch: number;
  /** Says also that this holder writes no more: the next one may go on with its object. */
  release(): Promise<void>;
}

/** Of this process: a request that comes back to it does not wait for a beat. */
const heldHere = new Map<string, () => void>();

/**
 * @param letGo called when another request wants to go on, or the lease was lost
 * @throws AfterwordError `not_found`, `resumable_taken` when the signal ends the wait
 */
export async function takeLease(
  db: Database,
  { id, userId }: Omit<Writer, 'epoch'>,
  signal: AbortSignal,
  letGo: () => void,
): Promise<Lease> {
  let seen: { epoch: number; beat: number; atMs: number } | null = null;
  for (;;) {
    const row = await db
      .selectFrom('resumable_uploads')
      .select(['epoch', 'beat', 'is_held'])
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (!row) throw new AfterwordError('not_found');
    const nowMs = performance.now();
    if (seen === null || seen.epoch !== row.epoch || seen.beat !== row.beat) seen = { ...row, atMs: nowMs };
    if (!row.is_held || nowMs - seen.atMs >= DEAD_AFTER_MS) {
      const taken = await db
        .updateTable('resumable_uploads')
        .set({
          epoch: sql`epoch + 1`,
          is_held: true,
          is_wanted: false,
          // A holder that did not end by itself may still write to the object that grows.
          growing_key: sql`CASE WHEN ended_epoch = epoch THEN growing_key END`,
        })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('epoch', '=', row.epoch)
        .where('beat', '=', row.beat)
        .where('is_held', '=', row.is_held)
        .returning('epoch')
        .executeTakeFirst();
      if (taken) return hold(db, { id, userId, epoch: taken.epoch }, letGo);
      continue;
    }
    heldHere.get(id)?.();
    await db
      .updateTable('resumable_uploads')
      .set({ is_wanted: true })
      .where('id', '=', id)
      .where('epoch', '=', row.epoch)
      .execute();
    await delay(LOOK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw new AfterwordError('resumable_taken');
  }
}

function hold(db: Database, writer: Writer, letGo: () => void): Lease {
  const { id, epoch } = writer;
  const mine = db.updateTable('resumable_uploads').where('id', '=', id).where('epoch', '=', epoch);
  heldHere.set(id, letGo);
  const beating = setInterval(() => {
    const beat = mine.set({ beat: sql`beat + 1` }).returning('is_wanted').executeTakeFirst();
    // A beat that could not be written is followed by the next one.
    beat.then((row) => (!row || row.is_wanted) && letGo()).catch(() => {});
  }, BEAT_MS).unref();
  return {
    epoch,
    release: async () => {
      clearInterval(beating);
      if (heldHere.get(id) === letGo) heldHere.delete(id);
      // Where this fails, the next request waits until the lease counts as dead.
      await mine
        .set({ is_held: false, ended_epoch: epoch })
        .execute()
        .catch(() => {});
    },
  };
}
