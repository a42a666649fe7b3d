/** A real S3 API over HTTP, on a free port and with a folder of its own, that can go away and come back. */
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
// @ts-expect-error: s3rver has no types; what is used of it is declared beside it
import S3rver from 's3rver';
import { answerUploads, mend, type S3rverStore, unfinishedUploads } from './s3-server-gaps.ts';

/** The only keys that s3rver knows. */
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const OBJECT_FILE = '._S3rver_object';

export interface S3Server {
  readonly endpoint: string;
  readonly credentials: typeof CREDENTIALS;
  /** Where it keeps everything. */
  readonly folder: string;
  /** Asked before the store; true means that it has answered, or never will. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** Comes back on the same port, with everything it has stored. */
  start(): Promise<void>;
  /** Goes away as in a power cut: connections break in the middle of what they carry. */
  stop(): Promise<void>;
  close(): Promise<void>;
  keys(bucket: string): Promise<string[]>;
  unfinishedUploads(bucket: string): Promise<string[]>;
}

export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-s3-'));
  const app = new S3rver({ directory: folder, silent: true }) as {
    store: S3rverStore;
    callback(): RequestListener;
  };
  mend(app.store);
  const toS3rver = app.callback();
  const listener: RequestListener = (request, response) => {
    if (s3.intercept?.(request, response)) return;
    if (!answerUploads(app.store, request, response)) toS3rver(request, response);
  };

  let server = await listen(listener, 0);
  const { port } = server.address() as AddressInfo;
  const s3: S3Server = {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: CREDENTIALS,
    folder,
    intercept: null,
    async start() {
      if (!server.listening) server = await listen(listener, port);
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
    async close() {
      await s3.stop();
      await rm(folder, { recursive: true, force: true });
    },
    async keys(bucket) {
      const files = await readdir(join(folder, bucket), { recursive: true, withFileTypes: true });
      return files
        .filter(({ name }) => name.endsWith(OBJECT_FILE))
        .map((file) => relative(join(folder, bucket), join(file.parentPath, file.name)))
        .map((path) => path.slice(0, -OBJECT_FILE.length));
    },
    async unfinishedUploads(bucket) {
      return (await unfinishedUploads(app.store, bucket)).map(({ key }) => key);
    },
  };
  return s3;
}

async function listen(listener: RequestListener, port: number) {
  const server = createServer(listener);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}
