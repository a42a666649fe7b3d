/** The engine speaks: cancelled, or taken over by another process. */
export function isSignal(thrown: unknown): boolean {
  const { dbosErrorCode, errors } = (thrown ?? {}) as { dbosErrorCode?: unknown; errors?: unknown };
  return typeof dbosErrorCode === 'number' && !Array.isArray(errors);
}

/**
 * Why a step failed, as its workflow sees it. A replayed failure is a plain object that was read from a row, so its
 * class is gone: only its fields can be trusted.
 */
export function readStepFailure(thrown: unknown): { signal: true } | { signal: false; cause: unknown } {
  const { errors } = (thrown ?? {}) as { errors?: unknown };
  // All tries are used up: the last one's reason is the reason.
  if (Array.isArray(errors) && errors.length > 0) return { signal: false, cause: errors.at(-1) };
  // The workflow must let it pass.
  if (isSignal(thrown)) return { signal: true };
  return { signal: false, cause: thrown };
}
