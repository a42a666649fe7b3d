import { AfterwordError } from '../../errors.ts';

/** The fields of whatever the SDK throws: answers of the server, Node's socket errors, and its own. */
interface Failure {
  name?: string;
  code?: unknown;
  $metadata?: { httpStatusCode?: number };
}

/**
 * Why the store did not do what it was asked, without hosts, keys or request ids: those are in the cause, for the log.
 * Everything is 'unavailable', also what a person has to mend (a refused key, a lost bucket): the audio may well be there.
 */
export function storeFailure(thrown: unknown): AfterwordError {
  if (thrown instanceof AfterwordError) return thrown;
  const { name, code } = (thrown ?? {}) as Failure;
  const status = statusOf(thrown);
  if (status === 507) return new AfterwordError('storage_full', undefined, { cause: thrown });
  const what = status === undefined ? `failed: ${code ?? name}` : `answered ${status} ${name}`;
  return new AfterwordError('unavailable', `the blob store ${what}`, { cause: thrown });
}

/**
 * The only word that means that the object is not there. A bare 404 does not: a proxy says it, and so does a server
 * that has lost the bucket.
 */
export function isNoSuchKey(thrown: unknown): boolean {
  return (thrown as Failure | null)?.name === 'NoSuchKey';
}

/** The answer to a HEAD has no body, so 404 is all that it can say. */
export function isNotFound(thrown: unknown): boolean {
  return statusOf(thrown) === 404;
}

export function statusOf(thrown: unknown): number | undefined {
  return (thrown as Failure | null)?.$metadata?.httpStatusCode;
}
