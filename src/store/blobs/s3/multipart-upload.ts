import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isNoSuchUpload, type S3Place } from './client.ts';

/**
 * Uploads a body that is too large for one request. @aws-sdk/lib-storage is not used, because it holds a second copy of each
 * part, and hides why an upload failed when the abort fails too.
 */
export class MultipartUpload {
  readonly #place: S3Place;
  readonly #name: string;
  readonly #uploadId: string;
  #sizeBytes = 0;
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];

  private constructor(place: S3Place, name: string, uploadId: string) {
    this.#place = place;
    this.#name = name;
    this.#uploadId = uploadId;
  }

  static async begin(place: S3Place, name: string): Promise<MultipartUpload> {
    const { UploadId } = await place.client.send(
      new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: name }),
    );
    if (!UploadId) throw new Error('the blob store began an upload without an id');
    return new MultipartUpload(place, name, UploadId);
  }

  /** The bytes may be overwritten once this has resolved. */
  async send(bytes: Buffer): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await this.#place.client.send(
      new UploadPartCommand({ ...this.#upload(), PartNumber, Body: bytes }),
    );
    this.#parts.push({ PartNumber, ETag });
    this.#sizeBytes += bytes.byteLength;
  }

  /** Resolves when the body is whole and durable. */
  async complete(): Promise<void> {
    try {
      await this.#place.client.send(
        new CompleteMultipartUploadCommand({ ...this.#upload(), MultipartUpload: { Parts: this.#parts } }),
      );
    } catch (error) {
      // The answer to an earlier attempt was lost. No other upload has this name, so the object with it is this body.
      if (!isNoSuchUpload(error) || !(await this.#isWhole())) throw error;
    }
  }

  async #isWhole(): Promise<boolean> {
    const { ContentLength } = await this.#place.client.send(
      new HeadObjectCommand({ Bucket: this.#place.bucket, Key: this.#name }),
    );
    return ContentLength === this.#sizeBytes;
  }

  async abort(): Promise<void> {
    await this.#place.client.send(new AbortMultipartUploadCommand(this.#upload()));
  }

  #upload() {
    return { Bucket: this.#place.bucket, Key: this.#name, UploadId: this.#uploadId };
  }
}

/** S3's smallest part, and the largest piece of a body that is ever in memory. */
export const PART_BYTES = 5 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
const GROWTH = 4;

/** Collects one part of a body and reuses its memory for the next one. It grows, so that small bodies stay small. */
export class Part {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get isFull(): boolean {
    return this.#length === PART_BYTES;
  }

  /** A view that is valid until {@link clear}. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** @returns what did not fit */
  take(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, PART_BYTES - this.#length);
    this.#grow(this.#length + taken.byteLength);
    this.#memory.set(taken, this.#length);
    this.#length += taken.byteLength;
    return chunk.subarray(taken.byteLength);
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(needed: number): void {
    let size = this.#memory.byteLength;
    while (size < needed) size = Math.min(size * GROWTH, PART_BYTES);
    if (size === this.#memory.byteLength) return;
    // Frees the smaller one at once: as garbage, many at a time would be held for long. No request reads it meanwhile.
    this.#memory = Buffer.from((this.#memory.buffer as ArrayBuffer).transfer(size));
  }
}
