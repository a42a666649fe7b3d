import { AfterwordError, isErrorCode } from './errors.ts';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', '53100' /* PostgreSQL: disk_full */]);
/**
 * These codes pass by themselves: PostgreSQL's classes 08 (connection), 53 (resources) and 57P (shutting down), its
 * serialization failures, deadlocks and lock time-outs (40001, 40P01, 55P03), a read-only standby (25006), and Node's
 * codes for broken connections.
 */
const NOT_NOW =
  /^(08...|40...|53...|57...|58...|55P03|25006|25P0[34]|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EMFILE|ENFILE|EIO|EROFS|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN))$/;

/**
 * The operating system refused something: the disk is read-only or broken, a folder is gone or not ours, no file handles
 * are left. The request was right and the operator has to repair the machine, so the client is told to try again later.
 */
function isSystemError(error: Error): boolean {
  const { errno, syscall } = error as NodeJS.ErrnoException;
  return typeof errno === 'number' && typeof syscall === 'string';
}

/** Turns anything thrown into an {@link AfterwordError}. Called once, where the error leaves the program. */
export function normalise(thrown: unknown): AfterwordError {
  if (thrown instanceof AfterwordError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code: given, retryAfterMs: wait } = error as { code?: unknown; retryAfterMs?: unknown };
  const code = String(given ?? '');
  const retryAfterMs = typeof wait === 'number' ? wait : undefined;
  if (isErrorCode(code)) return new AfterwordError(code, error.message, { cause: error, retryAfterMs });
  if (NO_ROOM.has(code)) return new AfterwordError('storage_full', undefined, { cause: error });
  if (
    NOT_NOW.test(code) ||
    isSystemError(error) ||
    // The database driver gives these errors no code. "is not queryable" comes from the ROLLBACK of a transaction whose
    // connection broke, and hides the first error.
    /timeout exceeded when trying to connect|Connection terminated|is not queryable/.test(error.message)
  ) {
    return new AfterwordError('unavailable', undefined, { cause: error, retryAfterMs });
  }
  return new AfterwordError('internal', undefined, { cause: error });
}
