/**
 * Runs something until a caller gives up or its time is over, and then fails with the reason of whichever came first.
 * When it fails by itself, what it started beside is ended too: nobody wants those answers any more.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: Node may collect those as garbage, and then nothing ends.
 */
export async function within<T>(
  callers: readonly AbortSignal[],
  { ms, late }: { ms: number; late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (const caller of callers) caller.throwIfAborted();
  const stop = new AbortController();
  const leaving = callers.map((caller) => {
    const giveUp = () => stop.abort(caller.reason);
    caller.addEventListener('abort', giveUp, { once: true });
    return () => caller.removeEventListener('abort', giveUp);
  });
  const timer = setTimeout(() => stop.abort(late()), ms);
  try {
    return await work(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    for (const leave of leaving) leave();
    stop.abort();
  }
}
