/** What a request meets that takes too long: whose time it was, and what became of the work. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { TimeoutsSetting } from '../../src/api/timeouts.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { until } from '../engine/fixtures/scene.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { log } from '../support/database.ts';

/** Holds what accepting an upload has to write, until it is let go. */
async function hold(api: TestApi) {
  let letGo = () => {};
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const done = api.db.transaction().execute(async (tx) => {
    await tx.executeQuery(CompiledQuery.raw('LOCK TABLE uploads IN ACCESS EXCLUSIVE MODE'));
    isHeld();
    await released;
  });
  await held;
  return async () => {
    letGo();
    await done;
  };
}

const send = async (api: TestApi, path: string) =>
  await fetch(`${api.url}${path}`, { method: 'POST', body: formOf({ [NAME]: 'x' }) });

/** A request whose body comes piece by piece. */
function slowly(api: TestApi, path: string): { socket: Socket; answer: Promise<string> } {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\r\n\r\n')) resolve(text);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
  });
  socket.write(`POST ${path}?name=${NAME} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20\r\n\r\n`);
  return { socket, answer };
}

it('answers 503 with Retry-After when the time of a route is over, and abandons no work', async () => {
  const api = await startApi({ timeouts: { 'POST /api/v1/recordings': 400, default: 30_000 } });
  const letGo = await hold(api);
  const late = await send(api, '/api/v1/recordings');
  expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await late.json()).toMatchObject({ code: 'not_in_time', retryable: true });
  await letGo();
  const accepted = async () =>
    await api.db.selectFrom('upload_files').select(['upload_id', 'recording_id']).execute();
  await until('the upload that was begun', async () => (await accepted()).length === 1);
  const [file] = await accepted();
  const again = await send(api, '/api/v1/recordings');
  expect(await again.json()).toMatchObject({
    id: file?.upload_id,
    files: [{ recordingId: file?.recording_id }],
  });
});

it('counts from the last byte of a body, and ends only one that stalls', async () => {
  const api = await startApi({ timeouts: { default: 500 }, stallMs: 1_500 });
  const slow = slowly(api, '/api/v1/recordings');
  for (let byte = 0; byte < 20; byte++) {
    slow.socket.write('x');
    await delay(100);
  }
  expect(await slow.answer).toMatch(/^HTTP\/1.1 202 /);
  slow.socket.destroy();
  const stalled = slowly(api, '/api/v1/recordings');
  stalled.socket.write('xx');
  const answer = await stalled.answer;
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain('"code":"body_stalled"');
  stalled.socket.destroy();
});

it('a machine that stood still ends no body whose client goes on with it', async () => {
  const api = await startApi({ stallMs: 2_000 });
  const { socket, answer } = slowly(api, '/api/v1/recordings');
  socket.write('x');
  await delay(600);
  const until = performance.now() + 2_500;
  while (performance.now() < until);
  // The server's timers are over now, and it looks first.
  await delay(50);
  socket.write('x'.repeat(19));
  expect(await answer).toMatch(/^HTTP\/1.1 202 /);
  socket.destroy();
});

it('does not take a disk that is behind for a client that is silent', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-behind-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [began, onward] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  class Behind extends FolderBlobStore {
    override async put(body: AsyncIterable<Uint8Array>, key?: string) {
      const held = async function* () {
        for await (const chunk of body) {
          began.resolve();
          await onward.promise;
          yield chunk;
        }
      };
      return await super.put(held(), key);
    }
  }
  const blobs = new Behind(folder);
  await blobs.prepare();
  const api = await startApi({ stallMs: 300 }, tmpdir(), log, blobs);
  // All of it has come, and waits to be read.
  const sent = fetch(`${api.url}/api/v1/recordings?name=${NAME}`, {
    method: 'POST',
    body: randomBytes(200_000),
  });
  await began.promise;
  await delay(1_000);
  onward.resolve();
  expect((await sent).status).toBe(202);
});

it('v1 answers 202 with its job when its time is over, and a wait by Prefer ends early with 200', async () => {
  const api = await startApi({ timeouts: { 'POST /v1/sync-local-files': 300, default: 1_000 } });
  const accepted = await send(api, '/v1/sync-local-files');
  expect(accepted.status).toBe(202);
  const { job_id: id } = (await accepted.json()) as { job_id: string };
  const job = await fetch(`${api.url}/v2/sync-local-files/${id}`, { headers: { prefer: 'wait=20' } });
  expect([job.status, job.headers.get('preference-applied')]).toEqual([200, 'wait=0.85']);
});

it('lets an event stream last', async () => {
  const api = await startApi({ timeouts: { default: 200 } });
  const ending = new AbortController();
  const { status, body } = await fetch(`${api.url}/api/v1/events`, { signal: ending.signal });
  expect(status).toBe(200);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  await delay(600);
  await send(api, '/api/v1/recordings');
  let seen = '';
  while (!seen.includes('recording.accepted')) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
    if (done) break;
    seen += value;
  }
  expect(seen).toContain('event: recording.accepted');
  await reader?.cancel();
});

it('takes routes as the table and as the OpenAPI document write them, and no others', () => {
  const read = (given: string) => TimeoutsSetting.safeParse(given);
  expect(read('{"GET /api/v1/uploads/{id}": 5000, "default": 9000}').data).toEqual({
    'GET /api/v1/uploads/:id': 5_000,
    default: 9_000,
  });
  for (const wrong of [
    '{"GET /nowhere": 5}',
    '{"default": 0}',
    '{"default": "5"}',
    '[5]',
    '{',
    '{"GET /api/v1/events": 5}',
  ])
    expect(read(wrong).success, wrong).toBe(false);
});
