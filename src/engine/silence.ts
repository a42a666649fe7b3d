/**
 * Who has been silent for how long. Pure.
 *
 * Heartbeats are compared with what they were at the last look, never with a clock on the wall: a clock that is set
 * forward would make every heartbeat look old at once, and one that is set back would keep the dead alive. Only time
 * that was spent looking counts, so a process that was frozen itself takes nobody for dead when it wakes up.
 */
interface Heard {
  beat: string;
  silentMs: number;
  /** Since it was first seen. */
  knownMs: number;
}

export interface Beat {
  id: string;
  beat: string;
}

export class Silence {
  readonly #longestLookMs: number;
  #heard = new Map<string, Heard>();
  #lookedAt: number | undefined;

  /** @param longestLookMs between two looks no more than this counts as time spent looking */
  constructor(longestLookMs: number) {
    this.#longestLookMs = longestLookMs;
  }

  /** @param nowMs monotonic */
  look(beats: readonly Beat[], nowMs: number): void {
    const spentMs = Math.min(nowMs - (this.#lookedAt ?? nowMs), this.#longestLookMs);
    this.#lookedAt = nowMs;
    this.#heard = new Map(
      beats.map(({ id, beat }) => {
        const before = this.#heard.get(id);
        const knownMs = before ? before.knownMs + spentMs : 0;
        return [id, { beat, knownMs, silentMs: before?.beat === beat ? before.silentMs + spentMs : 0 }];
      }),
    );
  }

  silentFor(ms: number): Beat[] {
    return [...this.#heard]
      .filter(([, { silentMs }]) => silentMs >= ms)
      .map(([id, { beat }]) => ({ id, beat }));
  }

  /** Whether nobody has come for so long. */
  isSettled(ms: number): boolean {
    return this.#heard.size > 0 && [...this.#heard.values()].every(({ knownMs }) => knownMs >= ms);
  }
}
