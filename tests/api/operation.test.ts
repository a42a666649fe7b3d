/** What an operator sees over all people, and trying again what failed. */
import { createClient } from '@afterword/client';
import { expect, it } from 'vitest';
import { createKey } from '../../src/sign-in/keys.ts';
import { formOf, secret, startApi, type TestApi } from '../support/api.ts';
import { recordStatements } from '../support/statements.ts';

async function asOperator(api: TestApi) {
  await api.db
    .insertInto('users')
    .values({ id: 'op', created_at_ms: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  const wanted = { userId: 'op', name: 'of a test', scopes: ['admin' as const], expiresAtMs: null };
  const { token } = await createKey(api.db, secret.keyFor('api keys'), wanted, 'UTC');
  return createClient({ baseUrl: api.url, token });
}

const keys = { modes: ['header' as const, 'dev' as const, 'keys' as const] };

async function upload(api: TestApi, user: string, name: string): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: { 'x-afterword-user': user },
    body: formOf({ [name]: `bytes of ${user} ${name}` }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { files: { recordingId: string }[] }).files[0]?.recordingId ?? '';
}

async function fail(api: TestApi, id: string, code: string, finishedAtMs: number): Promise<void> {
  await api.db
    .updateTable('recordings')
    .set({
      outcome: 'failed',
      code,
      reason: 'words that a provider said',
      finished_at_ms: finishedAtMs,
      tries: 10,
    })
    .where('id', '=', id)
    .execute();
}

it('shows queues, workers and failures of everybody, and no name and no word of anybody', async () => {
  const api = await startApi(keys);
  const operator = await asOperator(api);
  await upload(api, 'ana', 'secret-meeting_1774000000.wav');
  const failed = await upload(api, 'bob', 'bobs_1774000100.wav');
  await fail(api, failed, 'provider_down', 5_000);
  const { data } = await operator.GET('/api/v1/operation');
  expect(data?.lanes.find(({ lane }) => lane === 'fresh')).toMatchObject({ running: 0 });
  expect(data?.lanes.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(1);
  expect(data?.deadLetters).toMatchObject({ recordings: 1, conversations: 0 });
  expect(data?.troubles.map(({ code }) => code)).toEqual(['no_worker', 'dead_letters']);
  expect(data?.storage).toMatchObject({ state: 'ok', orphans: 0 });
  const listed = await operator.GET('/api/v1/operation/dead-letters');
  expect(listed.data?.deadLetters).toMatchObject([
    { id: failed, userId: 'bob', kind: 'recording', tries: 10 },
  ]);
  const told = JSON.stringify([data, listed.data]);
  expect(told).not.toContain('secret-meeting');
  expect(told).not.toContain('provider said');
});

it('counts the audio as its people read it in their settings, and playable copies apart', async () => {
  const api = await startApi(keys);
  const operator = await asOperator(api);
  const kept = await upload(api, 'ana', 'kept_1774000000.wav');
  const removed = await upload(api, 'ana', 'removed_1774000100.wav');
  const refused = await upload(api, 'bob', 'refused_1774000200.wav');
  await upload(api, 'bob', 'kept_1774000300.wav');
  const set = async (id: string, values: object) =>
    await api.db.updateTable('recordings').set(values).where('id', '=', id).execute();
  await set(removed, { audio_removed_at_ms: 1 });
  await set(refused, { outcome: 'rejected', code: 'part_too_large', size_bytes: 12_000_000 });
  const copied = { samples: 16_000_000, map: Buffer.of(0), peaks: Buffer.of(0), copy_key: 'copy' };
  await api.db
    .insertInto('recording_sounds')
    .values({ recording_id: kept, ...copied })
    .execute();
  // What has begun to arrive counts as long as it was announced.
  const begun = await fetch(`${api.url}/api/v1/resumable`, {
    method: 'POST',
    headers: {
      'x-afterword-user': 'bob',
      'tus-resumable': '1.0.0',
      'upload-length': '5000',
      'upload-metadata': `filename ${btoa('large_1774000400.wav')}`,
    },
  });
  expect(begun.status).toBe(201);
  const told = async (user: string) => {
    const answer = await fetch(`${api.url}/api/v1/me`, { headers: { 'x-afterword-user': user } });
    return ((await answer.json()) as { bounds: { storedBytes: { used: number } } }).bounds.storedBytes.used;
  };
  const storage = async () => (await operator.GET('/api/v1/operation')).data?.storage;
  await expect
    .poll(async () => (await storage())?.audioBytes)
    .toBe((await told('ana')) + (await told('bob')));
  expect((await storage())?.recordings).toBe(2);
  expect((await storage())?.copyBytes).toBeGreaterThan(0);
});

it('lists what failed in pages, latest first, and tries again one, or all of a kind, of whoever it is', async () => {
  const api = await startApi(keys);
  const operator = await asOperator(api);
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    const id = await upload(api, n % 2 ? 'ana' : 'bob', `memo_${1_774_000_000 + n * 100}.wav`);
    await fail(api, id, n < 2 ? 'poison' : 'internal', 1_000 * (n + 1));
    ids.push(id);
  }
  const page = { query: { limit: 2 } };
  const first = (await operator.GET('/api/v1/operation/dead-letters', { params: page })).data;
  expect(first?.deadLetters.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
  const cursor = first?.nextCursor ?? '';
  const second = (
    await operator.GET('/api/v1/operation/dead-letters', { params: { query: { limit: 2, cursor } } })
  ).data;
  expect(second?.deadLetters.map(({ id }) => id)).toEqual([ids[2], ids[1]]);

  const retry = async (query: { id?: string; kind?: 'recording'; code?: string }) =>
    (await operator.POST('/api/v1/operation/dead-letters/retry', { params: { query } })).data;
  expect(await retry({ id: ids[4] ?? '' })).toEqual({ retried: 1, more: false });
  // It is not a dead letter any more.
  expect(await retry({ id: ids[4] ?? '' })).toEqual({ retried: 0, more: false });
  expect(await retry({ code: 'poison' })).toEqual({ retried: 2, more: false });
  const left = (await operator.GET('/api/v1/operation')).data;
  expect(left?.deadLetters).toMatchObject({ recordings: 2, kinds: [{ code: 'internal', count: 2 }] });
  expect(
    (await operator.POST('/api/v1/operation/dead-letters/retry', { params: { query: {} } })).response.status,
  ).toBe(400);
  const again = await api.db
    .selectFrom('recordings')
    .select(['id', 'outcome', 'tries'])
    .where('id', '=', ids[0] ?? '')
    .execute();
  expect(again).toEqual([{ id: ids[0], outcome: 'waiting', tries: 0 }]);
});

it('two who look get the same pictures of one reading; a token of a person who may only read opens nothing', async () => {
  const api = await startApi(keys);
  const operator = await asOperator(api);
  const ended = new AbortController();
  const streams = [1, 2].map(() => operator.follow('/api/v1/operation/events', { signal: ended.signal }));
  const statements = recordStatements();
  const before = await Promise.all(streams.map(async (stream) => (await stream.next()).value));
  expect(before[0]?.type).toBe('operation');
  expect(before[0]?.data.atMs).toBe(before[1]?.data.atMs);
  const id = await upload(api, 'ana', 'memo_1774000000.wav');
  await fail(api, id, 'poison', 1_000);
  const after = await Promise.all(streams.map(async (stream) => (await stream.next()).value));
  expect(after[0]?.data).toEqual(after[1]?.data);
  expect(after[0]?.data).toMatchObject({ deadLetters: { recordings: 1 } });
  ended.abort();
  const looks = statements.filter(({ text }) => text.includes('provider_limits l'));
  expect(looks.length).toBeLessThanOrEqual(3);

  const issued = await fetch(`${api.url}/api/v1/events/token`, {
    method: 'POST',
    headers: { 'x-afterword-user': 'ana' },
  });
  const { token } = (await issued.json()) as { token: string };
  const refused = await fetch(`${api.url}/api/v1/operation/events?token=${token}`, {
    headers: { 'x-afterword-user': 'ana' },
  });
  expect(refused.status).toBe(403);
});

it('a person lists their own uploads by time, with what became of the files', async () => {
  const api = await startApi(keys);
  await upload(api, 'ana', 'first_1774000000.wav');
  const failed = await upload(api, 'ana', 'second_1774000100.wav');
  await upload(api, 'bob', 'other_1774000200.wav');
  await fail(api, failed, 'poison', 1_000);
  const ana = createClient({ baseUrl: api.url, headers: { 'x-afterword-user': 'ana' } });
  const all = (await ana.GET('/api/v1/uploads')).data;
  expect(all?.uploads.map(({ firstName }) => firstName)).toEqual([
    'second_1774000100.wav',
    'first_1774000000.wav',
  ]);
  expect(all?.uploads[0]).toMatchObject({
    counts: { files: 1, failed: 1, pending: 0 },
    status: 'processing',
  });
  const one = (await ana.GET('/api/v1/uploads', { params: { query: { limit: 1 } } })).data;
  const cursor = one?.nextCursor ?? '';
  const next = (await ana.GET('/api/v1/uploads', { params: { query: { limit: 1, cursor } } })).data;
  expect(next?.uploads.map(({ firstName }) => firstName)).toEqual(['first_1774000000.wav']);
  const timing = await ana.GET('/api/v1/uploads/{id}/timing', {
    params: { path: { id: next?.uploads[0]?.id ?? '' }, query: { bars: 'true' } },
  });
  expect(timing.data?.bars).toMatchObject([
    {
      kind: 'recording',
      name: 'first_1774000000.wav',
      parts: [{ what: 'wait', stage: 'queued', toMs: null, isCritical: true }],
    },
  ]);
});
