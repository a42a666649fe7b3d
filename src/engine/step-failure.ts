/** The engine's own signal: the work was cancelled, or another process took it over. */
export function isSignal(thrown: unknown): boolean {
  const { dbosErrorCode } = (thrown ?? {}) as { dbosErrorCode?: unknown };
  return typeof dbosErrorCode === 'number';
}

/**
 * Reads why a step failed, as its workflow sees it. A replayed failure is a plain object read from a row, so its class
 * is gone and only its fields can be used.
 */
export function readStepFailure(thrown: unknown): { signal: true } | { signal: false; cause: unknown } {
  // The workflow must rethrow it.
  if (isSignal(thrown)) return { signal: true };
  return { signal: false, cause: thrown };
}
