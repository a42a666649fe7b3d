/** This file looks after work that a provider does in its own time: asks until it is done, and deletes it afterwards. */

import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../../providers/deadline.ts';
import type { Endpoint } from '../../../providers/http/endpoint.ts';
import { remove } from '../../../providers/http/exchange.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import { canHeal } from '../../../providers/retry.ts';

export interface Pace {
  /** Until the first look. */
  firstMs: number;
  /** Between two looks at most. */
  longestMs: number;
  /** For one look: one that hangs must not take what is left of the deadline. */
  lookMs: number;
  /** How long looks may fail in a row, waits that were asked for included, before the work is given up. */
  troubleMs: number;
}

interface Expected {
  /** Monotonic. */
  startedAt: number;
  /** How long such work took lately; null when nobody knows. */
  expectedMs: number | null;
}

/** Then an answer is found a quarter of its time too late at most, and work of 15 s is looked at 16 times. */
const GROWTH = 1.25;
/** Around the time that such work took lately, looks are close together: half of this is waited in vain on average. */
const CLOSE = 1 / 25;
const LIKELY_FROM = 0.9;
const LIKELY_UNTIL = 1.3;
/** Before that time each wait goes this far towards it: work that is done early is not found much later. */
const TOWARDS = 0.6;

/** Pure. @returns the milliseconds until the next look */
export function untilNextLook(
  elapsedMs: number,
  beforeMs: number,
  { firstMs, longestMs, expectedMs }: Pick<Pace, 'firstMs' | 'longestMs'> & Pick<Expected, 'expectedMs'>,
): number {
  const within = (ms: number) => Math.min(longestMs, Math.max(firstMs, ms));
  if (expectedMs === null || elapsedMs > expectedMs * LIKELY_UNTIL) return within(beforeMs * GROWTH);
  const likelyInMs = expectedMs * LIKELY_FROM - elapsedMs;
  return within(Math.max(likelyInMs * TOWARDS, expectedMs * CLOSE));
}

/**
 * A look that fails is tried again, for the work behind it is under way and paid for.
 *
 * @param look resolves with undefined while the work is not done
 * @throws the signal's reason, or the ProviderError of the last look
 */
export async function untilDone<T>(
  look: (signal: AbortSignal) => Promise<T | undefined>,
  pace: Pace & Expected,
  signal: AbortSignal,
): Promise<T> {
  const late = () => new ProviderError('timeout', `no answer within ${lookMs} ms`);
  const { lookMs, troubleMs, startedAt } = pace;
  const next = (beforeMs: number) => untilNextLook(performance.now() - startedAt, beforeMs, pace);
  let stepMs = pace.expectedMs === null ? pace.firstMs : next(0);
  let waitMs = stepMs;
  let wellAt = performance.now();
  for (;;) {
    await delay(waitMs, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
    stepMs = next(stepMs);
    waitMs = stepMs;
    try {
      const done = await within([signal], { ms: lookMs, late }, look);
      if (done !== undefined) return done;
      wellAt = performance.now();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // What can heal passes, and the work goes on meanwhile. The others would be the same at the next look.
      if (!canHeal(error)) throw error;
      waitMs = Math.max(stepMs, error.retryAfterMs ?? 0);
      if (performance.now() + waitMs - wellAt > troubleMs) throw error;
    }
  }
}

/** What is refused while it is still worked on, or meets an outage, has a minute and a half to be taken. */
const WAITS_MS = [2000, 10_000, 60_000];
const REQUEST_MS = 5000;

/** Deletes at a provider what it keeps of a piece. The work waits for none of it. */
export class Leftovers {
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  readonly #onLeft: (what: string) => void;

  /** @param onLeft is told of what could not be taken away: somebody else has to, for it is what people said */
  constructor(onLeft: (what: string) => void) {
    this.#onLeft = onLeft;
  }

  remove(endpoint: Endpoint): void {
    const removal = this.#removeInTime(endpoint).finally(() => this.#underWay.delete(removal));
    this.#underWay.add(removal);
  }

  /** What waits for another try gets it now. Resolves when none is left, after 5 s at the latest. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  async #removeInTime(endpoint: Endpoint): Promise<void> {
    for (const waitMs of [0, ...WAITS_MS]) {
      await this.#wait(waitMs);
      if (await isRemoved(endpoint)) return;
      if (this.#closing.signal.aborted) break;
    }
    this.#onLeft(`${endpoint.url.host}${endpoint.url.pathname}`);
  }

  /** Keeps no process alive that has nothing else to do. */
  async #wait(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
  }
}

async function isRemoved(endpoint: Endpoint): Promise<boolean> {
  const late = () => new ProviderError('timeout', `no answer within ${REQUEST_MS} ms`);
  try {
    const { status } = await within([], { ms: REQUEST_MS, late }, (signal) => remove(endpoint, signal));
    return status < 300 || status === 404 || status === 410;
  } catch {
    return false;
  }
}
