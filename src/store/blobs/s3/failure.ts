import { AfterwordError } from '../../../errors.ts';

/** The fields of whatever the SDK throws: answers of the server, Node's socket errors, and its own. */
interface Failure {
  name?: string;
  message?: string;
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
  if (isFull(thrown)) return new AfterwordError('storage_full', undefined, { cause: thrown });
  const what = status === undefined ? `failed: ${code ?? name}` : `answered ${status} ${name}`;
  return new AfterwordError('unavailable', `the blob store ${what}`, { cause: thrown });
}

/** What servers call it, in a code or only in a message: QuotaExceeded (Ceph), XMinioAdminBucketQuotaExceeded, XMinioStorageFull, "storage cap exceeded". */
const FULL = /quota|storage.?full|storage.?cap|insufficient.?storage|no space/i;

/** A limit of requests per second is called a quota as well: that one is 429 or 503. */
function isFull(thrown: unknown): boolean {
  const status = statusOf(thrown);
  if (status === 507) return true;
  const { name = '', message = '' } = (thrown ?? {}) as Failure;
  return (
    (status === 400 || status === 403 || status === 409 || status === 413) && FULL.test(`${name} ${message}`)
  );
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

/** There is no such upload in parts: it was never begun, was given up, or is complete already. */
export function isNoSuchUpload(thrown: unknown): boolean {
  return (thrown as Failure | null)?.name === 'NoSuchUpload';
}

export function statusOf(thrown: unknown): number | undefined {
  return (thrown as Failure | null)?.$metadata?.httpStatusCode;
}
