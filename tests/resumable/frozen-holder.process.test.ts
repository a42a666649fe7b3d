/** A process that stood still for longer than its lease lasts changes nothing when it goes on, whatever the store. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { finishResumable } from '../../src/resumable/finish.ts';
import { takeLease } from '../../src/resumable/lease.ts';
import { readChunks, readResumable } from '../../src/resumable/rows.ts';
import { writeBody } from '../../src/resumable/write.ts';
import { NAME } from '../support/api.ts';
import { ApiProcess } from '../support/api-process.ts';
import { createDatabase } from '../support/database.ts';
import { STORES } from '../support/stores.ts';

const MB = 1024 * 1024;
const SENT_FIRST = 6 * MB;
const TAKEN_OVER = 9 * MB;
const TUS = { 'tus-resumable': '1.0.0', 'x-afterword-user': 'anna' };
const content = randomBytes(12 * MB);

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function beginAt(url: string): Promise<{ id: string; late: ClientRequest }> {
  const name = Buffer.from(NAME).toString('base64');
  const begun = await fetch(`${url}/api/v1/resumable`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': `${content.byteLength}`, 'upload-metadata': `filename ${name}` },
  });
  const path = begun.headers.get('location') ?? '';
  const late = request(`${url}${path}`, {
    method: 'PATCH',
    headers: {
      ...TUS,
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': content.byteLength,
    },
  });
  // It is answered before all of its body was read.
  late.on('error', () => {});
  late.write(content.subarray(0, SENT_FIRST));
  return { id: path.split('/').at(-1) ?? '', late };
}

/** @param safeBytes what is safe of {@link SENT_FIRST} while nothing more comes */
async function freezeIn(where: keyof typeof STORES, safeBytes: number) {
  const [store, { db, databaseUrl, drop }] = await Promise.all([STORES[where](), createDatabase()]);
  const api = new ApiProcess(databaseUrl, store.settings);
  onTestFinished(async () => {
    process.kill(api.pid, 'SIGCONT');
    await api.remove();
    await drop();
    await store.close();
  });
  await api.start();
  const { id, late } = await beginAt(api.url ?? '');
  const answered = once(late, 'response') as Promise<[IncomingMessage]>;
  const received = async () =>
    (await db.selectFrom('resumable_uploads').select('received').executeTakeFirstOrThrow()).received;
  await expect.poll(received, { timeout: 60_000 }).toBe(safeBytes);
  process.kill(api.pid, 'SIGSTOP');
  const lease = await takeLease(db, { id, userId: 'anna' }, AbortSignal.timeout(60_000), () => {});
  const parts = { db, blobs: store.blobs };
  const write = async (from: number, to: number) =>
    await writeBody(
      parts,
      { id, userId: 'anna', epoch: lease.epoch },
      bodyOf(content.subarray(from, to)),
      from,
    );
  await write(safeBytes, TAKEN_OVER);
  late.end(content.subarray(SENT_FIRST));
  process.kill(api.pid, 'SIGCONT');
  const [{ statusCode }] = await answered;
  expect(await received()).toBe(TAKEN_OVER);
  await write(TAKEN_OVER, content.byteLength);
  await lease.release();
  await finishResumable(parts, (await readResumable(db, 'anna', id)) ?? expect.fail());
  const recordings = await db.selectFrom('recordings').select('sha256').execute();
  return {
    where,
    statusCode,
    hashes: recordings.map(({ sha256 }) => sha256),
    left: await readChunks(db, id),
  };
}

test('a holder that was frozen past its lease is refused when it goes on', async () => {
  const hashes = [createHash('sha256').update(content).digest('hex')];
  expect(await Promise.all([freezeIn('folder', SENT_FIRST), freezeIn('S3', 4 * MB)])).toEqual([
    { where: 'folder', statusCode: 423, hashes, left: [] },
    { where: 'S3', statusCode: 423, hashes, left: [] },
  ]);
}, 120_000);
