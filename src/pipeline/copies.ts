/**
 * Makes the playable copies of recordings whose format needs one, when these were listened to: with what the processor has left over,
 * so that whoever waits for words does not wait for them. Until one is there a listener hears it as it grows (`playback/prepare.ts`).
 * The table `sounds_to_copy` has one row at most for each recording whose audio is there; a row goes when the copy is kept or
 * cannot be made.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { AudioError } from '../audio/report.ts';
import type { ErrorCode } from '../errors.ts';
import { failureFields } from '../failure.ts';
import { normalise } from '../normalise.ts';
import { CopySpool } from '../playback/copy-spool.ts';
import { makeSound } from '../playback/make-sound.ts';
import { keepSoundIfWanted } from '../playback/sounds.ts';
import { PlaybackThreads } from '../playback/threads.ts';
import type { Tx } from '../store/database.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';

/** What other workers leave behind, and what a store that was away kept from being made, is found so soon. */
const EVERY_MS = 30_000;
/** A stop does not wait longer for a store that is slow: what it may still write, the search for orphans frees. */
const STOPS_WITHIN_MS = 5_000;

/** The store, or a disk, cannot do it now. */
const PASSES: ReadonlySet<ErrorCode> = new Set(['unavailable', 'storage_full']);

type Context = Pick<PipelineContext, 'db' | 'lease' | 'blobs' | 'log'>;

export interface Copying {
  /** There may be a copy to make. */
  stir(): void;
  stop(): Promise<void>;
}

interface ToCopy {
  recordingId: string;
  userId: string;
}

/** One copy at a time in a worker, with what the processor has left over. */
export function startCopying(context: Context, ffmpeg: string | null, everyMs = EVERY_MS): Copying {
  const threads = new PlaybackThreads(ffmpeg, { isIdle: true });
  const stopped = new AbortController();
  const { signal } = stopped;
  let stirred = Promise.withResolvers<void>();
  const run = async () => {
    while (!signal.aborted) {
      const waited = new AbortController();
      await Promise.race([stirred.promise, delay(everyMs, undefined, { signal: waited.signal, ref: false })]);
      waited.abort();
      stirred = Promise.withResolvers();
      await copyAll(context, threads, signal).catch((error) => {
        if (!signal.aborted) context.log.warn(`Playable copies wait: ${failureFields(error).cause}`);
      });
    }
  };
  const running = run();
  return {
    stir: () => stirred.resolve(),
    stop: async () => {
      stopped.abort(new Error('the worker stops'));
      stirred.resolve();
      await Promise.race([running, delay(STOPS_WITHIN_MS, undefined, { ref: false })]);
      await threads.close();
    },
  };
}

/** @throws what keeps all of them from being made, as a store that is away */
export async function copyAll(
  context: Context,
  threads: PlaybackThreads,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const next = await take(context);
    if (!next) return;
    await copyOne(context, threads, next, signal);
  }
}

/** What a worker took that is dead by now is free again. @returns null if there is none */
async function take(context: Context): Promise<ToCopy | null> {
  const { executorId } = context.lease;
  const isFree = sql<boolean>`NOT EXISTS (SELECT FROM afterword_engine.executors AS taker
    WHERE taker.id = taken_by AND taker.dead_at IS NULL AND taker.id <> ${executorId})`;
  for (;;) {
    const found = await context.db
      .selectFrom('sounds_to_copy')
      .innerJoin('recordings', 'recordings.id', 'recording_id')
      .innerJoin('users', 'users.id', 'user_id')
      .select(['recording_id as recordingId', 'user_id as userId', 'taken_by as takenBy'])
      .where('users.deleted_at_ms', 'is', null)
      .where(isFree)
      .orderBy('noted_at_ms')
      .limit(1)
      .executeTakeFirst();
    if (!found) return null;
    const taken = await commit(
      context,
      { userId: found.userId },
      async (tx) =>
        await tx
          .updateTable('sounds_to_copy')
          .set({ taken_by: executorId })
          .where('recording_id', '=', found.recordingId)
          // Nobody else has taken it since: PostgreSQL would not ask other tables anew after waiting for the row.
          .where(sql<boolean>`taken_by IS NOT DISTINCT FROM ${found.takenBy}`)
          .returning('recording_id')
          .executeTakeFirst(),
      { timeline: false },
    );
    if (taken !== STALE && taken) return found;
  }
}

async function copyOne(
  context: Context,
  threads: PlaybackThreads,
  { recordingId, userId }: ToCopy,
  signal: AbortSignal,
): Promise<void> {
  const { db, blobs, log } = context;
  // The attempt does not matter: the same bytes always give the same sound.
  const keep = async (...sound: Parameters<Parameters<typeof makeSound>[0]['keep']>) => {
    const write = async (tx: Tx) => await keepSoundIfWanted(tx, ...sound);
    const kept = await commit(context, { userId }, write, { timeline: false });
    return kept !== STALE && kept;
  };
  try {
    await makeSound({ db, blobs, threads, keep }, recordingId, new CopySpool(), signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof AudioError) && PASSES.has(normalise(error).code)) {
      await commit(context, { userId }, async (tx) => await putBehind(tx, recordingId), { timeline: false });
      throw error;
    }
    log.warn(
      { err: error, recordingId },
      'a playable copy could not be made: it is made when somebody listens',
    );
  }
  // It goes with the row that keeps the sound, if there is one now.
  const drop = async (tx: Tx) => {
    await tx.deleteFrom('sounds_to_copy').where('recording_id', '=', recordingId).execute();
  };
  await commit(context, { userId }, drop, { timeline: false });
}

/** What may be wrong with this file alone, as a part of a disk that cannot be read, must not keep the others from being made. */
async function putBehind(tx: Tx, recordingId: string): Promise<void> {
  await tx
    .updateTable('sounds_to_copy')
    .set(({ selectFrom }) => ({
      taken_by: null,
      // Not the clock's time: it may have been set back.
      noted_at_ms: selectFrom('sounds_to_copy as others').select(
        sql<number>`max(others.noted_at_ms) + 1`.as('last'),
      ),
    }))
    .where('recording_id', '=', recordingId)
    .execute();
}
