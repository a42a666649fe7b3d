/** Files that arrive in several requests, sent by clients that we did not write, and by requests that break the protocol. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import * as tus from 'tus-js-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Holdings, readHeld } from '../../src/bounds/holdings.ts';
import { readConfig } from '../../src/config.ts';
import { finishResumable, startResumableRounds } from '../../src/resumable/finish.ts';
import { takeLease } from '../../src/resumable/lease.ts';
import { readResumable } from '../../src/resumable/rows.ts';
import { writeBody } from '../../src/resumable/write.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { NAME, startApi, type TestApi } from '../support/api.ts';
import { log } from '../support/database.ts';
import { STORES } from '../support/stores.ts';
import { sendByUppy } from './uppy-client.mjs';

const ANNA = { 'x-afterword-user': 'anna' };
const RESUMABLE = 'tus-resumable';
const UNBOUNDED = { timeZone: 'UTC', holdings: new Holdings({ storedBytes: null, queuedMs: null }) };
const bytes = (size: number) => randomBytes(size);
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const b64 = (text: string) => Buffer.from(text).toString('base64');

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function ask(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const sent = { [RESUMABLE]: '1.0.0', ...ANNA, ...headers };
  const response = await fetch(url, { method, headers: sent, ...(body && { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function begin(url: string, length: number, name = NAME): Promise<string> {
  const answer = await ask(`${url}/api/v1/resumable`, 'POST', {
    'upload-length': String(length),
    'upload-metadata': `filename ${b64(name)}`,
  });
  expect(answer.status).toBe(201);
  return `${url}${answer.headers.get('location')}`;
}

const patch = (address: string, offset: number, body: Uint8Array<ArrayBuffer>, headers = {}) =>
  ask(
    address,
    'PATCH',
    { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers },
    body,
  );

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Begins to send a whole file, and leaves it to the test what comes when. */
const openPatch = (address: string, length: number) =>
  httpRequest(address, {
    method: 'PATCH',
    headers: {
      ...ANNA,
      [RESUMABLE]: '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': length,
    },
  });

/** Waits until a request has the file. */
const held = (api: TestApi) =>
  expect
    .poll(
      async () =>
        (await api.db.selectFrom('resumable_uploads').select('is_held').executeTakeFirstOrThrow()).is_held,
      { timeout: 120_000 },
    )
    .toBe(true);

