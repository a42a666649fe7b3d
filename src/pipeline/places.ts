/**
 * Decides which recording gives up its place. A worker has a number of places per lane, and a recording of hours would
 * keep one all that time. While a lane is full, its queue is read: if a waiting recording is due before a running one,
 * the running one that is furthest ahead goes back into the queue and later goes on from its last mark.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { firstInLine } from '../engine/internals.ts';
import { QUEUES, recordingOf } from '../intake/enqueue.ts';
import { dueAtOf } from '../intake/fair-queue.ts';
import { queryable, type Reader } from '../store/database.ts';
import type { Lane } from '../store/tables/columns.ts';

/** A recording that is being transcribed in this worker. */
export interface Runner {
  readonly lane: Lane;
  readonly userId: string;
  /** Time since it got its place. */
  readonly ranForMs: number;
  /** Its due time by its person's fairness clock, which moves on with the audio that is transcribed. */
  readonly dueAtMs: number;
  /** It has passed a mark since it got its place, so it would lose almost nothing. */
  readonly canGiveWay: boolean;
  readonly isAsked: boolean;
  giveWay(): void;
}

export interface Waiting {
  userId: string;
  dueAtMs: number;
  /** None of it has been transcribed yet. */
  isNew: boolean;
}

/** A short recording is not interrupted for one that is due only a moment before it. */
const AHEAD_MS = 60_000;
/**
 * To go on, a recording has to be read up to its mark: 3.5 s of a core for the twelfth hour. So two long recordings
 * alternate no faster than this. Recordings of one person do not alternate at all, since that person gains nothing.
 */
const LONG_TURN_MS = 30_000;

/** Pure. @returns the recordings that give up their places, one for each that waits for it */
export function whoGivesWay(running: readonly Runner[], waiting: readonly Waiting[]): Runner[] {
  const chosen: Runner[] = [];
  const asked = running.filter(({ isAsked }) => isAsked).length;
  const able = new Set(
    running.filter(({ canGiveWay, isAsked }) => canGiveWay && !isAsked).sort((a, b) => b.dueAtMs - a.dueAtMs),
  );
  // A recording that was asked before makes room for the first of the waiting ones.
  for (const { userId, dueAtMs, isNew } of waiting.slice(asked)) {
    for (const runner of able) {
      const isWorthIt = isNew || (runner.userId !== userId && runner.ranForMs >= LONG_TURN_MS);
      if (!isWorthIt || runner.dueAtMs - dueAtMs <= AHEAD_MS) continue;
      able.delete(runner);
      chosen.push(runner);
      break;
    }
  }
  return chosen;
}

const LOOK_EVERY_MS = 200;

export interface PlacesOptions {
  db: Reader;
  log: Logger;
  /** Number of places in each lane. */
  places: number;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #running = new Set<Runner>();
  /** The recording that was first in line at the last look. */
  readonly #first: Partial<Record<Lane, string | undefined>> = {};
  readonly #stopped = new AbortController();
  #looking: Promise<void> | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** How many recordings are heard here now. */
  get running(): number {
    return this.#running.size;
  }

  /** @returns the function that gives the place back */
  take(runner: Runner): () => void {
    this.#running.add(runner);
    this.#looking ??= this.#look();
    return () => {
      this.#running.delete(runner);
    };
  }

  /** Asks every running recording to give up its place if it can. */
  makeRoom(): void {
    for (const runner of this.#running) if (runner.canGiveWay) runner.giveWay();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted && this.#running.size > 0) {
      for (const lane of ['fresh', 'backfill'] as const) {
        await this.#lookAt(lane).catch((error) => {
          this.#options.log.debug({ err: error }, 'the queue could not be looked at');
        });
      }
      await delay(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
    this.#looking = undefined;
  }

  async #lookAt(lane: Lane): Promise<void> {
    const { db, places } = this.#options;
    const running = [...this.#running].filter((runner) => runner.lane === lane);
    if (!running.some(({ canGiveWay }) => canGiveWay)) return;
    const line = await firstInLine(queryable(db), QUEUES[lane], places);
    const first = line[0]?.workflowId;
    // Some places belong to recordings that are not being transcribed. A recording that is still waiting at a second
    // look has got none of them.
    const isFull = running.length >= places || first === this.#first[lane];
    this.#first[lane] = first;
    if (!first || !isFull) return;
    const heard = await db
      .selectFrom('recordings')
      .select(['id', 'user_id', 'heard_ms'])
      .where(
        'id',
        'in',
        line.map(({ workflowId }) => recordingOf(workflowId)),
      )
      .execute();
    const rows = new Map(heard.map((row) => [row.id, row]));
    const waiting = line.flatMap(({ workflowId, priority }) => {
      const row = rows.get(recordingOf(workflowId));
      return row ? { userId: row.user_id, dueAtMs: dueAtOf(priority), isNew: row.heard_ms === 0 } : [];
    });
    for (const runner of whoGivesWay(running, waiting)) runner.giveWay();
  }
}
