import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { OmiAccepted, OmiJob } from '../../src/api/omi/job.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { contentsOf, hashOf } from '../support/content.ts';

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

async function reject({ db }: TestApi, code: string, name: string): Promise<void> {
  await db
    .updateTable('recordings')
    .set({ outcome: 'rejected', code, finished_at_ms: Date.now() })
    .where('name', '=', name)
    .execute();
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
    files: [expect.objectContaining({ name: NAME }), expect.objectContaining({ name: OTHER })],
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

it('one unreadable file does not send its siblings round again', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a', [OTHER]: 'b' })).json());
  await finish(api, 'silent', NAME);
  await reject(api, 'no_frames', OTHER);
  const job = OmiJob.parse(await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json());
  expect(job).toMatchObject({ status: 'completed', failed_segments: 0, successful_segments: 2 });
  expect(job.result?.errors).toEqual([expect.stringContaining(OTHER)]);
  expect((await send(api, 'v1', { [NAME]: 'a', [OTHER]: 'b' })).status).toBe(200);
});

it('a batch of nothing but unreadable files is given up, in both versions', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a' })).json());
  await reject(api, 'no_frames', NAME);
  const poll = await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json();
  expect(poll).toMatchObject({ status: 'failed', reason_code: 'sync_invalid_audio' });
  expect((await send(api, 'v1', { [NAME]: 'a' })).status).toBe(400);
});

it('answers 400 to a name that is no recording, unless a file of the request has a better one', async () => {
  const api = await startApi();
  for (const version of ['v1', 'v2'] as const) {
    const refused = await send(api, version, { 'notes_1774000000.txt': 'a' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining('notes_1774000000.txt'),
      code: 'name_not_a_recording',
    });
  }
  expect((await send(api, 'v2', { 'notes_1774000000.txt': 'a', [NAME]: 'b' })).status).toBe(202);
});

it.each([
  { name: 'recording.bin', reason: 'sync_capture_time_missing' },
  { name: 'audio_omi_opus_fs320_16000_1_fs320_946684800.bin', reason: 'sync_capture_clock_not_set' },
])('keeps $name, and tells $reason in the job and not as a refusal', async ({ name, reason }) => {
  const api = await startApi();
  for (const version of ['v1', 'v2'] as const) {
    const response = await send(api, version, { [name]: 'a' });
    expect(response.status).toBe(202);
    const { job_id, status } = OmiAccepted.parse(await response.json());
    expect(status).toBe('failed');
    const poll = await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json();
    expect(poll).toMatchObject({ status: 'failed', reason_code: reason });
  }
});

it('a file over the limit costs its siblings nothing, and is known when the limit allows it', async () => {
  const api = await startApi({ maxFileBytes: 1000, syncWaitMs: 200 });
  const large = 'x'.repeat(70_000);
  for (const files of [
    { [NAME]: large, [OTHER]: 'b' },
    { [OTHER]: 'b', [NAME]: large },
  ]) {
    const response = await send(api, 'v2', files);
    expect(response.status).toBe(202);
    const { job_id } = OmiAccepted.parse(await response.json());
    await finish(api, 'silent', OTHER);
    const job = await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json();
    expect(job).toMatchObject({
      status: 'partial_failure',
      reason_code: 'sync_file_too_large',
      failed_segments: 1,
    });
    expect((await send(api, 'v1', files)).status).toBe(207);
  }
  const { rows } = await sql<{ sha256: string; outcome: string; size_bytes: number }>`
    SELECT sha256, outcome, size_bytes FROM recordings WHERE name = ${NAME}`.execute(api.db);
  const sha256 = createHash('sha256').update(large).digest('hex');
  expect(rows).toEqual([{ sha256, outcome: 'rejected', size_bytes: large.length }]);
  // Of its sibling only.
  expect(await contentsOf(api.blobFolder)).toEqual([hashOf('b')]);
  expect((await send(api, 'v2', { [NAME]: large })).status).toBe(413);
});

it('a file over the limit that is sent again under a higher one is worked on', async () => {
  const config = { maxFileBytes: 1000, syncWaitMs: 200 };
  const api = await startApi(config);
  const large = 'x'.repeat(70_000);
  await send(api, 'v2', { [NAME]: large, [OTHER]: 'b' });
  config.maxFileBytes = 100_000;
  expect(await (await send(api, 'v2', { [NAME]: large })).json()).toMatchObject({ status: 'queued' });
});

it('an empty file makes the batch a partial failure: the phone has the only copy', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a', [OTHER]: '' })).json());
  await finish(api, 'silent', NAME);
  const job = await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json();
  expect(job).toMatchObject({ status: 'partial_failure', reason_code: 'sync_empty_file' });
});

it('while a provider is down the job says so, and when the next try is', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a', [OTHER]: 'b' })).json());
  await api.db
    .updateTable('recordings')
    .set({ code: 'upstream', tries: 1, next_try_at_ms: Date.now() + 40_000 })
    .where('name', '=', OTHER)
    .execute();
  const job = OmiJob.parse(await (await fetch(`${api.url}/v2/sync-local-files/${job_id}`)).json());
  expect(job).toMatchObject({ status: 'queued', reason_code: 'stt_upstream_error' });
  expect(job.retry_after).toBeGreaterThan(30);
  expect(job.retry_after).toBeLessThanOrEqual(40);
});

it.each(['v1', 'v2'] as const)(
  '%s answers nothing that is final to a request that broke',
  async (version) => {
    const api = await startApi();
    const boundary = 'b';
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="files"; filename="${NAME}"\r\n\r\n`;
    const broken = {
      'without an end': { type: `multipart/form-data; boundary=${boundary}`, body: `${head}abc` },
      'without a boundary': { type: 'multipart/form-data', body: `${head}abc\r\n--${boundary}--\r\n` },
      'with bare line feeds': {
        type: `multipart/form-data; boundary=${boundary}`,
        body: `${head}abc\r\n--${boundary}--\r\n`.replaceAll('\r', ''),
      },
      'without a file': { type: `multipart/form-data; boundary=${boundary}`, body: `--${boundary}--\r\n` },
      'no form': { type: 'application/octet-stream', body: 'abc' },
    };
    for (const [kind, { type, body }] of Object.entries(broken)) {
      const response = await fetch(`${api.url}/${version}/sync-local-files`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      expect([400, 403, 413], kind).not.toContain(response.status);
      expect(response.status, kind).toBeGreaterThanOrEqual(400);
      expect(await response.json(), kind).toMatchObject({
        detail: expect.any(String),
        code: expect.any(String),
      });
    }
  },
);

it('answers 404 to an unknown job and 403 to another one’s', async () => {
  const api = await startApi();
  const { job_id } = OmiAccepted.parse(await (await send(api, 'v2', { [NAME]: 'a' })).json());
  expect((await fetch(`${api.url}/v2/sync-local-files/none`)).status).toBe(404);
  const asBob = await fetch(`${api.url}/v2/sync-local-files/${job_id}`, {
    headers: { 'x-afterword-user': 'bob' },
  });
  expect(asBob.status).toBe(403);
});
