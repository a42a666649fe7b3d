import { S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-location.ts';

export interface S3Options extends S3Location {
  /** AWS's standard chain (environment, profile, role of the machine) without it. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  deadlines?: Partial<Deadlines>;
}

interface Deadlines {
  connectMs: number;
  /** How long a connection may be silent, in either direction. */
  idleMs: number;
  /** From the first byte of a request to the first of its answer. */
  answerMs: number;
}

/** 5 MB at 50 kB/s fit into the longest of them; a copy of 200 MB on a slow disk, during which all is quiet, too. */
const DEADLINES: Deadlines = { connectMs: 5_000, idleMs: 30_000, answerMs: 120_000 };

/** Enough to outlive one bad node or one idle connection that the server has closed; an outage is for the job to wait out. */
const ATTEMPTS = 3;

/** Where the objects are, and the one that speaks to it. */
export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
}

export function openPlace(options: S3Options): S3Place {
  const { bucket, prefix, endpoint, credentials } = options;
  const deadlines = { ...DEADLINES, ...options.deadlines };
  // Only AWS looks at the region; it is part of every signature all the same, so there has to be one.
  const region = options.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  // Not `undefined` where there is nothing to say: that would switch off what the environment says.
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    maxAttempts: ATTEMPTS,
    // 'adaptive' would hold requests back in this process, unseen; the other mode is the plain one.
    retryMode: 'standard',
    // The SDK's own default adds a CRC32 to every upload, which many other servers refuse. Nothing is lost by leaving
    // it out: a body in memory is signed with its SHA-256, and the server compares.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: deadlines.connectMs,
      socketTimeout: deadlines.idleMs,
      requestTimeout: deadlines.answerMs,
      throwOnRequestTimeout: true, // otherwise it only writes a warning to the console
      // The SDK's connection deadline also runs while a request waits for a socket, so none may wait: 50 slow readers,
      // its default limit, would make the store look down. Each socket is bounded by an upload or a reader already.
      httpAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY },
    },
  });
  return { client, bucket, prefix: prefix ? `${prefix}/` : '' };
}

/** What the store calls the object with this key. */
export function nameOf({ prefix }: S3Place, key: string): string {
  return `${prefix}${key.slice(0, 2)}/${key}`;
}

/** Where probes are made, and where the version before let large bodies wait until their content's hash was known. */
export function incomingPrefix({ prefix }: S3Place): string {
  return `${prefix}incoming/`;
}
