/** A bucket of its own on the server that is tried, looked at and removed without the store. */
import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Options } from '../../src/store/blobs/s3/client.ts';
import { S3BlobStore } from '../../src/store/blobs/s3/store.ts';

const ENDPOINT = process.env.S3_TEST_ENDPOINT ?? '';

export class TestBucket {
  readonly name = `afterword-test-${randomBytes(6).toString('hex')}`;
  readonly endpoint = ENDPOINT;
  /** The server's own client: with the SDK's defaults, and not with ours. */
  readonly client = new S3Client({ endpoint: ENDPOINT, region: 'us-east-1', forcePathStyle: true });

  static async make(): Promise<TestBucket> {
    const bucket = new TestBucket();
    await bucket.make();
    return bucket;
  }

  async make(): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: this.name }));
  }

  open(options: Partial<S3Options> = {}): S3BlobStore {
    return new S3BlobStore({ bucket: this.name, endpoint: ENDPOINT, ...options });
  }

  /** Everything that costs money, unfinished uploads too. */
  async everything(): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.name }));
    const uploads = await this.#uploads();
    return [...Contents, ...uploads].map(({ Key = '' }) => Key);
  }

  /** Objects that a deletion has hidden, in a bucket that keeps versions. */
  async versions(): Promise<{ Key?: string | undefined; VersionId?: string | undefined }[]> {
    const { Versions = [] } = await this.client.send(new ListObjectVersionsCommand({ Bucket: this.name }));
    return Versions;
  }

  /** Also what is in it. */
  async remove(): Promise<void> {
    const Bucket = this.name;
    for (const { Key, UploadId } of await this.#uploads())
      await this.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    const { Versions = [], DeleteMarkers = [] } = await this.client.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await this.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    await this.client.send(new DeleteBucketCommand({ Bucket }));
  }

  async #uploads() {
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads;
  }
}
