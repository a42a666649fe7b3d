/**
 * A limit bounds the calls to one provider over all processes. Each process holds a share of it in PostgreSQL, renews the
 * share every second, and gives permits to its own calls by it: no call costs a round trip, and a process without work
 * costs nothing.
 *
 * There are never more calls than the limit. A process counts on its share only until its time is up by its own clock,
 * counted from before it asked for it. Then it ends its calls, since another process may have the share (`shares.ts` says
 * when).
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ProviderError } from '../provider-error.ts';
import { LONGEST_PAUSE_MS } from '../retry.ts';
import type { CallLimit, Permit, Seen } from './permit.ts';
import { Queue } from './queue.ts';
import { type Grant, releaseShare, renewShare, SHARE_MS, type ShareStore } from './share-store.ts';

export interface LimitOptions {
  provider: string;
  /** Calls at once over all processes; how many are wise is found out below that. */
  most: number;
  /** Calls at once from this process. */
  mostHere: number;
  /** Calls begun per second over all processes. */
  perSecond?: number | undefined;
  shareStore: ShareStore;
  log: Logger;
}

const BEAT_MS = 1000;
/**
 * A process polls faster while it is starved (calls wait and none is under way), since another process may give up its
 * share at any moment, and after a renewal that failed, before its share runs out.
 */
const STARVED_MS = 200;
/** A process without calls gives its share back after this long, and leaves the database alone. */
const IDLE_MS = 5000;

const NOTHING_SEEN = { answered: 0, answeredMs: 0, troubled: 0, wanting: false };

