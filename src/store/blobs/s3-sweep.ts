import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { incomingPrefix, type S3Place } from './s3-place.ts';

/**
 * Forgets bodies that a crash or an outage cut off: nobody was told that they are safe, nobody sees them, and
 * unfinished uploads are billed for ever. Old ones only: younger ones may be arriving in another process right now.
 */
export async function sweepIncoming(place: S3Place, olderThan: Date): Promise<void> {
  const { client, bucket } = place;
  const Prefix = incomingPrefix(place);
  const isOld = (date: Date | undefined) => date !== undefined && date < olderThan;

  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })) {
    for (const { Key, LastModified } of Contents)
      if (isOld(LastModified)) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
  // One page of 1000: an outage that left more of them is swept up by the next times.
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix }));
  for (const { Key, UploadId, Initiated } of Uploads)
    if (isOld(Initiated))
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
}
