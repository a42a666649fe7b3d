import type { S3Client } from '@aws-sdk/client-s3';
import { type Deadlines, openS3Client } from './client.ts';
import type { S3Location } from './location.ts';

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
