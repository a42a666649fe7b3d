/**
 * Where s3rver is less than S3, in ways that would hide faults or invent them. It writes objects in place, answers
 * before they are written and keeps the beginning of a body that broke off; and it cannot abort or list unfinished
 * uploads, nor list objects page by page on a Node of today.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

interface S3rverObject {
  bucket: string;
  key: string;
  content: Readable | Buffer;
  metadata: object;
}

/** What of s3rver's untyped FilesystemStore is used here. */
export interface S3rverStore {
  rootDirectory: string;
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  getMetadata(bucket: string, key: string): Promise<object>;
  putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
  putObject(object: S3rverObject): Promise<{ size: number; md5: string }>;
  putPart(
    bucket: string,
    id: string,
    part: string,
    content: Readable,
  ): Promise<{ size: number; md5: string }>;
  putObjectMultipart(
    bucket: string,
    id: string,
    parts: { number: number }[],
  ): Promise<{ size: number; md5: string }>;
  copyObject(bucket: string, key: string, toBucket: string, toKey: string): Promise<object>;
  listObjects(
    bucket: string,
    options: { startAfter: string; prefix: string; maxKeys: number },
  ): Promise<{ objects: { key: string; lastModifiedDate: Date }[]; isTruncated: boolean }>;
}

export function mend(store: S3rverStore): void {
  const write = async (content: Readable | Buffer, path: string) => {
    const arriving = join(store.rootDirectory, `arriving-${randomUUID()}`);
    const hash = createHash('md5');
    let size = 0;
    try {
      await pipeline(
        Buffer.isBuffer(content) ? Readable.from([content]) : content,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.byteLength;
            yield chunk;
          }
        },
        createWriteStream(arriving),
      );
      await mkdir(dirname(path), { recursive: true });
      await rename(arriving, path);
    } finally {
      await rm(arriving, { force: true });
    }
    return { size, md5: hash.digest('hex') };
  };

  store.putObject = async ({ bucket, key, content, metadata }) => {
    const written = await write(content, store.getResourcePath(bucket, key, 'object'));
    await store.putMetadata(bucket, key, metadata, written.md5);
    return written;
  };
  store.putPart = (bucket, id, part, content) => write(content, join(uploadsOf(store, bucket), id, part));
  // It reads parts that a second completion or an abort removes meanwhile, and ends the process over it.
  store.putObjectMultipart = async (bucket, id, parts) => {
    const ours = join(store.rootDirectory, `completing-${randomUUID()}`);
    await rename(join(uploadsOf(store, bucket), id), ours);
    try {
      const numbers = parts.map(({ number }) => number).sort((a, b) => a - b);
      const bodies = await Promise.all(numbers.map((number) => readFile(join(ours, String(number)))));
      const key = await readFile(join(ours, 'key'), 'utf8');
      const metadata = JSON.parse(await readFile(join(ours, 'metadata'), 'utf8')) as object;
      return await store.putObject({ bucket, key, content: Buffer.concat(bodies), metadata });
    } finally {
      await rm(ours, { recursive: true, force: true });
    }
  };
  store.copyObject = async (bucket, key, toBucket, toKey) => {
    const content = createReadStream(store.getResourcePath(bucket, key, 'object'));
    await store.putObject({ bucket: toBucket, key: toKey, content, metadata: {} });
    return store.getMetadata(toBucket, toKey);
  };
}

/** The requests that s3rver answers with 500 or 501. @returns whether it was one of them */
export function answerUploads(
  store: S3rverStore,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const url = new URL(request.url ?? '/', 'http://s3');
  const bucket = url.pathname.split('/')[1] ?? '';
  const id = url.searchParams.get('uploadId');
  // s3rver would take a part of an upload that was given up, and begin it anew without its name.
  const isGone = id !== null && !existsSync(join(uploadsOf(store, bucket), id, 'key'));
  if (isGone && request.method !== 'DELETE') {
    request.resume();
    response
      .writeHead(404, { 'content-type': 'application/xml' })
      .end('<Error><Code>NoSuchUpload</Code><Message>It was completed or given up.</Message></Error>');
    return true;
  }
  if (request.method === 'DELETE' && id) {
    void rm(join(uploadsOf(store, bucket), id), { recursive: true, force: true }).then(() =>
      response.writeHead(204).end(),
    );
    return true;
  }
  if (request.method === 'GET' && url.searchParams.has('uploads')) {
    void unfinishedUploads(store, bucket).then((uploads) =>
      response.setHeader('content-type', 'application/xml').end(
        `<ListMultipartUploadsResult>${uploads
          .filter(({ key }) => key.startsWith(url.searchParams.get('prefix') ?? ''))
          .map(
            ({ key, id, initiated }) =>
              `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`,
          )
          .join('')}</ListMultipartUploadsResult>`,
      ),
    );
    return true;
  }
  if (request.method === 'GET' && url.searchParams.get('list-type') === '2') {
    void listPage(store, bucket, url.searchParams).then(
      (page) => response.setHeader('content-type', 'application/xml').end(page),
      () => response.writeHead(404).end(),
    );
    return true;
  }
  return false;
}

async function listPage(store: S3rverStore, bucket: string, asked: URLSearchParams): Promise<string> {
  await stat(join(store.rootDirectory, bucket));
  const { objects, isTruncated } = await store.listObjects(bucket, {
    startAfter: asked.get('start-after') ?? '',
    prefix: asked.get('prefix') ?? '',
    maxKeys: Number(asked.get('max-keys') ?? 1000),
  });
  const contents = objects.map(
    ({ key, lastModifiedDate }) =>
      `<Contents><Key>${key}</Key><LastModified>${lastModifiedDate.toISOString()}</LastModified></Contents>`,
  );
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

export async function unfinishedUploads(store: S3rverStore, bucket: string) {
  const folder = uploadsOf(store, bucket);
  const ids = await readdir(folder).catch(() => []);
  const found = ids.map(async (id) => {
    const file = join(folder, id, 'key');
    // It may be completed or given up while it is looked at.
    const key = await readFile(file, 'utf8').catch(() => null);
    return key === null ? [] : [{ id, key, initiated: (await stat(file)).mtime.toISOString() }];
  });
  return (await Promise.all(found)).flat();
}

function uploadsOf(store: S3rverStore, bucket: string): string {
  return store.getResourcePath(bucket, undefined, 'uploads');
}
