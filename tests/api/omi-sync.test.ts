import { expect, it } from 'vitest';
import { OmiAccepted, OmiJob } from '../../src/api/omi/job.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';

const OTHER = NAME.replace('1774000000', '1774000060');

function send({ url }: TestApi, version: 'v1' | 'v2', files: Record<string, string>): Promise<Response> {
  return fetch(`${url}/${version}/sync-local-files`, { method: 'POST', body: formOf(files) });
}

async function finish(
  { db }: TestApi,
  outcome: 'silent' | 'failed' | 'rejected',
  name?: string,
): Promise<void> {
  let query = db.updateTable('recordings').set({
    outcome,
    finished_at_ms: Date.now(),
    code: outcome === 'silent' ? null : 'timeout',
    reason: null,
  });
  if (name) query = query.where('name', '=', name);
  await query.execute();
}

it('v2 answers 202 with the fields that the app reads, and the job can be polled', async () => {
  const api = await startApi();
  const response = await send(api, 'v2', { [NAME]: 'a', [OTHER]: 'b' });
  expect(response.status).toBe(202);
  const accepted = OmiAccepted.parse(await response.json());
  expect(accepted).toEqual({
    job_id: expect.any(String),
    status: 'queued',
    total_files: 2,
    total_segments: 0,
    poll_after_ms: 3000,
    lane: 'backfill',
  });
  const job = OmiJob.parse(await (await fetch(`${api.url}/v2/sync-local-files/${accepted.job_id}`)).json());
  expect(job).toMatchObject({
    job_id: accepted.job_id,
    status: 'queued',
    total_segments: 2,
    processed_segments: 0,
    failed_segments: 0,
  });
  expect(job.result).toBeUndefined();
});

it('a job is completed, partly failed or failed as its files are', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a', [OTHER]: 'b' })).json());
  const poll = async () => await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json();
  await finish(api, 'silent');
  expect(await poll()).toMatchObject({
    status: 'completed',
    successful_segments: 2,
    result: { new_memories: [], errors: [] },
  });
  await finish(api, 'failed', OTHER);
  expect(await poll()).toMatchObject({
    status: 'partial_failure',
    failed_segments: 1,
    reason_code: 'stt_timeout',
  });
  await finish(api, 'failed');
  expect(await poll()).toMatchObject({
    status: 'failed',
    failed_segments: 2,
    error: expect.stringContaining(NAME),
  });
});

it('v1 answers 202 with the job when the work takes longer than the limit, and 200 when it is sent again after it', async () => {
  const api = await startApi();
  const first = await send(api, 'v1', { [NAME]: 'a' });
  expect(first.status).toBe(202);
  expect(first.headers.get('deprecation')).toBe('true');
  const { job_id } = OmiAccepted.parse(await first.json());
  const again = await send(api, 'v1', { [NAME]: 'a' });
  expect(await again.json()).toMatchObject({ job_id });
  await finish(api, 'silent');
  const done = await send(api, 'v1', { [NAME]: 'a' });
  expect(done.status).toBe(200);
  expect(await done.json()).toMatchObject({ new_memories: [], updated_memories: [], failed_segments: 0 });
});

it('v1 answers 207 when some files failed and 500 when all did', async () => {
  const api = await startApi();
  const files = { [NAME]: 'a', [OTHER]: 'b' };
  await send(api, 'v2', files);
  await finish(api, 'silent', NAME);
  await finish(api, 'rejected', OTHER);
  expect((await send(api, 'v1', files)).status).toBe(207);
  await finish(api, 'rejected');
  expect((await send(api, 'v1', files)).status).toBe(500);
});

it('answers 400 to a bad name, unless a file of the request has a better one', async () => {
  const api = await startApi();
  for (const version of ['v1', 'v2'] as const) {
    const refused = await send(api, version, { 'recording.bin': 'a' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('recording.bin') });
  }
  expect((await send(api, 'v2', { 'recording.bin': 'a', [NAME]: 'b' })).status).toBe(202);
});

it('answers 404 to an unknown job and 403 to another one’s', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a' })).json());
  expect((await fetch(`${api.url}/v2/sync-local-files/none`)).status).toBe(404);
  const asBob = await fetch(`${api.url}/v2/sync-local-files/${job_id}`, {
    headers: { 'x-afterword-user': 'bob' },
  });
  expect(asBob.status).toBe(403);
});
