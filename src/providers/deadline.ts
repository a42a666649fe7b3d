/**
 * This file is the one way to combine a caller's signal with others and with a deadline.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: Node may collect those as garbage, and then nothing ends.
 */

export interface Deadline {
  ms: number;
  /** Makes the error of work that is late. */
  late: () => Error;
}

/**
 * Runs something until a caller gives up or its time is over, and then fails with the reason of whichever came first.
 * When it fails by itself, what it started beside is ended too: nobody wants those answers any more.
 */
export async function within<T>(
  callers: readonly AbortSignal[],
  { ms, late }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return await untilAny(callers, async (signal, stop) => {
    const end = after(ms, () => stop(late()));
    return await work(signal).finally(end);
  });
}

/** What takes no longer is a look and no call: it is repeated anyhow, and many of them wait at the same time. */
const LOOK_MS = 1_000;

function after(ms: number, onOver: () => void): () => void {
  if (ms > LOOK_MS) {
    const time = new RunningTime(ms, onOver);
    return () => time.end();
  }
  const timer = setTimeout(onOver, ms);
  return () => clearTimeout(timer);
}

/** A stop of the process counts as at most one of these. */
const PARTS = 20;
/** Shorter parts cost more than they tell: nobody notices that a process stood still for less. */
const SHORTEST_PART_MS = 50;

/**
 * Calls back once when this process has run for so long, unless it is ended before. A machine that slept or a process that
 * was stopped wakes up with its timers over and with answers that it has not read: a plain timer would then give up what is
 * there. So the time is measured in parts, and however long a stop lasted, only one part of it counts.
 */
export class RunningTime {
  readonly #parts: number;
  readonly #timer: NodeJS.Timeout;
  #left: number;

  /** @param isExcused while this is so, no time passes: it starts anew afterwards */
  constructor(ms: number, onOver: () => void, isExcused: () => boolean = () => false) {
    this.#parts = Math.max(1, Math.min(PARTS, Math.floor(ms / SHORTEST_PART_MS)));
    this.#left = this.#parts;
    this.#timer = setInterval(() => {
      this.#left = isExcused() ? this.#parts : this.#left - 1;
      if (this.#left > 0) return;
      this.end();
      onOver();
    }, ms / this.#parts);
  }

  /** Counts from now on. */
  restart(): void {
    this.#left = this.#parts;
    this.#timer.refresh();
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** Resolves with the work, or rejects at once with the signal's reason although the work cannot be ended. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  work.then(resolve, reject);
  return await promise.finally(() => signal.removeEventListener('abort', giveUp));
}

/** Runs something until a caller gives up, without a deadline. `stop` ends the work with a reason of its own. */
export async function untilAny<T>(
  callers: readonly AbortSignal[],
  work: (signal: AbortSignal, stop: (reason: Error) => void) => Promise<T>,
): Promise<T> {
  for (const caller of callers) caller.throwIfAborted();
  const ended = new AbortController();
  const leaving = callers.map((caller) => {
    const giveUp = () => ended.abort(caller.reason);
    caller.addEventListener('abort', giveUp, { once: true });
    return () => caller.removeEventListener('abort', giveUp);
  });
  try {
    return await work(ended.signal, (reason) => ended.abort(reason));
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    for (const leave of leaving) leave();
    ended.abort();
  }
}
