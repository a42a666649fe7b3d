/** Removes audio and words that are older than their person wants to keep them. Without such a wish nothing is removed. */
import { setTimeout as delay } from 'node:timers/promises';
import { failureFields } from '../failure.ts';
import { findExpired, removeExpired } from '../removal/expired.ts';
import { findSilenced, removeAudio } from '../removal/expired-audio.ts';
import { queryable } from '../store/database.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { OneByOne } from './one-by-one.ts';

/** Retention counts days, so an hour more or less is nothing. */
const EVERY_MS = 3_600_000;
/** After a full round there is more, and the pause between two rounds leaves the database to others. */
const SOON_MS = 10_000;
/** Each is a transaction of its own that holds its person's timeline for some milliseconds. */
const MOST_IN_A_ROUND = 200;

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log' | 'quietMs'>;

export interface Retention {
  stop(): Promise<void>;
}

export function startRetention(context: Context, everyMs = EVERY_MS): Retention {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    for (let waitMs = SOON_MS; !signal.aborted; ) {
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      waitMs = everyMs;
      for (const remove of [removeWhatIsTooOld, removeAudioThatIsTooOld]) {
        try {
          if ((await remove(context, signal)) === MOST_IN_A_ROUND) waitMs = SOON_MS;
        } catch (error) {
          const { cause } = failureFields(error);
          context.log.warn(`What is older than its person keeps it was not removed: ${cause}`);
        }
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

/** Removes the audio that its person keeps shorter than the words. @returns how many were found */
export async function removeAudioThatIsTooOld(context: Context, signal?: AbortSignal): Promise<number> {
  const nowMs = await earlierClock(context);
  const found = await findSilenced(context.db, nowMs, MOST_IN_A_ROUND);
  let removed = 0;
  const all = new OneByOne();
  for (const one of found) {
    if (signal?.aborted) break;
    await all.one(async () => {
      const gone = await commit(context, { userId: one.userId }, (tx) => removeAudio(tx, one, { nowMs }));
      if (gone !== STALE && gone) removed++;
    });
  }
  if (removed > 0)
    context.log.info({ removed }, `The audio of ${removed} recordings was removed; their words stay`);
  all.end();
  return found.length;
}

/** Several workers may do this at once: each recording is looked at again under its locks. @returns how many were found */
export async function removeWhatIsTooOld(context: Context, signal?: AbortSignal): Promise<number> {
  const nowMs = await earlierClock(context);
  const found = await findExpired(context.db, nowMs, MOST_IN_A_ROUND);
  let removed = 0;
  const { quietMs } = context;
  const all = new OneByOne();
  for (const expired of found) {
    if (signal?.aborted) break;
    await all.one(async () => {
      const gone = await commit(context, { userId: expired.userId }, async (tx) => {
        return await removeExpired(tx, expired, { nowMs, quietMs });
      });
      if (gone !== STALE && gone) removed++;
    });
  }
  if (removed > 0)
    context.log.info({ removed }, `${removed} recordings were older than their people keep them: removed`);
  all.end();
  return found.length;
}

/** A clock that is ahead would delete what is to be kept, so the database's and ours have to agree that it is too old. */
async function earlierClock({ db }: Context): Promise<number> {
  const text = 'SELECT (extract(epoch FROM now()) * 1000)::bigint AS now';
  const { rows } = await queryable(db).query(text, []);
  const [row] = rows as { now: number }[];
  return Math.min(Date.now(), row?.now ?? 0);
}
