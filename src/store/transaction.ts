import { setTimeout as delay } from 'node:timers/promises';
import { jittered } from '../jitter.ts';
import { transact } from './announcements.ts';
import type { Database, Tx } from './database.ts';

/**
 * deadlock_detected, serialization_failure, lock_not_available: PostgreSQL rolled everything back, and the next attempt
 * may succeed.
 */
const UNDONE_BY_OTHERS = new Set(['40P01', '40001', '55P03']);
/**
 * Of n transactions that meet, one succeeds in each round; more than a handful never wait for the same rows at once.
 */
const MOST_TRIES = 6;
const FIRST_PAUSE_MS = 10;

/**
 * Runs a request's transaction, and repeats it if PostgreSQL ended it in favour of another one: the client has done
 * nothing wrong and would only send the same again. `work` may run several times, so it must change nothing outside its
 * transaction.
 */
export async function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transact(db, work);
    } catch (error) {
      const code = String((error as { code?: unknown } | null)?.code);
      if (tries === MOST_TRIES || !UNDONE_BY_OTHERS.has(code)) throw error;
      // The wait varies randomly; otherwise the same transactions would meet again.
      await delay(jittered(FIRST_PAUSE_MS * 2 ** (tries - 1), 0.5));
    }
  }
}
