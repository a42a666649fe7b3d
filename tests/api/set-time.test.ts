import { expect, it } from 'vitest';
import { NAME, startApi, type TestApi } from '../support/api.ts';

const TIME_MS = 1_774_000_000_000;

async function send(api: TestApi, name: string, user: string, body = 'sound'): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/recordings?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-afterword-user': user },
    body,
  });
  const { files } = (await response.json()) as { files: { recordingId: string }[] };
  return files[0]?.recordingId ?? '';
}

async function patch(api: TestApi, id: string, body: unknown, user = 'ada') {
  const response = await fetch(`${api.url}/api/v1/recordings/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'x-afterword-user': user },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()] as const;
}

it('sets the time of what is waiting, and saying it twice is saying it once', async () => {
  const api = await startApi();
  const id = await send(api, NAME, 'ada');
  const moved = { id, outcome: 'waiting', startedAtMs: TIME_MS + 5000 };
  for (let n = 0; n < 2; n++)
    expect(await patch(api, id, { startedAtMs: TIME_MS + 5000 })).toMatchObject([200, moved]);
  const { attempt } = await api.db.selectFrom('recordings').select('attempt').executeTakeFirstOrThrow();
  expect(attempt).toBe(2);
});

it.each<[string, unknown, number, string]>([
  ['the future', { startedAtMs: 4_102_444_800_000 }, 400, 'clock_in_future'],
  ['a time before any such recorder', { startedAtMs: 946_684_800_000 }, 400, 'clock_too_old'],
  ['half a millisecond', { startedAtMs: TIME_MS + 0.5 }, 400, 'invalid_request'],
  ['a text', { startedAtMs: '2026-03-20' }, 400, 'invalid_request'],
  ['no time', {}, 400, 'invalid_request'],
  ['something else too', { startedAtMs: TIME_MS, name: 'x' }, 400, 'invalid_request'],
])('refuses %s, as an upload does, and leaves the recording as it is', async (_, body, status, code) => {
  const api = await startApi();
  const id = await send(api, NAME, 'ada');
  const before = await api.db.selectFrom('recordings').selectAll().execute();
  expect(await patch(api, id, body)).toMatchObject([status, { code }]);
  expect(await api.db.selectFrom('recordings').selectAll().execute()).toEqual(before);
});

it('is for its owner only, and not for what was deleted', async () => {
  const api = await startApi();
  const id = await send(api, NAME, 'ada');
  expect(await patch(api, id, { startedAtMs: TIME_MS + 5000 }, 'bob')).toMatchObject([
    404,
    { code: 'not_found' },
  ]);
  expect(await patch(api, 'rec_none', { startedAtMs: TIME_MS })).toMatchObject([404, { code: 'not_found' }]);
  await fetch(`${api.url}/api/v1/recordings/${id}`, {
    method: 'DELETE',
    headers: { 'x-afterword-user': 'ada' },
  });
  expect(await patch(api, id, { startedAtMs: TIME_MS + 5000 })).toMatchObject([410, { code: 'deleted' }]);
});

it.each([
  ['an empty file', 'memo.wav', '', 'empty_file'],
  ['a name with a path', '../memo.wav', 'sound', 'name_with_path'],
])('says of %s that no time would help', async (_, name, body, code) => {
  const api = await startApi();
  const id = await send(api, name, 'ada', body);
  expect(await api.db.selectFrom('recordings').select('code').executeTakeFirst()).toEqual({ code });
  expect(await patch(api, id, { startedAtMs: TIME_MS })).toMatchObject([
    409,
    { code: 'time_not_the_reason' },
  ]);
});

it('says so too of a file of which nothing was stored', async () => {
  const api = await startApi();
  const id = await send(api, 'memo.wav', 'ada');
  await api.db.updateTable('recordings').set({ code: 'part_too_large' }).execute();
  expect(await patch(api, id, { startedAtMs: TIME_MS })).toMatchObject([
    409,
    { code: 'time_not_the_reason' },
  ]);
});
