import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { AfterwordError } from '../../../errors.ts';
import type { S3Location } from './location.ts';

interface Deadlines {
  connectMs: number;
  /**
   * How long a connection may be silent, in either direction: also how long an answer may take, for the SDK's other
   * deadlines would be a second say on the same wait.
   */
  silentMs: number;
}

/** A store that puts 200 MB together on a slow disk is silent meanwhile; 40 s were seen. */
const DEADLINES: Deadlines = { connectMs: 5_000, silentMs: 120_000 };

/** Three attempts pass over one bad node or one closed idle connection. The job waits for the end of an outage. */
const ATTEMPTS = 3;

/** The header in which the SDK tells the server the number of the attempt. */
const ATTEMPT = 'amz-sdk-request';

function openS3Client(config: S3ClientConfig, changed: Partial<Deadlines> = {}): S3Client {
  const deadlines = { ...DEADLINES, ...changed };
  const client = new S3Client({
    ...config,
    maxAttempts: ATTEMPTS,
    // 'adaptive' would hold requests back in this process without a sign of it.
    retryMode: 'standard',
    // The SDK's own default adds a CRC32 to every upload, which many other servers refuse. Nothing is lost by leaving
    // it out: a body in memory is signed with its SHA-256, and the server compares.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK's own default opens a connection for each part of a body, so as to ask first whether it may send it.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: deadlines.connectMs,
      socketTimeout: deadlines.silentMs,
      // The SDK's connection deadline also runs while a request waits for a socket, so none may wait: 50 slow readers,
      // its default limit, would make the store look down. Each socket is bounded by an upload or a reader already.
      httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
    },
  });
  askBeforeSendingAgain(client);
  giveUpOnSilence(client, deadlines.silentMs);
  return client;
}

/**
 * Makes repeated requests wait for the server's consent before they send the body. A server may refuse a body and close the
 * connection while it is being sent; its answer is then lost, and only a broken connection is seen.
 */
function askBeforeSendingAgain(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body?: Uint8Array };
      const isAgain = !headers[ATTEMPT]?.startsWith('attempt=1;');
      if (isAgain && (body?.byteLength ?? 0) > 0) headers.expect = '100-continue';
      return next(args);
    },
    { step: 'finalizeRequest', name: 'askBeforeSendingAgain', priority: 'low' },
  );
}

/** Prevents repeats after silence: three attempts would wait three times, and the client has given up long before. */
function giveUpOnSilence(client: S3Client, silentMs: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        // A broken connection has a code. It may be a single one, so it is tried again.
        const { name, code } = error as { name?: string; code?: string };
        if (name !== 'TimeoutError' || code !== undefined) throw error;
        // The SDK's error must not be the cause, because the SDK tries such an error again.
        throw new AfterwordError('unavailable', `the blob store said nothing for ${silentMs / 1000} s`);
      }
    },
    { step: 'finalizeRequest', name: 'giveUpOnSilence', priority: 'low' },
  );
}

/** The fields of whatever the SDK throws: answers of the server, Node's socket errors, and its own. */
interface Failure {
  name?: string;
  message?: string;
  code?: unknown;
  $metadata?: { httpStatusCode?: number };
}

/**
 * Says why the store failed, without hosts, keys or request ids: those are in the cause, for the log. Everything but a full
 * store is 'unavailable', also what a person has to mend (a refused key, a lost bucket), because the audio may well be there.
 */
export function storeFailure(thrown: unknown): AfterwordError {
  if (thrown instanceof AfterwordError) return thrown;
  const { name, code } = (thrown ?? {}) as Failure;
  const status = statusOf(thrown);
  if (isFull(thrown)) return new AfterwordError('storage_full', undefined, { cause: thrown });
  const what = status === undefined ? `failed: ${code ?? name}` : `answered ${status} ${name}`;
  return new AfterwordError('unavailable', `the blob store ${what}`, { cause: thrown });
}

/** Servers name a reached quota in a code or only in a message: QuotaExceeded (Ceph), XMinioAdminBucketQuotaExceeded, XMinioStorageFull, "storage cap exceeded". */
const FULL = /quota|storage.?full|storage.?cap|insufficient.?storage|no space/i;

/** Says whether the store is full. A limit of requests per second is called a quota as well, but has status 429 or 503. */
function isFull(thrown: unknown): boolean {
  const status = statusOf(thrown);
  if (status === 507) return true;
  const { name = '', message = '' } = (thrown ?? {}) as Failure;
  return (
    (status === 400 || status === 403 || status === 409 || status === 413) && FULL.test(`${name} ${message}`)
  );
}

/**
 * Recognises the only code that means that the object is not there. A bare 404 also comes from a proxy, and from a server
 * that has lost the bucket.
 */
export function isNoSuchKey(thrown: unknown): boolean {
  return (thrown as Failure | null)?.name === 'NoSuchKey';
}

/** Recognises the 404 to a HEAD, whose answer has no body and so no code. */
export function isNotFound(thrown: unknown): boolean {
  return statusOf(thrown) === 404;
}

/** Recognises that the multipart upload does not exist: it was never begun, was aborted, or is complete already. */
export function isNoSuchUpload(thrown: unknown): boolean {
  return (thrown as Failure | null)?.name === 'NoSuchUpload';
}

export function statusOf(thrown: unknown): number | undefined {
  return (thrown as Failure | null)?.$metadata?.httpStatusCode;
}

export interface S3Options extends S3Location {
  /** Without them AWS's standard chain is used (environment, profile, role of the machine). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  deadlines?: Partial<Deadlines>;
}

/** The bucket and the client that calls it. */
export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  /** The place in words, for messages to the operator. */
  readonly words: string;
}

export function openPlace(options: S3Options): S3Place {
  const { bucket, prefix, endpoint, credentials } = options;
  // Only AWS uses the region, but every signature contains one, so there must be one.
  const region = options.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  // Options that are not given must be left out: `undefined` would override the environment.
  const client = openS3Client(
    {
      ...(endpoint !== undefined && { endpoint }),
      ...(region !== undefined && { region }),
      ...(credentials !== undefined && { credentials }),
      forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    },
    options.deadlines,
  );
  const server = endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL ?? 'AWS';
  const words = `the bucket "${bucket}" at ${server}`;
  return { client, bucket, prefix: prefix ? `${prefix}/` : '', words };
}

/** Makes the store's name for the object with this key. */
export function nameOf({ prefix }: S3Place, key: string): string {
  return `${prefix}${key.slice(0, 2)}/${key}`;
}

/** The prefix for probes. The version before kept large bodies there until their content's hash was known. */
export function incomingPrefix({ prefix }: S3Place): string {
  return `${prefix}incoming/`;
}
