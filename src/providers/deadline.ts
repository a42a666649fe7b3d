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
    const timer = setTimeout(() => stop(late()), ms);
    return await work(signal).finally(() => clearTimeout(timer));
  });
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
