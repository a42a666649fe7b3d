import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Logger } from 'pino';
import { AfterwordError } from '../../../errors.ts';
import {
  type BlobStore,
  type ByteRange,
  newKey,
  type ObjectPage,
  PAGE_OBJECTS,
  type StoredBlob,
  type UnfinishedObject,
} from '../blob-store.ts';
import { HeldBytes } from '../held-bytes.ts';
import {
  dropUnfinished,
  ensureBucket,
  keepsVersions,
  listPage,
  listUnfinished,
  ownerObject,
  readOwner,
} from './bucket.ts';
import {
  incomingPrefix,
  isNoSuchKey,
  isNotFound,
  nameOf,
  openPlace,
  type S3Options,
  type S3Place,
  statusOf,
  storeFailure,
} from './client.ts';
import { MultipartUpload, Part } from './multipart-upload.ts';

/** The client waits no longer than this for the clean-up after its upload has failed. */
const DISCARD_WITHIN_MS = 5_000;
/** A probe writes as much as a minute of a phone's audio: a quota with less room takes no upload. */
const PROBE_BYTES = 256 * 1024;
/** A probe is given up after this time, so that a store that is back is noticed soon. */
const PROBE_WITHIN_MS = 10_000;

/** Stores blobs as objects of a bucket: `<prefix>/<first two digits>/<key>`. */
export class S3BlobStore implements BlobStore {
  readonly held = new HeldBytes();
  readonly #place: S3Place;

  constructor(options: S3Options) {
    this.#place = openPlace(options);
  }

