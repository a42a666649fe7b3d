import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Place } from './s3-place.ts';

/**
 * A body too large for one request. By hand, and not with @aws-sdk/lib-storage: that one holds a second copy of each
 * part, and hides why an upload failed when the abort fails too.
 */
export class Arrival {
  readonly #place: S3Place;
  readonly #name: string;
  readonly #uploadId: string;
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];

  private constructor(place: S3Place, name: string, uploadId: string) {
    this.#place = place;
    this.#name = name;
    this.#uploadId = uploadId;
  }

  static async begin(place: S3Place, name: string): Promise<Arrival> {
    const { UploadId } = await place.client.send(
      new CreateMultipartUploadCommand({ Bucket: place.bucket, Key: name }),
    );
    if (!UploadId) throw new Error('the blob store began an upload without an id');
    return new Arrival(place, name, UploadId);
  }

  /** The bytes may be overwritten once this has resolved. */
  async send(bytes: Buffer): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await this.#place.client.send(
      new UploadPartCommand({ ...this.#upload(), PartNumber, Body: bytes }),
    );
    this.#parts.push({ PartNumber, ETag });
  }

  /** Resolves when the body is whole and durable. */
  async complete(): Promise<void> {
    await this.#place.client.send(
      new CompleteMultipartUploadCommand({ ...this.#upload(), MultipartUpload: { Parts: this.#parts } }),
    );
  }

  async abort(): Promise<void> {
    await this.#place.client.send(new AbortMultipartUploadCommand(this.#upload()));
  }

  #upload() {
    return { Bucket: this.#place.bucket, Key: this.#name, UploadId: this.#uploadId };
  }
}
