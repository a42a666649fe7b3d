import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { openPlace, type S3Options, type S3Place, storeFailure } from '../store/blobs/s3/client.ts';
import { type FoundFile, type Listed, MOST_FILES, type WatchedPlace } from './place.ts';

export class WatchedBucket implements WatchedPlace {
  readonly mayGrow = false;
  readonly #place: S3Place;

  constructor(options: S3Options) {
    this.#place = openPlace(options);
  }

  async list(signal: AbortSignal): Promise<Listed> {
    const { client, bucket, prefix } = this.#place;
    const files: FoundFile[] = [];
    for (let after: string | undefined; ; ) {
      const page = await client
        .send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(after && { StartAfter: after }) }),
          { abortSignal: signal },
        )
        .catch((error: unknown) => {
          throw storeFailure(error);
        });
      for (const { Key = '', Size = 0, ETag = '', LastModified } of page.Contents ?? []) {
        after = Key;
        const path = Key.slice(prefix.length);
        // As in a folder: what is hidden is not whole, or is a program's own.
        if (Key.endsWith('/') || /(^|\/)\./.test(path)) continue;
        const listed = found(path, Size, ETag, LastModified);
        // Some servers list objects without their sizes.
        files.push(Size > 0 && ETag !== '' ? listed : ((await this.look(listed)) ?? listed));
        if (files.length === MOST_FILES) return { files, isAll: false, garbled: 0 };
      }
      if (!page.IsTruncated || after === undefined) return { files, isAll: true, garbled: 0 };
    }
  }

  async *open({ path }: FoundFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { client, bucket, prefix } = this.#place;
    const { Body } = await client
      .send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` }), { abortSignal: signal })
      .catch((error: unknown) => {
        throw storeFailure(error);
      });
    if (Body) yield* Body as AsyncIterable<Uint8Array>;
  }

  async look({ path }: FoundFile): Promise<FoundFile | null> {
    const { client, bucket, prefix } = this.#place;
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` }));
      return found(path, head.ContentLength ?? 0, head.ETag ?? '', head.LastModified);
    } catch {
      return null;
    }
  }
}

function found(path: string, sizeBytes: number, tag: string, changed: Date | undefined): FoundFile {
  return { path, sizeBytes, version: `${sizeBytes}-${tag}`, writtenAtMs: changed?.getTime() ?? Date.now() };
}
