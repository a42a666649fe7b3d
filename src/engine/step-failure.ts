/** The engine's own signal: the work was cancelled, or another process took it over. */
export function isSignal(thrown: unknown): boolean {
  const { dbosErrorCode, errors } = (thrown ?? {}) as { dbosErrorCode?: unknown; errors?: unknown };
  return typeof dbosErrorCode === 'number' && !Array.isArray(errors);
}

/**
 * Reads why a step failed, as its workflow sees it. A replayed failure is a plain object read from a row, so its class
 * is gone and only its fields can be used.
 */
export function readStepFailure(thrown: unknown): { signal: true } | { signal: false; cause: unknown } {
  const { errors } = (thrown ?? {}) as { errors?: unknown };
  // All attempts are used up, so the last one's reason counts.
  if (Array.isArray(errors) && errors.length > 0) return { signal: false, cause: errors.at(-1) };
  // The workflow must rethrow it.
  if (isSignal(thrown)) return { signal: true };
  return { signal: false, cause: thrown };
}
