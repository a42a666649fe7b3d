/** Errors of this room that a caller may need to distinguish. */
export type EngineErrorCode =
  | 'already_running'
  | 'lease_lost'
  | 'postgres_unsupported'
  | 'postgres_unreachable'
  | 'postgres_start_failed'
  | 'postgres_user'
  | 'aborted';

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function isEngineError(error: unknown, code?: EngineErrorCode): error is EngineError {
  return error instanceof EngineError && (code === undefined || error.code === code);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node or PostgreSQL error: ECONNREFUSED, 57P03, … */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
