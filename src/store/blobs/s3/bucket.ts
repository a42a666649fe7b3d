import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { AfterwordError } from '../../../errors.ts';
import { isKey, type ObjectPage, OWNER, PAGE_OBJECTS, type UnfinishedObject } from '../blob-store.ts';
import {
  incomingPrefix,
  isNoSuchKey,
  isNotFound,
  nameOf,
  type S3Place,
  statusOf,
  storeFailure,
} from './client.ts';

/**
 * Makes sure that there is a bucket, and creates it where that is allowed. Settings of the bucket are its owner's.
 * @throws AfterwordError 'unavailable' when the store does not answer; Error when a person has to mend something
 */
export async function ensureBucket(place: S3Place): Promise<void> {
  const refusal = await ask(place);
  if (refusal === undefined) return;
  if (!isNotFound(refusal)) throw explain(place, refusal);
  try {
    await place.client.send(new CreateBucketCommand({ Bucket: place.bucket }));
  } catch (error) {
    // Another process of ours may have been faster.
    if ((await ask(place)) === undefined) return;
    const status = statusOf(error) ?? 0;
    if (status < 400 || status >= 500) throw away(place, error);
    const why = `${place.words} does not exist and could not be created: ${(error as Error).name}`;
    throw new Error(why, { cause: error });
  }
}

/** Says whether the bucket keeps versions, so that a deletion hides an object and keeps its bytes; false if it may not ask. */
export async function keepsVersions({ client, bucket }: S3Place): Promise<boolean> {
  return client.send(new GetBucketVersioningCommand({ Bucket: bucket })).then(
    ({ Status }) => Status === 'Enabled',
    () => false,
  );
}

async function ask({ client, bucket }: S3Place): Promise<unknown> {
  return client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => undefined,
    (error: unknown) => error ?? new Error('refused'),
  );
}

function explain(place: S3Place, refusal: unknown): Error {
  const { words } = place;
  const name = (refusal as Error).name;
  const message = (refusal as Error).message;
  if (name === 'CredentialsProviderError' || /region is missing/i.test(message))
    return new Error(`${words} cannot be used: ${message}`, { cause: refusal });
  // The answer to a HEAD has no body, so the status is all that is known.
  switch (statusOf(refusal)) {
    case 301:
    case 400:
      return new Error(`${words} is not in this region, or the store cannot read the request: set region=…`, {
        cause: refusal,
      });
    case 401:
    case 403:
      return new Error(
        `the store refuses these credentials for ${words}: they need to list it, and to read, write and delete its objects`,
        { cause: refusal },
      );
    default:
      return away(place, refusal);
  }
}

/** Adds the store's address to a failure at the start. Clients never see this error. */
function away({ words }: S3Place, failure: unknown): Error {
  const { code, message } = storeFailure(failure);
  return new AfterwordError(code, `${words} cannot be used: ${message}`, { cause: failure });
}

/** Lists one page of the bucket. A bucket may be shared, so only objects with names like ours are listed. */
export async function listPage(place: S3Place, after: string | null, most: number): Promise<ObjectPage> {
  const { client, bucket, prefix } = place;
  const { Contents = [], IsTruncated } = await client.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: most,
      ...(after !== null && { StartAfter: after }),
    }),
  );
  const objects = Contents.flatMap(({ Key = '', LastModified }) => {
    const key = Key.slice(Key.lastIndexOf('/') + 1);
    const isOurs = isKey(key) && Key === nameOf(place, key);
    return isOurs && LastModified ? [{ key, storedAtMs: LastModified.getTime() }] : [];
  });
  return { objects, next: IsTruncated ? (Contents.at(-1)?.Key ?? null) : null };
}

/**
 * Lists unfinished multipart uploads, which are billed for ever, and whole bodies that the version before left under a
 * temporary name.
 */
export async function listUnfinished(place: S3Place): Promise<UnfinishedObject[]> {
  const { client, bucket, prefix } = place;
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: incomingPrefix(place), MaxKeys: PAGE_OBJECTS }),
  );
  const temporary = Contents.flatMap(({ Key, LastModified }) =>
    Key && LastModified ? [{ key: Key, name: '', touchedAtMs: LastModified.getTime() }] : [],
  );
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, MaxUploads: PAGE_OBJECTS }),
  );
  const uploads = Uploads.flatMap(({ Key = '', UploadId, Initiated }) => {
    const key = Key.slice(Key.lastIndexOf('/') + 1);
    const isOurs = (isKey(key) && Key === nameOf(place, key)) || Key.startsWith(incomingPrefix(place));
    return isOurs && UploadId && Initiated
      ? [{ key: isKey(key) ? key : Key, name: UploadId, touchedAtMs: Initiated.getTime() }]
      : [];
  });
  return [...temporary, ...uploads].slice(0, PAGE_OBJECTS);
}

export async function dropUnfinished(place: S3Place, { key, name }: UnfinishedObject): Promise<void> {
  const at = { Bucket: place.bucket, Key: isKey(key) ? nameOf(place, key) : key };
  if (name === '') await place.client.send(new DeleteObjectCommand(at));
  else await place.client.send(new AbortMultipartUploadCommand({ ...at, UploadId: name }));
}

export function ownerObject({ bucket, prefix }: S3Place) {
  return { Bucket: bucket, Key: `${prefix}${OWNER}` };
}

export async function readOwner(place: S3Place): Promise<string | null> {
  try {
    const { Body } = await place.client.send(new GetObjectCommand(ownerObject(place)));
    return (await Body?.transformToString()) ?? null;
  } catch (error) {
    if (isNoSuchKey(error)) return null;
    throw error;
  }
}