  /** @throws Error that says what to mend, or AfterwordError 'unavailable' */
  async prepare(log?: Logger): Promise<void> {
    await ensureBucket(this.#place);
    if (await keepsVersions(this.#place))
      log?.warn(
        `${this.#place.words} keeps versions: audio that is deleted stays there as an old version until a rule of its own ends it. See "The audio's store" in docs/operating.md`,
      );
  }

  async put(body: AsyncIterable<Uint8Array>, key = newKey()): Promise<StoredBlob> {
    const hash = createHash('sha256');
    const part = new Part();
    let sizeBytes = 0;
    let upload: MultipartUpload | undefined;
    let isAsked = false;
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        sizeBytes += chunk.byteLength;
        for (let rest = chunk; rest.byteLength > 0; rest = part.take(rest)) {
          // A part is sent only when more bytes come, so that a body of one part stays whole and the last part is never empty.
          if (!part.isFull) continue;
          upload ??= await wrapStoreError(MultipartUpload.begin(this.#place, nameOf(this.#place, key)));
          await wrapStoreError(upload.send(part.bytes));
          part.clear();
        }
      }
      isAsked = true;
      await wrapStoreError(this.#keep(key, part.bytes, upload));
      return { key, sha256: hash.digest('hex'), sizeBytes };
    } catch (error) {
      await this.#discard(isAsked ? key : null, upload);
      throw error;
    }
  }

  open(key: string, signal: AbortSignal, range?: ByteRange): AsyncGenerator<Uint8Array> {
    return readBlob(this.#place, key, signal, range);
  }

  async has(key: string): Promise<boolean> {
    if (await wrapStoreError(this.#isThere(key))) return true;
    // The object may be missing, or the whole bucket. Only a missing object is an answer.
    await wrapStoreError(this.#place.client.send(new HeadBucketCommand({ Bucket: this.#place.bucket })));
    return false;
  }

  async delete(key: string): Promise<void> {
    await wrapStoreError(this.#place.client.send(new DeleteObjectCommand(this.#object(key))));
  }

  async list(after: string | null, most = PAGE_OBJECTS): Promise<ObjectPage> {
    return await wrapStoreError(listPage(this.#place, after, most));
  }

  async listUnfinished(): Promise<UnfinishedObject[]> {
    return await wrapStoreError(listUnfinished(this.#place));
  }

  async dropUnfinished(unfinished: UnfinishedObject): Promise<void> {
    await wrapStoreError(dropUnfinished(this.#place, unfinished));
  }

  async probe(): Promise<void> {
    const { client, bucket } = this.#place;
    const object = { Bucket: bucket, Key: `${incomingPrefix(this.#place)}probe-${randomUUID()}` };
    // No caller's signal is combined with it, so a timeout of the platform is enough.
    const soon = { abortSignal: AbortSignal.timeout(PROBE_WITHIN_MS) };
    try {
      await wrapStoreError(
        client.send(new PutObjectCommand({ ...object, Body: Buffer.alloc(PROBE_BYTES) }), soon),
      );
    } finally {
      // The search for orphans finds what is not deleted now.
      await wrapStoreError(client.send(new DeleteObjectCommand(object), soon));
    }
  }

  async owner(): Promise<string | null> {
    return await wrapStoreError(readOwner(this.#place));
  }

  async setOwner(owner: string): Promise<void> {
    await wrapStoreError(
      this.#place.client.send(
        new PutObjectCommand({ ...ownerObject(this.#place), Body: Buffer.from(owner) }),
      ),
    );
  }

  /** Closes the connections that wait for a next request. */
  close(): void {
    this.#place.client.destroy();
  }

  async #keep(key: string, rest: Buffer, upload: MultipartUpload | undefined): Promise<void> {
    if (upload) {
      await upload.send(rest);
      await upload.complete();
    } else {
      await this.#place.client.send(new PutObjectCommand({ ...this.#object(key), Body: rest }));
    }
  }

  /**
   * Frees what a body has left. Never fails: what it cannot reach is found by the search for orphans, as is a body
   * whose request the store carries out after all, and late.
   * @param key null when the store was never asked to keep the object whole
   */
  async #discard(key: string | null, upload: MultipartUpload | undefined): Promise<void> {
    const discarding = Promise.allSettled([
      upload?.abort(),
      key !== null && this.#place.client.send(new DeleteObjectCommand(this.#object(key))),
    ]);
    // A busy store finishes this later.
    await Promise.race([discarding, delay(DISCARD_WITHIN_MS, undefined, { ref: false })]);
  }

  async #isThere(key: string): Promise<boolean> {
    try {
      await this.#place.client.send(new HeadObjectCommand(this.#object(key)));
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #object(key: string) {
    return { Bucket: this.#place.bucket, Key: nameOf(this.#place, key) };
  }
}

/** Turns failures of the store into our own error. Errors of the body are passed on unchanged. */
async function wrapStoreError<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw storeFailure(error);
  }
}

/**
 * Streams an object. After a broken connection it goes on where that broke, because a reader that transcribes
 * as it reads pauses for minutes, and servers (and our own idle deadline) close connections on which nobody reads.
 */
async function* readBlob(
  place: S3Place,
  key: string,
  signal: AbortSignal,
  { from, to }: ByteRange = { from: 0, to: Number.POSITIVE_INFINITY },
): AsyncGenerator<Uint8Array> {
  let offset = from;
  let triedAt = -1;
  while (offset < to) {
    const body = await request(place, key, { from: offset, to }, signal);
    try {
      // The body is destroyed however the reader stops, and its socket with it.
      for await (const chunk of body) {
        offset += chunk.byteLength;
        yield chunk;
        if (signal.aborted) throw aborted(signal);
      }
      return;
    } catch (error) {
      if (signal.aborted) throw aborted(signal);
      // A second break at the same byte is no accident.
      if (triedAt === offset) throw storeFailure(error);
      triedAt = offset;
    }
  }
}

async function request(
  place: S3Place,
  key: string,
  { from, to }: ByteRange,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  if (signal.aborted) throw aborted(signal);
  const isPart = from > 0 || Number.isFinite(to);
  try {
    const { Body, ContentRange } = await place.client.send(
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: nameOf(place, key),
        ...(isPart && { Range: `bytes=${from}-${Number.isFinite(to) ? to - 1 : ''}` }),
      }),
      { abortSignal: signal },
    );
    if (!Body) throw new Error('the blob store answered without a body');
    if (isPart && !ContentRange?.startsWith(`bytes ${from}-`))
      throw new Error('the blob store cannot give a part of an object');
    return Body as AsyncIterable<Uint8Array>; // Node's IncomingMessage; the type also covers browsers
  } catch (error) {
    if (signal.aborted) throw aborted(signal);
    if (isNoSuchKey(error))
      throw new AfterwordError('blob_missing', `the audio ${key} cannot be read`, { cause: error });
    // A range that begins behind the object holds nothing; it is there, and the store as well.
    if (isPart && statusOf(error) === 416) return nothing();
    throw storeFailure(error);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Makes the error that Node's own streams throw, so that a reader sees the same from every store. */
function aborted(signal: AbortSignal): DOMException {
  return new DOMException('The operation was aborted', { name: 'AbortError', cause: signal.reason });
}
