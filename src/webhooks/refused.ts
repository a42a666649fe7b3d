/** Why an attempt failed. */
export const FAILURES = [
  'status',
  'redirect',
  'timeout',
  'connection',
  'name_not_found',
  'address_refused',
  'secret_unreadable',
  'event_gone',
  'conversation_gone',
] as const;

export type Failure = (typeof FAILURES)[number];

class FetchError extends Error {
  override name = 'FetchError';
  readonly code: string;

  constructor(failure: Failure) {
    super(failure);
    this.code = failure;
  }
}

/** An error that tells its failure through the layers of the HTTP client. */
export function fetchError(failure: Failure): FetchError {
  return new FetchError(failure);
}

export function failureOf(thrown: unknown): Failure {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if (error instanceof FetchError) return FAILURES.find((known) => known === error.code) ?? 'connection';
  return 'connection';
}
