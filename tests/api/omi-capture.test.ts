/** What Omi's app tells about its recordings besides their bytes, and a recorder whose clock is ahead. */
import { expect, it } from 'vitest';
import { OmiAccepted, OmiJob } from '../../src/api/omi/job.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { formOf, startApi, type TestApi } from '../support/api.ts';

const named = (seconds: number, microphone = 'omi') =>
  `audio_${microphone}_opus_fs320_16000_1_fs320_${seconds}.bin`;

async function send(
  { url }: TestApi,
  files: Record<string, string>,
  { headers = {}, query = '' }: { headers?: Record<string, string>; query?: string } = {},
) {
  const answer = await fetch(`${url}/v2/sync-local-files${query}`, {
    method: 'POST',
    headers: { 'x-device-id-hash': '0123abcd', ...headers },
    body: formOf(files),
  });
  expect(answer.status).toBe(202);
  return OmiAccepted.parse(await answer.json());
}

async function startsOf({ db }: TestApi): Promise<Map<string, { startedAtMs: number; lane: string }>> {
  const rows = await db.selectFrom('recordings').select(['name', 'started_at_ms', 'lane']).execute();
  return new Map(rows.map((row) => [row.name, { startedAtMs: row.started_at_ms ?? 0, lane: row.lane }]));
}

it('a batch of a clock that is ahead is shifted as one, and so is the next batch of that recorder', async () => {
  const api = await startApi();
  const aheadS = Math.round(Date.now() / 1000) + 40 * 86_400;
  const names = [1, 2, 3, 4].map((minute) => named(aheadS - minute * 60));
  const [first = '', second = '', third = '', fourth = ''] = names;
  const beforeMs = Date.now();
  const accepted = await send(api, { [first]: 'a', [second]: 'b' });
  expect(accepted).toMatchObject({
    status: 'queued',
    files: [{ notice: expect.stringContaining('clock') }, {}],
  });
  await send(api, { [third]: 'c', [fourth]: 'd' });
  const starts = await startsOf(api);
  const at = (name: string) => starts.get(name)?.startedAtMs ?? 0;
  expect(Math.abs(at(first) - beforeMs)).toBeLessThan(60_000);
  expect(names.map((name) => at(first) - at(name))).toEqual([0, 60_000, 120_000, 180_000]);
  // Nobody knows when it was, so it keeps nobody's fresh recordings waiting.
  expect([...starts.values()].map(({ lane }) => lane)).toEqual(Array(4).fill('backfill'));

  const again = await send(api, { [first]: 'a', [second]: 'b' });
  expect(again.job_id).toBe(accepted.job_id);
  expect(await startsOf(api)).toEqual(starts);
});

it('a clock that is ahead by minutes is believed, and one that was refused before is taken', async () => {
  const api = await startApi();
  const soonS = Math.round(Date.now() / 1000) + 200;
  await send(api, { [named(soonS)]: 'a' });
  expect((await startsOf(api)).get(named(soonS))?.startedAtMs).toBe(soonS * 1000);
  const ahead = named(soonS + 86_400, 'pendant');
  const own = await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', body: formOf({ [ahead]: 'b' }) });
  expect(await own.json()).toMatchObject({ files: [{ outcome: 'rejected', code: 'clock_in_future' }] });
  expect(await send(api, { [ahead]: 'b' })).toMatchObject({ status: 'queued' });
});

