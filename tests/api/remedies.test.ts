/** These tests carry out every remedy of the table of errors that needs nothing but the API. */
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/errors.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';

interface Receipt {
  files: { recordingId: string; outcome: string; code: string | null; notice: string | null }[];
}

async function post(api: TestApi, path: string, body?: FormData | string): Promise<Response> {
  const type: Record<string, string> =
    typeof body === 'string' ? { 'content-type': 'application/octet-stream' } : {};
  return await fetch(`${api.url}${path}`, { method: 'POST', headers: type, ...(body ? { body } : {}) });
}

async function send(api: TestApi, name: string, query = ''): Promise<Receipt['files'][0]> {
  const response = await post(api, `/api/v1/recordings?name=${encodeURIComponent(name)}${query}`, 'sound');
  const { files } = (await response.json()) as Receipt;
  const [file] = files ?? [];
  if (!file) throw new Error(`answered ${response.status} without a receipt`);
  return file;
}

const QUEUED = { outcome: 'waiting', code: 'queued' };
const named = (seconds: number) => NAME.replace('1774000000', String(seconds));

describe('a name without a usable time is mended by telling the time', () => {
  it.each([
    ['name_without_time', 'memo.wav'],
    ['clock_in_future', named(4102444800)],
    ['clock_too_old', named(946684800)],
  ])('%s', async (code, name) => {
    const api = await startApi();
    expect(await send(api, name)).toMatchObject({ outcome: 'rejected', code });
    expect(await send(api, name, '&startedAtMs=1774000000000')).toMatchObject(QUEUED);
  });
});

/** Sends the request that a remedy names: its method, its path and its body. */
async function carryOut(api: TestApi, code: ErrorCode, recordingId: string): Promise<Response> {
  const [, method = '', path = '', body = ''] =
    /\b([A-Z]+) (\/\S+) .*?(\{.*?\})/.exec(ERRORS[code].remedy) ?? [];
  return await fetch(`${api.url}${path.replace('{id}', recordingId)}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body,
  });
}

const WITH_PATCH = (Object.keys(ERRORS) as ErrorCode[]).filter((code) =>
  /PATCH \/api\/v1\/recordings/.test(ERRORS[code].remedy),
);

describe('a time that is missing or wrong is set right by the PATCH that the remedy names', () => {
  it('stands at each code about a time', () => {
    expect(WITH_PATCH.toSorted()).toEqual(
      [
        'clock_in_future',
        'clock_shifted',
        'clock_too_old',
        'date_in_name',
        'name_without_time',
        'time_not_taken',
        'time_of_file',
      ].toSorted(),
    );
  });

  it.each<[ErrorCode, string]>([
    ['name_without_time', 'memo.wav'],
    ['clock_in_future', named(4102444800)],
    ['clock_too_old', named(946684800)],
  ])('%s', async (code, name) => {
    const api = await startApi();
    const { recordingId } = await send(api, name);
    const answer = await carryOut(api, code, recordingId);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { ...QUEUED, startedAtMs: 1_774_000_000_000 },
    ]);
  });

  it.each<[ErrorCode, string, string]>([
    ['date_in_name', 'REC_20260310_101500.wav', 'REC_20260310_101500.wav'],
    ['time_not_taken', named(1774000300), named(1774000600)],
  ])('%s', async (code, first, again) => {
    const api = await startApi();
    await send(api, first);
    const { recordingId, notice } = await send(api, again);
    expect(notice).toContain(ERRORS[code].remedy);
    const answer = await carryOut(api, code, recordingId);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { ...QUEUED, startedAtMs: 1_774_000_000_000 },
    ]);
    const upload = await api.db.selectFrom('upload_files').select('code').execute();
    expect(new Set(upload.map((file) => file.code))).toEqual(new Set([null]));
  });
});

it('a recorder whose clock was ahead gets its time by the PATCH that the notice names', async () => {
  const api = await startApi();
  const form = formOf({ [named(Math.round(Date.now() / 1000) + 86_400)]: 'sound' });
  const answer = await fetch(`${api.url}/v2/sync-local-files`, { method: 'POST', body: form });
  const { files } = (await answer.json()) as { files: { recording_id: string; notice: string }[] };
  expect(files[0]?.notice).toContain(ERRORS.clock_shifted.remedy);
  const corrected = await carryOut(api, 'clock_shifted', files[0]?.recording_id ?? '');
  expect(await corrected.json()).toMatchObject({ ...QUEUED, startedAtMs: 1_774_000_000_000 });
});

describe('a name that cannot be used is mended by another name', () => {
  it.each([
    ['name_not_a_recording', 'notes.txt'],
    ['name_with_path', '../memo_1774000000.wav'],
  ])('%s', async (code, name) => {
    const api = await startApi();
    expect(await send(api, name)).toMatchObject({ outcome: 'rejected', code });
    expect(await send(api, NAME)).toMatchObject(QUEUED);
  });
});

it('what was deleted comes back with ?restore=true, and so does a person', async () => {
  const api = await startApi();
  const { recordingId } = await send(api, NAME);
  await fetch(`${api.url}/api/v1/recordings/${recordingId}`, { method: 'DELETE' });
  expect(await send(api, NAME)).toMatchObject({ outcome: 'deleted' });
  expect(await send(api, NAME, '&restore=true')).toMatchObject(QUEUED);
  await fetch(`${api.url}/api/v1/me`, { method: 'DELETE' });
  expect((await post(api, `/api/v1/recordings?name=${NAME}`, 'sound')).status).toBe(403);
  expect(await send(api, NAME, '&restore=true')).toMatchObject(QUEUED);
});

const RETRY = /POST (\/api\/v1\/recordings\/\{id\}\/retry)/;
const WITH_RETRY = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => RETRY.test(ERRORS[code].remedy));

it('a remedy that names POST /api/v1/recordings/{id}/retry queues the recording again', async () => {
  const api = await startApi();
  expect(WITH_RETRY).toContain('upstream');
  for (const [at, code] of WITH_RETRY.entries()) {
    const response = await post(api, `/api/v1/recordings?name=${named(1774000000 + at)}`, `sound ${at}`);
    const { files } = (await response.json()) as Receipt;
    const id = files[0]?.recordingId ?? '';
    await api.db
      .updateTable('recordings')
      .set({
        outcome: 'failed',
        code,
        reason: ERRORS[code].title,
        retryable: true,
        finished_at_ms: Date.now(),
      })
      .where('id', '=', id)
      .execute();
    const [, path = ''] = RETRY.exec(ERRORS[code].remedy) ?? [];
    const retried = await post(api, path.replace('{id}', id));
    expect([retried.status, await retried.json()], code).toMatchObject([202, QUEUED]);
  }
});

it('a request without a file, and one that is no form, are mended as they say', async () => {
  const api = await startApi();
  expect(await (await post(api, '/api/v1/recordings', new FormData())).json()).toHaveProperty('remedy');
  expect((await post(api, '/api/v1/recordings', formOf({ [NAME]: 'x' }))).status).toBe(202);
  expect((await post(api, `/api/v1/recordings?name=${named(1774000060)}`, 'y')).status).toBe(202);
});

it('an address that is not there leads to the list of those that are', async () => {
  const api = await startApi();
  const problem = (await (await fetch(`${api.url}/nowhere`)).json()) as { remedy: string };
  const [, path = ''] = /(\/docs)\b/.exec(problem.remedy) ?? [];
  expect((await fetch(`${api.url}${path}`)).status).toBe(200);
});
