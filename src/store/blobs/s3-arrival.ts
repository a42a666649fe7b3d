import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { incomingPrefix, type S3Place } from './s3-place.ts';

/** Whoever waits for the clean-up is being told that the store is down. */
const DISCARD_WITHIN_MS = 5_000;

/**
 * A body too large for one request. Its name is its content, which is known only at its end, so it arrives under a
 * temporary key and is copied inside the store. By hand, and not with @aws-sdk/lib-storage: that one needs the key
 * before the first byte, holds a second copy of each part, and hides why an upload failed when the abort fails too.
 */
export class Arrival {
  readonly #place: S3Place;
  readonly #key: string;
  readonly #uploadId: string;
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];
  /** What may be in the store by now: a completion whose answer got lost may have happened. */
  #left = { parts: true, object: false };

  private constructor(place: S3Place, key: string, uploadId: string) {
    this.#place = place;
    this.#key = key;
    this.#uploadId = uploadId;
  }

  static async begin(place: S3Place): Promise<Arrival> {
    const key = `${incomingPrefix(place)}${randomUUID()}`;
    const { UploadId } = await place.client.send(
      new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: key }),
    );
    if (!UploadId) throw new Error('the blob store began an upload without an id');
    return new Arrival(place, key, UploadId);
  }

  /** The bytes may be overwritten once this has resolved. */
  async send(bytes: Buffer): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await this.#place.client.send(
      new UploadPartCommand({ ...this.#upload(), PartNumber, Body: bytes }),
    );
    this.#parts.push({ PartNumber, ETag });
  }

  /** Resolves when the body is whole and durable under its final key. */
  async keepAs(key: string): Promise<void> {
    const { client, bucket } = this.#place;
    this.#left.object = true;
    await client.send(
      new CompleteMultipartUploadCommand({ ...this.#upload(), MultipartUpload: { Parts: this.#parts } }),
    );
    this.#left.parts = false;
    await client.send(
      // Neither needs escaping: see the alphabet of prefixes.
      new CopyObjectCommand({ Bucket: bucket, Key: key, CopySource: `${bucket}/${this.#key}` }),
    );
  }

  /** Frees the temporary key, whatever became of the body. Never fails: what it cannot reach is swept up later. */
  async discard(): Promise<void> {
    const { client, bucket } = this.#place;
    const abortSignal = AbortSignal.timeout(DISCARD_WITHIN_MS);
    const { parts, object } = this.#left;
    await Promise.allSettled([
      parts && client.send(new AbortMultipartUploadCommand(this.#upload()), { abortSignal }),
      object && client.send(new DeleteObjectCommand({ Bucket: bucket, Key: this.#key }), { abortSignal }),
    ]);
  }

  #upload() {
    return { Bucket: this.#place.bucket, Key: this.#key, UploadId: this.#uploadId };
  }
}
