/** Decides whether and when a request of a push is repeated. */
import { setTimeout as delay } from 'node:timers/promises';
import { AfterwordProblem } from '@afterword/client';

/** A server that restarts is back within seconds, and one that stays away is asked no more than twice a minute. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A timer that is to wait for longer does not wait at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Only a person can make room; a push that waits for it would never end. A watch comes back to it. */
const NOT_WAITED_FOR = new Set(['space_used_up']);
/** Worth another attempt whatever the body says: a proxy between us and the server has none of our codes. */
const TRANSIENT = new Set([408, 409, 423, 425, 429, 502, 503, 504]);

export function isFinal(error: unknown): error is AfterwordProblem {
  if (!(error instanceof AfterwordProblem)) return false;
  if (NOT_WAITED_FOR.has(error.code)) return true;
  return !error.retryable && !TRANSIENT.has(error.status);
}

/** The file may be sent once somebody has made room. */
export function isForRoom({ code }: { code: string | null }): boolean {
  return NOT_WAITED_FOR.has(code ?? '');
}

/** The server will answer all other requests of this run alike. */
export function isOfTheSender({ status }: AfterwordProblem): boolean {
  return status === 401 || status === 403;
}

export class Backoff {
  #pauseMs = FIRST_PAUSE_MS;

  /** Ends early when the run is ended. @throws what the signal says */
  async wait(error: unknown, signal: AbortSignal): Promise<void> {
    const asked = error instanceof AfterwordProblem ? error.retryAfterMs : null;
    // Several that wait come back one after the other.
    const pauseMs = asked ?? this.#pauseMs * (0.5 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    await delay(Math.min(pauseMs, LONGEST_TIMER_MS), undefined, { signal });
  }

  /** Something has moved since: a link that breaks often is no link that is away. */
  moved(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }
}

/** Repeats until it succeeds, is refused for good or the run is ended. */
export async function persist<T>(
  attempt: () => Promise<T>,
  { signal, broke = () => {} }: { signal: AbortSignal; broke?: (error: unknown) => void },
): Promise<T> {
  const backoff = new Backoff();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || isFinal(error)) throw error;
      broke(error);
      await backoff.wait(error, signal);
    }
  }
}

/** It is not the file any more that was hashed, or it has gone: sending it again changes nothing. */
export class FileChanged extends Error {}

/** It is there as it was, and the disk or card does not give its bytes: the cause says why. */
export class FileUnreadable extends Error {
  constructor(cause: unknown) {
    super('the file cannot be read', { cause });
  }
}
