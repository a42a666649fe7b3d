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

/** A store that puts 200 MB together on a slow disk says nothing meanwhile; 40 s of that have been seen. */
const DEADLINES: Deadlines = { connectMs: 5_000, silentMs: 120_000 };

/** Enough to outlive one bad node or one idle connection that the server has closed; an outage is for the job to wait out. */
const ATTEMPTS = 3;

/** Which try this is, as the SDK tells the server. */
const ATTEMPT = 'amz-sdk-request';

function openS3Client(config: S3ClientConfig, changed: Partial<Deadlines> = {}): S3Client {
  const deadlines = { ...DEADLINES, ...changed };
  const client = new S3Client({
    ...config,
    maxAttempts: ATTEMPTS,
    // 'adaptive' would hold requests back in this process, unseen; the other mode is the plain one.
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
 * A server may refuse a body and close the connection while that is still being sent: its answer is lost, and what is
 * seen is a broken connection. The next try waits for the server's word before it sends the body.
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

/** Three tries would make one silent store three waits, and whoever waits has given up long before. */
function giveUpOnSilence(client: S3Client, silentMs: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        // A connection that broke has a code, and may well be a single one.
        const { name, code } = error as { name?: string; code?: string };
        if (name !== 'TimeoutError' || code !== undefined) throw error;
        // Not with the SDK's error as its cause: that one is tried again.
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

export interface S3Options extends S3Location {
  /** AWS's standard chain (environment, profile, role of the machine) without it. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  deadlines?: Partial<Deadlines>;
}

/** Where the objects are, and the one that speaks to it. */
export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  /** For whoever has to mend something. */
  readonly words: string;
}

export function openPlace(options: S3Options): S3Place {
  const { bucket, prefix, endpoint, credentials } = options;
  // Only AWS looks at the region; it is part of every signature all the same, so there has to be one.
  const region = options.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  // Not `undefined` where there is nothing to say: that would switch off what the environment says.
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

/** What the store calls the object with this key. */
export function nameOf({ prefix }: S3Place, key: string): string {
  return `${prefix}${key.slice(0, 2)}/${key}`;
}

/** Where probes are made, and where the version before let large bodies wait until their content's hash was known. */
export function incomingPrefix({ prefix }: S3Place): string {
  return `${prefix}incoming/`;
}