export class Limit implements CallLimit {
  readonly #options: LimitOptions;
  readonly #queue: Queue;
  #lost = new AbortController();
  #seen = { ...NOTHING_SEEN };
  #pauseMs = 0;
  #renews = false;
  #isCutOff = false;
  #lapse: NodeJS.Timeout | undefined;
  #idleSince = 0;
  #wake = new AbortController();
  #renewing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LimitOptions) {
    this.#options = options;
    this.#queue = new Queue(options.mostHere);
  }

  /**
   * Waits for a permit. Rejects with the signal's reason, or `rate_limited` when the provider wants a long pause.
   *
   * @param of the recording of the call; the one with the fewest calls under way gets the next permit
   * @param dueAtMs decides between equals: the earliest is first
   */
  async take(signal: AbortSignal, of = '', dueAtMs = 0): Promise<Permit> {
    signal.throwIfAborted();
    if (this.#closed) throw this.#closing();
    this.#refuseLongPause();
    const waiting = this.#queue.wait(signal, of, dueAtMs);
    this.#keepRenewing();
    if (this.#isHeldBack()) this.#seen.wanting = true;
    if (this.#queue.waiting > 0 && this.#queue.held === 0) this.#wake.abort();
    await waiting;
    return this.#permit(of);
  }

  #permit(of: string): Permit {
    let ended = false;
    return {
      signal: this.#lost.signal,
      end: (seen) => {
        if (ended) return;
        ended = true;
        this.#learn(seen);
        this.#queue.release(of);
      },
    };
  }

  /** Rejects what waits and gives the share back. The caller ends what is under way first. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.rejectAll(this.#closing());
    this.#wake.abort();
    await this.#renewing;
  }

  #learn({ outcome, tookMs, pauseMs = 0 }: Seen): void {
    if (outcome === 'answered') {
      this.#seen.answered++;
      this.#seen.answeredMs += tookMs;
      this.#queue.answered();
    }
    if (outcome === 'refused') this.#queue.refused();
    if (outcome === 'late') this.#queue.late(tookMs);
    if (outcome === 'refused' || outcome === 'late') this.#seen.troubled++;
    if (pauseMs > this.#pauseMs) {
      // Here at once, and everywhere else with their next renewal.
      this.#pauseMs = pauseMs;
      this.#pauseFor(pauseMs);
      this.#wake.abort();
    }
  }

  /** Says whether calls wait because of the limit, and not of this process's own bound or of a share not yet granted. */
  #isHeldBack(): boolean {
    return this.#renews && this.#queue.isFull && this.#queue.held < this.#options.mostHere;
  }

  #keepRenewing(): void {
    this.#renewing ??= this.#renewUntilIdle().finally(() => {
      this.#renewing = undefined;
      // A call may have come between the last look and now.
      if (this.#queue.waiting > 0 && !this.#closed) this.#keepRenewing();
    });
  }

  async #renewUntilIdle(): Promise<void> {
    const { shareStore, provider, log } = this.#options;
    this.#idleSince = performance.now();
    while (!this.#closed && !this.#isIdle()) {
      this.#wake = new AbortController();
      await this.#renew();
      await this.#rest();
    }
    this.#queue.close();
    clearTimeout(this.#lapse);
    if (this.#queue.held > 0) this.#lose();
    this.#renews = false;
    // It runs out by itself otherwise.
    await releaseShare(shareStore, provider).catch((error: unknown) =>
      log.debug({ err: error, provider }, 'a share of a limit was not given back'),
    );
  }

  #isIdle(): boolean {
    if (this.#queue.held + this.#queue.waiting > 0) this.#idleSince = performance.now();
    return performance.now() - this.#idleSince > IDLE_MS;
  }

  async #renew(): Promise<void> {
    const { provider, most, mostHere, perSecond, shareStore, log } = this.#options;
    const sentAt = performance.now();
    const seen = this.#seen;
    const pauseMs = this.#pauseMs;
    this.#seen = { ...NOTHING_SEEN, wanting: this.#isHeldBack() };
    this.#pauseMs = 0;
    // Whether a renewal that fails was written is unknown, so until the next one only what is held is certain.
    const held = this.#queue.freeze();
    try {
      const grant = await renewShare(shareStore, {
        provider,
        processId: shareStore.processId,
        most,
        // Of a rate every call of a share has its part, made or not: one process alone is to have all of it.
        mostHere: perSecond === undefined ? mostHere : most,
        renews: this.#renews,
        held,
        wanted: Math.min(mostHere, this.#queue.held + this.#queue.waiting),
        seen,
        pauseMs,
      });
      this.#use(grant, sentAt);
    } catch (error) {
      // An outage is told once, not every second.
      log[this.#isCutOff ? 'debug' : 'warn']({ err: error, provider }, 'a limit was not renewed');
      this.#isCutOff = true;
      this.#pauseMs = Math.max(this.#pauseMs, pauseMs);
    }
  }

  #use(grant: Grant, sentAt: number): void {
    const { perSecond } = this.#options;
    if (grant.lost) this.#lose();
    this.#isCutOff = false;
    this.#renews = true;
    clearTimeout(this.#lapse);
    const until = sentAt + SHARE_MS;
    const leftMs = until - performance.now();
    // A renewal that took longer than a share lasts has granted nothing.
    if (leftMs <= 0) {
      this.#lose();
      return;
    }
    this.#lapse = setTimeout(() => this.#lose(), leftMs).unref();
    if (grant.pausedForMs > 0) this.#pauseFor(grant.pausedForMs);
    this.#queue.allow(
      grant.granted,
      perSecond === undefined || grant.part === 0 ? 0 : 1000 / (perSecond * grant.part),
      until,
    );
  }

  #lose(): void {
    this.#queue.close();
    this.#lost.abort(this.#shareLost());
    this.#lost = new AbortController();
  }

  async #rest(): Promise<void> {
    const isStarved = this.#queue.waiting > 0 && this.#queue.held === 0;
    const ms = isStarved || this.#isCutOff ? STARVED_MS : BEAT_MS;
    await delay(ms, undefined, { signal: this.#wake.signal, ref: false }).catch(() => {});
  }

  #pauseFor(ms: number): void {
    this.#queue.pauseUntil(performance.now() + ms);
    if (ms > LONGEST_PAUSE_MS) this.#queue.rejectAll(this.#paused(ms));
  }

  #refuseLongPause(): void {
    const ms = this.#queue.pausedForMs;
    if (ms > LONGEST_PAUSE_MS) throw this.#paused(ms);
  }

  #paused(retryAfterMs: number): ProviderError {
    const { provider } = this.#options;
    return new ProviderError(
      'rate_limited',
      `${provider} asked to be left alone for ${Math.ceil(retryAfterMs / 1000)} s`,
      { call: 'not_made', retryAfterMs: Math.ceil(retryAfterMs) },
    );
  }

  #shareLost(): ProviderError {
    const { provider } = this.#options;
    const message = `the call to ${provider} was ended: this process has lost its share of the limit`;
    return new ProviderError('upstream', message, { call: 'interrupted' });
  }

  #closing(): ProviderError {
    return new ProviderError('upstream', `the limit of ${this.#options.provider} was closed`, {
      call: 'not_made',
    });
  }
}
