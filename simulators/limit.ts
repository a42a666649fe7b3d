import type { Limit } from './behaviour.ts';

/** Refuses what is over the limit, as a provider does: at once, and without counting it. */
export class LimitGate {
  /** When the calls of the last second were let in. */
  #recent: number[] = [];

  admits(limit: Limit | null, inFlight: number, nowMs: number): boolean {
    if (limit?.concurrent !== undefined && inFlight > limit.concurrent) return false;
    if (limit?.perSecond === undefined) return true;
    this.#recent = this.#recent.filter((at) => at > nowMs - 1000);
    if (this.#recent.length >= limit.perSecond) return false;
    this.#recent.push(nowMs);
    return true;
  }
}
