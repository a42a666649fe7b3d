/**
 * The least that is right: a server of `node:http` alone that writes a body to the disk beside hashing it, and answers when it
 * would survive a power cut. What it can do on this machine bounds what any upload can. At `/discard` it only reads.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const AT_ONCE_BYTES = 512 * 1024;
const SYNC_EVERY_BYTES = 8 * 1024 * 1024;

export interface BareServer {
  url: string;
  close(): void;
}

export async function startBareServer({ discards = false } = {}): Promise<BareServer> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [discards ? '--discard' : '--write']);
  const [url] = (await once(child, 'message')) as [string];
  return { url, close: () => child.disconnect() };
}

if (process.argv.includes('--write') || process.argv.includes('--discard')) {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-bench-bare-'));
  const take = process.argv.includes('--discard') ? discard : store;
  const server = createServer({ highWaterMark: 256 * 1024 }, (request, response) => {
    take(request, join(folder, 'body')).then(
      (said) => response.end(said),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.once('disconnect', async () => {
    await rm(folder, { recursive: true, force: true });
    process.exit();
  });
}

async function discard(request: IncomingMessage): Promise<string> {
  request.resume();
  await once(request, 'end');
  return '';
}

async function store(request: IncomingMessage, path: string): Promise<string> {
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  const memory = [Buffer.allocUnsafeSlow(AT_ONCE_BYTES), Buffer.allocUnsafeSlow(AT_ONCE_BYTES)] as const;
  let [filling, other] = memory;
  let [filled, at, unsynced] = [0, 0, 0];
  let writing: Promise<unknown> = Promise.resolve();
  let syncing: Promise<void> | null = null;
  const write = async () => {
    await writing;
    writing = file.write(filling, 0, filled, at);
    [filling, other] = [other, filling];
    at += filled;
    unsynced += filled;
    filled = 0;
    if (unsynced < SYNC_EVERY_BYTES || syncing) return;
    unsynced = 0;
    syncing = file.datasync().finally(() => {
      syncing = null;
    });
  };
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    for (let from = 0; from < chunk.byteLength; ) {
      const copied = chunk.copy(filling, filled, from);
      from += copied;
      filled += copied;
      if (filled === AT_ONCE_BYTES) await write();
    }
    // Its memory: left to the garbage collector, that takes as long as all the rest.
    if (chunk.byteLength === chunk.buffer.byteLength) (chunk.buffer as ArrayBuffer).transfer(0);
  }
  await write();
  await ended(file, writing, syncing);
  return hash.digest('hex');
}

async function ended(file: FileHandle, ...working: (Promise<unknown> | null)[]): Promise<void> {
  await Promise.all(working);
  await file.datasync();
  await file.close();
}