/** Sends a head that says something else than the body, which `fetch` and Node's client would not do. */
async function sendLying(address: string, toldBytes: number, body: Uint8Array): Promise<void> {
  const { hostname, port, pathname } = new URL(address);
  const socket = connect(Number(port), hostname);
  const head = [
    `PATCH ${pathname} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `X-Afterword-User: ${ANNA['x-afterword-user']}`,
    'Tus-Resumable: 1.0.0',
    'Upload-Offset: 0',
    'Content-Type: application/offset+octet-stream',
    `Content-Length: ${toldBytes}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.end(body);
  await text(socket).catch(() => {});
}

const offsetOf = async (address: string) =>
  Number((await ask(address, 'HEAD', {})).headers.get('upload-offset'));

/** What the server has of Anna's: one line for each recording. */
async function stored({ db }: TestApi): Promise<string[]> {
  const rows = await db
    .selectFrom('recordings')
    .select(['sha256', 'name'])
    .where('user_id', '=', 'anna')
    .orderBy('name')
    .execute();
  return rows.map(({ sha256, name }) => `${name} ${sha256}`);
}

async function startOn(name: keyof typeof STORES) {
  const store = await STORES[name]();
  const api = await startApi({}, tmpdir(), log, store.blobs);
  onTestFinished(() => store.close());
  return { ...api, store };
}

describe.each(['folder', 'S3'] as const)('a file that arrives in several requests, in a %s', (where) => {
  it('comes whole from tus-js-client in chunks, and enters as every other upload', async () => {
    const api = await startOn(where);
    const content = bytes(9_500_000);
    const upload = new tus.Upload(content, {
      endpoint: `${api.url}/api/v1/resumable`,
      headers: ANNA,
      chunkSize: 3_000_000,
      metadata: { filename: NAME },
      onSuccess: ({ lastResponse }) => done.resolve(lastResponse.getHeader('afterword-upload-id')),
      onError: (error) => done.reject(error),
    });
    const done = Promise.withResolvers<string | undefined>();
    upload.start();
    const uploadId = await done.promise;
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
    const receipt = await fetch(`${api.url}/api/v1/uploads/${uploadId}`, { headers: ANNA });
    expect(await receipt.json()).toMatchObject({ files: [{ name: NAME, sizeBytes: content.byteLength }] });
    expect(await api.db.selectFrom('resumable_chunks').selectAll().execute()).toEqual([]);
    expect(await api.db.selectFrom('object_holds').selectAll().execute()).toEqual([]);
  });

  it('comes whole from Uppy', async () => {
    const api = await startOn(where);
    const content = bytes(700_000);
    expect(await sendByUppy(`${api.url}/api/v1/resumable`, ANNA, NAME, content)).toEqual([]);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
  });

  it('keeps what came before the connection broke, and goes on from there', async () => {
    const api = await startOn(where);
    const content = bytes(6_000_000);
    const address = await begin(api.url, content.byteLength);
    const cut = openPatch(address, content.byteLength);
    cut.on('error', () => {});
    cut.write(content.subarray(0, 5_000_000));
    const received = async () =>
      (await api.db.selectFrom('resumable_uploads').select('received').executeTakeFirstOrThrow()).received;
    await expect.poll(received, { timeout: 120_000 }).toBeGreaterThan(4_000_000);
    cut.destroy();
    const offset = await offsetOf(address);
    expect(offset).toBeGreaterThan(4_000_000);
    const answer = await patch(address, offset, content.subarray(offset));
    expect(answer.status).toBe(204);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
  });

  it('goes on at another request while a dead connection holds it', async () => {
    const api = await startOn(where);
    const content = bytes(1_000_000);
    const address = await begin(api.url, content.byteLength);
    const silent = openPatch(address, content.byteLength);
    silent.on('error', () => {});
    silent.write(content.subarray(0, 300_000));
    await held(api);
    const offset = await offsetOf(address);
    expect((await patch(address, offset, content.subarray(offset))).status).toBe(204);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
    silent.destroy();
  });

  it('refuses a request that another one displaces before it has sent anything, so that its client asks again', async () => {
    const api = await startOn(where);
    const content = bytes(200_000);
    const address = await begin(api.url, content.byteLength);
    const silent = openPatch(address, content.byteLength);
    silent.on('error', () => {});
    silent.flushHeaders();
    const refused = once(silent, 'response');
    await held(api);
    const taken = await patch(address, 0, content);
    silent.end(content);
    expect([(await refused)[0].statusCode, taken.status]).toEqual([423, 204]);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
  });

  it('is as long as what came, whatever Content-Length says', async () => {
    const api = await startOn(where);
    const content = bytes(300_000);
    // Longer than the body, and shorter: what follows is no request, and may end the connection before the answer.
    for (const toldBytes of [content.byteLength, 150_000]) {
      const address = await begin(api.url, content.byteLength);
      await sendLying(address, toldBytes, content.subarray(0, 200_000));
      const came = await offsetOf(address);
      expect(came).toBeLessThanOrEqual(Math.min(toldBytes, 200_000));
      expect((await patch(address, came, content.subarray(came))).status).toBe(204);
    }
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
  });

  it('takes a chunk once: doubled, shifted and overlong requests change nothing', async () => {
    const api = await startOn(where);
    const content = bytes(400_000);
    const address = await begin(api.url, content.byteLength);
    const half = content.subarray(0, 200_000);
    const [one, two] = await Promise.all([patch(address, 0, half), patch(address, 0, half)]);
    expect([one.status, two.status].sort()).toEqual([204, 409]);
    expect((await patch(address, 100_000, half)).status).toBe(409);
    expect((await patch(address, 200_000, content)).status).toBe(413);
    expect((await patch(address, 200_000, half, { 'content-type': 'audio/wav' })).status).toBe(400);
    expect(await offsetOf(address)).toBe(200_000);
    expect((await patch(address, 200_000, content.subarray(200_000))).status).toBe(204);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
    expect((await patch(address, 400_000, half)).status).toBe(413);
  });

  it('refuses a writer that has lost its lease', async () => {
    const api = await startOn(where);
    const content = bytes(300_000);
    const address = await begin(api.url, content.byteLength);
    const late = openPatch(address, content.byteLength);
    late.write(content.subarray(0, 100_000));
    await held(api);
    await api.db.updateTable('resumable_uploads').set({ epoch: 99 }).execute();
    late.end(content.subarray(100_000));
    const [response] = await once(late, 'response');
    expect(response.statusCode).toBe(423);
    expect(await api.db.selectFrom('resumable_chunks').selectAll().execute()).toEqual([]);
  });
});

/** Files in a bucket that does not answer, or not yet. */
const isRead = ({ method, url = '' }: IncomingMessage) => method === 'GET' && /\/[0-9a-f]{32}/.test(url);

describe('a file that arrives in several requests', () => {
  it('is not begun anew by tus-js-client when the bucket is away after the last byte', async () => {
    const api = await startOn('S3');
    const s3 = api.store.s3 ?? expect.fail();
    s3.intercept = (request, response) => {
      if (isRead(request)) response.writeHead(503).end();
      return isRead(request);
    };
    const content = bytes(500_000);
    const asked: string[] = [];
    const done = Promise.withResolvers<void>();
    const upload = new tus.Upload(content, {
      endpoint: `${api.url}/api/v1/resumable`,
      headers: ANNA,
      metadata: { filename: NAME },
      retryDelays: [10, 20, 40, 80, 160, 320],
      onAfterResponse: (request, response) => {
        asked.push(`${request.getMethod()} ${response.getStatus()}`);
        if (request.getMethod() === 'HEAD') s3.intercept = null;
      },
      onSuccess: () => done.resolve(),
      onError: (error) => done.reject(error),
    });
    upload.start();
    await done.promise;
    expect(asked).toEqual(['POST 201', 'PATCH 503', 'HEAD 423', 'HEAD 200']);
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
    expect(await api.db.selectFrom('resumable_chunks').selectAll().execute()).toEqual([]);
  });

  it('is the same upload for both of two who finish it at once, though the first frees what the second reads', async () => {
    const api = await startOn('folder');
    const content = bytes(100_000);
    const address = await begin(api.url, content.byteLength);
    const id = address.split('/').at(-1) ?? '';
    const parts = { db: api.db, blobs: api.store.blobs };
    const lease = await takeLease(api.db, { id, userId: 'anna' }, AbortSignal.timeout(60_000), () => {});
    await writeBody(parts, { id, userId: 'anna', epoch: lease.epoch }, bodyOf(content), 0);
    await lease.release();
    const complete = (await readResumable(api.db, 'anna', id)) ?? expect.fail();
    const head = await ask(address, 'HEAD', {});
    expect(await finishResumable(parts, complete)).toBe(head.headers.get('afterword-upload-id'));
    expect(await stored(api)).toEqual([`${NAME} ${hashOf(content)}`]);
  });

  it('tells with HEAD what its client has said of it', async () => {
    const api = await startApi();
    const told = `filename ${b64(NAME)},startedAtMs ${b64('1774000000000')},writtenAtMs ${b64('1774000060000')}`;
    const begun = await ask(`${api.url}/api/v1/resumable`, 'POST', {
      'upload-length': '10',
      'upload-metadata': told,
    });
    const head = await ask(`${api.url}${begun.headers.get('location')}`, 'HEAD', {});
    expect(head.headers.get('upload-metadata')).toBe(told);
  });

  it('is nobody else’s: strangers get the same 404 as for what does not exist', async () => {
    const api = await startApi();
    const address = await begin(api.url, 10);
    const missing = address.replace(/rsm_.*/, 'rsm_nothing');
    for (const [method, headers] of [
      ['HEAD', {}],
      ['DELETE', {}],
      ['PATCH', { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }],
    ] as const) {
      const body = method === 'PATCH' ? new Uint8Array(10) : undefined;
      const asBen = await ask(address, method, { ...headers, 'x-afterword-user': 'ben' }, body);
      const ofNothing = await ask(missing, method, { ...headers, 'x-afterword-user': 'ben' }, body);
      expect([asBen.status, asBen.text.replace(/"requestId".*/, '')]).toEqual([
        404,
        ofNothing.text.replace(/"requestId".*/, ''),
      ]);
    }
    expect(await offsetOf(address)).toBe(0);
    expect((await ask(address, 'DELETE', {})).status).toBe(204);
    expect((await ask(address, 'HEAD', {})).status).toBe(404);
  });

  it('is accepted when its process ended after the last byte, and removed when nobody came back', async () => {
    const api = await startOn('folder');
    const content = bytes(50_000);
    const address = await begin(api.url, content.byteLength);
    await patch(address, 0, content.subarray(0, 20_000));
    const abandoned = await begin(api.url, 70_000);
    await patch(abandoned, 0, content.subarray(0, 60_000 - 10_000));
    // As a process leaves it that is killed between the last byte and the upload: complete, and still held.
    const id = address.split('/').at(-1) ?? '';
    const parts = { db: api.db, blobs: api.store.blobs };
    const lease = await takeLease(api.db, { id, userId: 'anna' }, AbortSignal.timeout(60_000), () => {});
    const writer = { id, userId: 'anna', epoch: lease.epoch };
    await writeBody(parts, writer, bodyOf(content.subarray(20_000)), 20_000);
    expect(await stored(api)).toEqual([]);
    await api.db.updateTable('resumable_uploads').set({ expires_at_ms: 1 }).where('id', '<>', id).execute();
    const rounds = startResumableRounds({ ...parts, ...UNBOUNDED, log }, 50);
    const left = async () =>
      (await api.db.selectFrom('resumable_uploads').select('id').execute()).map((row) => row.id);
    await expect.poll(left, { timeout: 120_000 }).toEqual([id]);
    await expect.poll(() => stored(api), { timeout: 120_000 }).toEqual([`${NAME} ${hashOf(content)}`]);
    await rounds.stop();
    await lease.release();
    expect(await api.db.selectFrom('resumable_chunks').selectAll().execute()).toEqual([]);
  });

  it('is accepted by its person’s bounds and time zone, and counts until then, whoever finishes it', async () => {
    const bounds = { ...readConfig({}).bounds, queuedMs: 1_000 };
    const api = await startApi({ bounds });
    // Two seconds of Opus.
    const content = bytes(6_000);
    const address = await begin(api.url, content.byteLength, 'REC_20260320_101500.opus');
    expect((await patch(address, 0, content)).status).toBe(429);
    const blobs = new FolderBlobStore(api.blobFolder);
    const parts = { db: api.db, blobs, timeZone: 'America/New_York', log };
    const failed = Promise.withResolvers<void>();
    const told = Object.assign(Object.create(log), { warn: () => failed.resolve() });
    const bounded = startResumableRounds({ ...parts, holdings: new Holdings(bounds), log: told }, 50);
    await failed.promise;
    await bounded.stop();
    expect(await stored(api)).toEqual([]);
    expect((await readHeld(api.db, 'anna')).storedBytes).toBe(content.byteLength);
    // Those of somebody else that are refused again and again come first.
    const many = Array.from({ length: 45 }, (_, n) => ({
      id: `rsm_00000000-${n}`,
      user_id: 'ben',
      device_id: 'phone',
      name: NAME,
      length: 10,
      received: 10,
      created_at_ms: Date.now(),
      expires_at_ms: Date.now() + 3_600_000,
    }));
    await api.db.insertInto('resumable_uploads').values(many).execute();
    const rounds = startResumableRounds({ ...parts, holdings: UNBOUNDED.holdings }, 50);
    await expect.poll(() => stored(api), { timeout: 120_000 }).toHaveLength(1);
    await rounds.stop();
    const row = await api.db.selectFrom('recordings').select('started_at_ms').executeTakeFirstOrThrow();
    expect(row.started_at_ms).toBe(Date.UTC(2026, 2, 20, 14, 15));
    expect((await readHeld(api.db, 'anna')).storedBytes).toBe(content.byteLength);
  });
});
