import { createHash, randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { BlobStore, StoredBlob } from './blob-store.ts';
import { Arrival } from './s3-arrival.ts';
import { ensureBucket } from './s3-bucket.ts';
import { isNotFound, storeFailure } from './s3-failure.ts';
import { Part } from './s3-part.ts';
import { incomingPrefix, keyOf, openPlace, type S3Options, type S3Place } from './s3-place.ts';
import { readBlob } from './s3-read.ts';
import { sweepIncoming } from './s3-sweep.ts';

const SWEEP_EVERY_MS = 3_600_000;
const ABANDONED_AFTER_MS = 86_400_000;

/** Blobs as objects of a bucket: `<prefix>/<first two digits>/<sha256>`, the large ones arriving in `<prefix>/incoming`. */
export class S3BlobStore implements BlobStore {
  readonly #place: S3Place;
  #sweptAtMs = 0;

  constructor(options: S3Options) {
    this.#place = openPlace(options);
  }

  /** @throws Error that says what to mend, or AfterwordError 'unavailable' */
  async prepare(): Promise<void> {
    await ensureBucket(this.#place);
    await this.#sweep();
  }

  async put(body: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const hash = createHash('sha256');
    const part = new Part();
    let sizeBytes = 0;
    let arrival: Arrival | undefined;
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
        for (let rest = chunk; rest.byteLength > 0; rest = part.take(rest)) {
          // Sent only once there is more: a body of one part is never in two pieces, and the last is never empty.
          if (!part.isFull) continue;
          arrival ??= await told(Arrival.begin(this.#place));
          await told(arrival.send(part.bytes));
          part.clear();
        }
      }
      const stored = { sha256: hash.digest('hex'), sizeBytes };
      await told(this.#keep(stored, part.bytes, arrival));
      return stored;
    } finally {
      await arrival?.discard();
      this.#sweepNowAndThen();
    }
  }

  open(sha256: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    return readBlob(this.#place, sha256, signal);
  }

  async has(sha256: string): Promise<boolean> {
    if ((await told(this.#size(sha256))) !== undefined) return true;
    // Not there, or is the whole bucket not there? Only the first is an answer.
    await told(this.#place.client.send(new HeadBucketCommand({ Bucket: this.#place.bucket })));
    return false;
  }

  async delete(sha256: string): Promise<void> {
    await told(this.#place.client.send(new DeleteObjectCommand(this.#object(sha256))));
  }

  async probe(): Promise<void> {
    const { client, bucket } = this.#place;
    const object = { Bucket: bucket, Key: `${incomingPrefix(this.#place)}probe-${randomUUID()}` };
    await told(client.send(new PutObjectCommand({ ...object, Body: Buffer.alloc(1) })));
    await told(client.send(new DeleteObjectCommand(object)));
  }

  /** Closes the connections that wait for a next request. */
  close(): void {
    this.#place.client.destroy();
  }

  async #keep({ sha256, sizeBytes }: StoredBlob, rest: Buffer, arrival: Arrival | undefined): Promise<void> {
    // A retry is free, and does not overwrite what somebody is reading. The size is looked at because a server less
    // careful than S3 may have kept the beginning of a body that broke off.
    if ((await this.#size(sha256)) === sizeBytes) return;
    if (arrival) {
      await arrival.send(rest);
      await arrival.keepAs(keyOf(this.#place, sha256));
    } else {
      await this.#place.client.send(new PutObjectCommand({ ...this.#object(sha256), Body: rest }));
    }
  }

  async #size(sha256: string): Promise<number | undefined> {
    try {
      const { ContentLength = 0 } = await this.#place.client.send(
        new HeadObjectCommand(this.#object(sha256)),
      );
      return ContentLength;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #object(sha256: string) {
    return { Bucket: this.#place.bucket, Key: keyOf(this.#place, sha256) };
  }

  #sweepNowAndThen(): void {
    if (Date.now() - this.#sweptAtMs > SWEEP_EVERY_MS) void this.#sweep();
  }

  /** Housekeeping, which nobody's upload may suffer from; some servers cannot even list unfinished uploads. */
  async #sweep(): Promise<void> {
    this.#sweptAtMs = Date.now();
    await sweepIncoming(this.#place, new Date(Date.now() - ABANDONED_AFTER_MS)).catch(() => {});
  }
}

/** What the store did not do is told in our own words; what the body threw is passed on as it is. */
async function told<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw storeFailure(error);
  }
}
