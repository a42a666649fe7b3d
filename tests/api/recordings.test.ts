import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { UploadBody } from '../../src/api/schemas.ts';
import { formOf, NAME, startApi } from '../support/api.ts';

it('answers 202 with a receipt per file, and where to look', async () => {
  const { url } = await startApi();
  const content = randomBytes(70_000);
  const response = await fetch(`${url}/api/v1/recordings`, {
    method: 'POST',
    body: formOf({ [NAME]: content, 'notes.txt': 'not a recording' }),
  });
  expect(response.status).toBe(202);
  const upload = UploadBody.parse(await response.json());
  expect(response.headers.get('location')).toBe(`/api/v1/uploads/${upload.id}`);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(upload.files).toMatchObject([
    {
      name: NAME,
      sha256: createHash('sha256').update(content).digest('hex'),
      sizeBytes: 70_000,
      outcome: 'waiting',
      startedAtMs: 1_774_000_000_000,
    },
    { name: 'notes.txt', outcome: 'rejected', code: 'name_not_a_recording', retryable: false },
  ]);
  const read = await fetch(`${url}${upload.links.self}`);
  expect(read.status).toBe(200);
  expect(await read.json()).toEqual(upload);
  const recording = await fetch(`${url}/api/v1/recordings/${upload.files[0]?.recordingId}`);
  expect(await recording.json()).toMatchObject({ name: NAME, outcome: 'waiting' });
});

it('takes a raw body with a name, and the time from the request when the name tells none', async () => {
  const { url } = await startApi();
  const query = new URLSearchParams({ name: 'walk.wav', startedAtMs: '1774000000500' });
  const response = await fetch(`${url}/api/v1/recordings?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: randomBytes(1000),
  });
  expect(response.status).toBe(202);
  expect(UploadBody.parse(await response.json()).files).toMatchObject([
    { name: 'walk.wav', outcome: 'waiting', startedAtMs: 1_774_000_000_500 },
  ]);
});

it('an empty time in the request does not overrule the name', async () => {
  const { url } = await startApi();
  const response = await fetch(`${url}/api/v1/recordings?name=${NAME}&startedAtMs=`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: randomBytes(1000),
  });
  expect(UploadBody.parse(await response.json()).files).toMatchObject([
    { outcome: 'waiting', startedAtMs: 1_774_000_000_000 },
  ]);
});

it.each([
  [
    'a type that is none',
    () => ({ body: 'x', headers: { 'content-type': 'multipart/form-data boundary=B' } }),
    400,
    'invalid_request',
  ],
  ['a form without a file', () => ({ body: formOf({}) }), 400, 'no_files'],
  [
    'a raw body without a name',
    () => ({ body: 'x', headers: { 'content-type': 'audio/wav' } }),
    400,
    'no_files',
  ],
  [
    'a file over the limit',
    () => ({ body: formOf({ [NAME]: new Uint8Array(2000) }) }),
    413,
    'part_too_large',
  ],
  [
    'a raw body over the limit',
    () => ({ body: new Uint8Array(2000), headers: { 'content-type': 'audio/wav' } }),
    413,
    'part_too_large',
  ],
])('refuses %s with a problem that says what to do', async (_what, init, status, code) => {
  const { url, blobFolder } = await startApi({ maxFileBytes: 1000, syncWaitMs: 0 });
  const name = code === 'no_files' ? '' : '?name=a_1774000000.wav';
  const response = await fetch(`${url}/api/v1/recordings${name}`, { method: 'POST', ...init() });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({
    status,
    code,
    retryable: false,
    remedy: expect.stringMatching(/\w/),
  });
  expect(await readdir(`${blobFolder}/incoming`)).toEqual([]);
});

it('acknowledges and keeps nothing of an upload that breaks off', async () => {
  const { url, db, blobFolder } = await startApi();
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/recordings HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=B\r\ncontent-length: 100000\r\n\r\n` +
      `--B\r\ncontent-disposition: form-data; name="files"; filename="${NAME}"\r\n\r\n${'x'.repeat(20_000)}`,
  );
  await expect.poll(() => readdir(`${blobFolder}/incoming`)).toHaveLength(1);
  socket.destroy();
  await expect.poll(() => readdir(`${blobFolder}/incoming`)).toEqual([]);
  expect(await db.selectFrom('recordings').selectAll().execute()).toEqual([]);
});

it("does not show one person's things to another", async () => {
  const { url } = await startApi();
  const mine = { 'x-afterword-user': 'ada' };
  const upload = UploadBody.parse(
    await (
      await fetch(`${url}/api/v1/recordings`, {
        method: 'POST',
        headers: mine,
        body: formOf({ [NAME]: 'x' }),
      })
    ).json(),
  );
  expect((await fetch(`${url}${upload.links.self}`, { headers: mine })).status).toBe(200);
  for (const path of [upload.links.self, `/api/v1/recordings/${upload.files[0]?.recordingId}`]) {
    const response = await fetch(`${url}${path}`, { headers: { 'x-afterword-user': 'bob' } });
    expect(response.status).toBe(404);
  }
});

it('waits for the upload when the client prefers to, and not longer than it said', async () => {
  const { url, db } = await startApi();
  const upload = UploadBody.parse(
    await (await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: formOf({ [NAME]: 'x' }) })).json(),
  );
  const unfinished = await fetch(`${url}${upload.links.self}`, { headers: { prefer: 'wait=1' } });
  expect(unfinished.headers.get('preference-applied')).toBe('wait=1');
  expect(UploadBody.parse(await unfinished.json()).status).toBe('processing');

  const waiting = fetch(`${url}${upload.links.self}`, { headers: { prefer: 'wait=20' } });
  await db.updateTable('recordings').set({ outcome: 'silent', finished_at_ms: Date.now() }).execute();
  await sql`SELECT pg_notify('afterword_changes', 'local')`.execute(db);
  expect(UploadBody.parse(await (await waiting).json()).status).toBe('done');
});

it('answers 503 with Retry-After and acknowledges nothing while the database is away, and goes on when it is back', async () => {
  const { url, db, cutDatabase, healDatabase } = await startApi();
  const post = () => fetch(`${url}/api/v1/recordings`, { method: 'POST', body: formOf({ [NAME]: 'x' }) });
  await cutDatabase();
  const refused = await post();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'unavailable', retryable: true });
  expect((await fetch(`${url}/health`)).status).toBe(503);
  expect(await db.selectFrom('recordings').selectAll().execute()).toEqual([]);
  await healDatabase();
  expect((await post()).status).toBe(202);
});
