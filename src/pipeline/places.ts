/**
 * Who gives way. A worker has so many places per lane, and a recording of hours would keep one for as long as it lasts.
 * So while a lane is full, its queue is looked at: where somebody waits who is due before one that is being heard, the
 * one that is furthest ahead goes back into the queue, and goes on from its last mark when it is due.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { firstInLine } from '../engine/internals.ts';
import { QUEUES, recordingOf } from '../intake/enqueue.ts';
import { dueAtOf } from '../intake/fair-queue.ts';
import { queryable, type Reader } from '../store/database.ts';
import type { Lane } from '../store/schema.ts';

/** One that is being heard here. */
export interface Runner {
  readonly lane: Lane;
  readonly userId: string;
  /** Since it came. */
  readonly ranForMs: number;
  /** By its person's clock, which moves on with what is heard. */
  readonly dueAtMs: number;
  /** It would lose next to nothing: since it came it has passed a mark. */
  readonly canGiveWay: boolean;
  readonly isAsked: boolean;
  giveWay(): void;
}

export interface Waiting {
  userId: string;
  dueAtMs: number;
  /** Nothing of it has been heard yet. */
  isNew: boolean;
}

/** A short recording is not to be interrupted for one that is due a moment before it. */
const AHEAD_MS = 60_000;
/**
 * Going on costs reading the file up to the mark: 3.5 s of a core for the twelfth hour. So two long recordings take turns
 * of no less than this, and those of one person none at all: it would be of no use to them.
 */
const LONG_TURN_MS = 30_000;

/** Pure. @returns those who are to give way, as many as there are of those who wait for it */
export function whoGivesWay(running: readonly Runner[], waiting: readonly Waiting[]): Runner[] {
  const chosen: Runner[] = [];
  const asked = running.filter(({ isAsked }) => isAsked).length;
  const able = new Set(
    running.filter(({ canGiveWay, isAsked }) => canGiveWay && !isAsked).sort((a, b) => b.dueAtMs - a.dueAtMs),
  );
  // Who was asked before makes room for the first of those who wait.
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
  /** In each lane. */
  places: number;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #running = new Set<Runner>();
  /** Whoever was first in line at the last look. */
  readonly #first: Partial<Record<Lane, string | undefined>> = {};
  readonly #stopped = new AbortController();
  #looking: Promise<void> | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** @returns the function that gives the place back */
  take(runner: Runner): () => void {
    this.#running.add(runner);
    this.#looking ??= this.#look();
    return () => {
      this.#running.delete(runner);
    };
  }

  /** All that can. */
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
    // Not all places are those of recordings that are being heard: who is still there at a second look has none.
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
