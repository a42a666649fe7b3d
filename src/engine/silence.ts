/**
 * Measures how long each executor has been silent. Pure.
 * A heartbeat is compared with its value at the last look, never with a wall clock: a clock set forward would make
 * every heartbeat look old at once, and one set back would keep dead executors alive. Only time spent looking counts,
 * so a process that was frozen itself declares nobody dead when it wakes up.
 */
interface Heard {
  beat: string;
  silentMs: number;
  /** Since this heartbeat was first seen. */
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

  /** @param longestLookMs at most this much time between two looks counts as time spent looking */
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

  /** Says whether nobody has come for this long. */
  isSettled(ms: number): boolean {
    return this.#heard.size > 0 && [...this.#heard.values()].every(({ knownMs }) => knownMs >= ms);
  }
}
