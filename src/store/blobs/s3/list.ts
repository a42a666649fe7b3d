import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { isKey, type ObjectPage, OWNER, PAGE_OBJECTS, type UnfinishedObject } from '../blob-store.ts';
import { isNoSuchKey } from './failure.ts';
import { incomingPrefix, nameOf, type S3Place } from './place.ts';

/** One page of the bucket. A bucket may be shared: only what has the name of one of our objects is told. */
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
 * Uploads in parts that nobody has completed, which are billed for ever; and whole bodies that the version before left
 * under a temporary name.
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
