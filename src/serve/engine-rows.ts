/** Deletes rows that nobody needs any more: of finished work, calls and events after some days, of deleted people at once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { deleteFinishedWork } from '../engine/internals.ts';
import { deleteOldEvents } from '../events/read.ts';
import { normalise } from '../normalise.ts';
import { deleteOldMessages } from '../push/devices.ts';
import { type Database, queryable } from '../store/database.ts';
import { forgetWhatHasEnded } from '../store/forgotten-work.ts';
import { deleteOldCalls } from '../store/old-calls.ts';
import { deleteOldDeliveries } from '../webhooks/deliveries.ts';

/** Running work ends within seconds of its deletion, and its rows should go soon after. */
const EVERY_MS = 4000;
/** One statement deletes so many rows, so that its locks and its part of the log stay small. */
const BATCH = 200;
/** Finished work is looked for once in so many rounds, and in every round after a full batch: 50 rows a second. */
const ROUNDS = 15;

export interface EngineRows {
  stop(): Promise<void>;
}

/** Starts the deletion. Several workers may do it at once: each skips rows that another one has locked. */
export function startForgettingWork(
  { db, log, keepMs, keepEventsMs }: { db: Database; log: Logger; keepMs: number; keepEventsMs: number },
  everyMs = EVERY_MS,
): EngineRows {
  const stopped = new AbortController();
  const { signal } = stopped;
  // What cannot be deleted of one kind, as while another transaction holds it, keeps the other kinds from nothing.
  const attempt = async (deletion: () => Promise<unknown>) => {
    try {
      return await deletion();
    } catch (error) {
      const level = normalise(error).code === 'unavailable' ? 'debug' : 'warn';
      log[level]({ err: error }, 'rows that nobody needs any more were not deleted; it is tried again');
      return 0;
    }
  };
  const seldom = [
    () => deleteFinishedWork(queryable(db), keepMs, BATCH),
    () => deleteOldCalls(db, keepMs, BATCH),
    () => deleteOldEvents(db, keepEventsMs, BATCH),
    () => deleteOldDeliveries(db, keepEventsMs, BATCH),
    () => deleteOldMessages(db, keepEventsMs, BATCH),
  ];
  const run = async () => {
    for (let round = 0; !signal.aborted; round++) {
      await attempt(() => forgetWhatHasEnded(db));
      if (round % ROUNDS === 0) {
        for (const deletion of seldom) if ((await attempt(deletion)) === BATCH) round = -1;
      }
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
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