it('keeps place, session and evidence with the recording, and forgets them with it', async () => {
  const api = await startApi();
  const evidence = {
    capture_root: 'root',
    clock_epoch: 7,
    source_frame_start: 100,
    frame_count: 3000,
    rate_hz: 50,
    codec: 'opus',
    channel: 1,
  };
  const place = { latitude: 59.33, longitude: 18.06, address: 'Slussen' };
  const name = named(1_774_000_000);
  const { files } = await send(
    api,
    { [name]: 'a' },
    {
      query: '?conversation_id=cnv_x&recording_session_id=ses_1&audio_start_seconds=0&audio_end_seconds=60',
      headers: {
        'x-omi-conversation-geolocation': JSON.stringify(place),
        'x-omi-capture-evidence': JSON.stringify({ version: 1, files: [{ name, ...evidence }] }),
        'x-omi-sync-capture-manifest': 'whatever',
      },
    },
  );
  // Sent again with less, what was told stays.
  await send(api, { [name]: 'a' }, { headers: { 'x-omi-conversation-geolocation': 'not json' } });
  const rows = await api.db.selectFrom('captures').selectAll().execute();
  expect(rows).toMatchObject([
    {
      recording_id: files[0]?.recording_id,
      session_id: 'ses_1',
      conversation_id: 'cnv_x',
      geolocation: { ...place, google_place_id: null, location_type: null },
      evidence,
      clock_shift_ms: null,
    },
  ]);
  const own = await fetch(`${api.url}/api/v1/recordings/${files[0]?.recording_id}`);
  expect(await own.json()).toMatchObject({
    capture: { sessionId: 'ses_1', geolocation: place, clockShiftMs: null },
  });
  const blobs = new FolderBlobStore(api.blobFolder);
  await removeRecording(
    { db: api.db, blobs, quietMs: 0 },
    rows[0]?.user_id ?? '',
    rows[0]?.recording_id ?? '',
  );
  expect(await api.db.selectFrom('captures').selectAll().execute()).toEqual([]);
});

it.each([
  ['x-omi-conversation-geolocation', '{"latitude": 900, "longitude": 0}'],
  ['x-omi-conversation-geolocation', '[]'],
  ['x-omi-capture-evidence', `{"version":1,"files":"${'x'.repeat(5000)}"}`],
  ['x-omi-capture-evidence', '{"version":2,"files":[]}'],
  ['x-omi-sync-capture-manifest', 'of other files'],
])('what is told wrongly in %s costs no audio', async (header, value) => {
  const api = await startApi();
  expect(await send(api, { [named(1_774_000_000)]: 'a' }, { headers: { [header]: value } })).toMatchObject({
    status: 'queued',
  });
  expect(await api.db.selectFrom('captures').selectAll().execute()).toEqual([]);
});

it('tells each file of a batch in the answer, in the job and in its result', async () => {
  const api = await startApi();
  const [good, bad] = [named(1_774_000_000), 'memo.bin'];
  const accepted = await send(api, { [good]: 'a', [bad]: 'b', [named(1_774_000_060)]: '' });
  const expected = [
    { name: good, outcome: 'waiting', kept: true, conversation_ids: [] },
    { name: bad, outcome: 'rejected', code: 'name_without_time', kept: true },
    { outcome: 'rejected', code: 'empty_file', kept: false },
  ];
  expect(accepted.files).toMatchObject(expected);
  await api.db
    .updateTable('recordings')
    .set({ outcome: 'silent', code: null, reason: null, finished_at_ms: Date.now() })
    .where('name', '=', good)
    .execute();
  const job = OmiJob.parse(await (await fetch(`${api.url}/v2/sync-local-files/${accepted.job_id}`)).json());
  expect(job.files[0]).toMatchObject({ outcome: 'silent', kept: true });
  expect(job.result?.files).toEqual(job.files);
});

it('names a batch before it is sent, and refuses what is no batch with a status after which the app goes on', async () => {
  const { url } = await startApi();
  const ask = async (body: object) =>
    await fetch(`${url}/v2/sync-capture-manifest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const file = { name: named(1_774_000_000), sha256: 'a'.repeat(64) };
  const answer = await ask({ conversation_id: 'cnv_x', files: [file] });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { manifest: expect.stringMatching(/^[\w-]{43}$/) },
  ]);
  const refused = await ask({ conversation_id: 'cnv_x', files: [] });
  expect(refused.status).toBe(500);
  expect(refused.headers.get('x-request-id')).toBeTruthy();
});
