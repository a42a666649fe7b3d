import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';

interface Receipt {
  id: string;
  counts: Record<string, number>;
  files: { recordingId: string; notice: string | null; code: string | null; startedAtMs: number | null }[];
}

async function send(api: TestApi, files: Record<string, string>, query = ''): Promise<Receipt> {
  const response = await fetch(`${api.url}/api/v1/recordings${query}`, {
    method: 'POST',
    body: formOf(files),
  });
  expect(response.status).toBe(202);
  return (await response.json()) as Receipt;
}

const at = (seconds: number) => NAME.replace('1774000000', String(seconds));

describe('a receipt', () => {
  it('counts what became of the files, so that a refusal of all of them does not look like success', async () => {
    const api = await startApi();
    const all = await send(api, { 'holiday.txt': 'a', 'notes.doc': 'b' });
    expect(all.counts).toEqual({ files: 2, pending: 0, heard: 0, refused: 2, failed: 0, deleted: 0 });
    const some = await send(api, { [at(1774000000)]: 'c', 'notes.doc': 'd' });
    expect(some.counts).toMatchObject({ files: 2, pending: 1, refused: 1 });
  });

  it('says that another time of the same bytes was not taken, and what to do', async () => {
    const api = await startApi();
    const first = await send(api, { [at(1774000000)]: 'same' });
    expect(first.files[0]?.notice).toBeNull();
    const other = await send(api, { [at(1774009999)]: 'same' });
    expect(other.files[0]).toMatchObject({
      recordingId: first.files[0]?.recordingId,
      startedAtMs: 1774000000000,
      code: 'queued',
      notice: expect.stringMatching(/the new time was ignored\. If .* PATCH \/api\/v1\/recordings\//),
    });
    // The time told beside the name is one as well.
    const raw = await fetch(`${api.url}/api/v1/recordings?name=${at(1774000000)}&startedAtMs=1774005000000`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'same',
    });
    expect(((await raw.json()) as Receipt).files[0]?.notice).toMatch(/the new time was ignored/);
    expect((await send(api, { [at(1774000000)]: 'same' })).files[0]?.notice).toBeNull();

    // What the notice says helps.
    const id = first.files[0]?.recordingId;
    expect((await fetch(`${api.url}/api/v1/recordings/${id}`, { method: 'DELETE' })).status).toBe(204);
    const mended = await send(api, { [at(1774009999)]: 'same' }, '?restore=true');
    expect(mended.files[0]).toMatchObject({ startedAtMs: 1774009999000, notice: null, code: 'queued' });
  });
});

it('leaves one line for each recording in the log, without names and people', async () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const api = await startApi(undefined, undefined, pino({ level: 'info' }, sink));
  const body = formOf({ [at(1774000000)]: 'one', 'secret-diary.txt': 'two' });
  const headers = { 'x-afterword-user': 'ada@example.com' };
  const upload = await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body, headers });
  const { files } = (await upload.json()) as Receipt;
  await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    body: formOf({ [at(1774000000)]: 'one' }),
    headers,
  });
  const told = lines.filter(({ recordingId }) => recordingId !== undefined).map(({ msg }) => msg);
  expect(told).toEqual([
    `Recording ${files[0]?.recordingId} accepted: 3 bytes`,
    `Recording ${files[1]?.recordingId} refused (name_not_a_recording)`,
    `Recording ${files[0]?.recordingId} was here already (waiting)`,
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/ada@example|diary/);
});

it('tells a failed request in one line, with its first cause and without a stack', async () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const api = await startApi(undefined, undefined, pino({ level: 'info' }, sink));
  await api.cutDatabase();
  const { status } = await fetch(`${api.url}/api/v1/recordings/rec_1`);
  expect(status).toBe(503);
  const [line, ...more] = lines.filter(({ msg }) => /^A request failed/.test(String(msg)));
  expect(more).toEqual([]);
  expect(line).toMatchObject({ code: 'unavailable', route: 'GET /api/v1/recordings/:id' });
  expect(line?.msg).toMatch(/ECONNREFUSED|Connection terminated|ECONNRESET/);
  expect(line).not.toHaveProperty('stack');
  await api.healDatabase();
});

it('has a page at its address that says where to go on', async () => {
  const api = await startApi();
  const response = await fetch(`${api.url}/`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  const links = [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
  expect(links.length).toBeGreaterThan(4);
  for (const href of links) expect((await fetch(`${api.url}${href}`)).status, href).toBe(200);
});
