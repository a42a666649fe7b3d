/** A file that was refused for lack of a time goes on when it gets one: its upload says how it stands from then on. */
import { expect, it } from 'vitest';
import { startApi, type TestApi } from '../support/api.ts';

const TIME_MS = 1_774_000_000_000;

async function send(api: TestApi, name: string) {
  const answer = await fetch(`${api.url}/api/v1/recordings?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'sound without a time',
  });
  return (await answer.json()) as { id: string; files: { recordingId: string; outcome: string }[] };
}

const json = async (api: TestApi, path: string) => await (await fetch(`${api.url}${path}`)).json();

async function listed(api: TestApi) {
  const { uploads } = (await json(api, '/api/v1/uploads')) as { uploads: Record<string, unknown>[] };
  return uploads;
}

it.each([
  [
    'is told its time',
    async (api: TestApi, id: string) => {
      const answer = await fetch(`${api.url}/api/v1/recordings/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ startedAtMs: TIME_MS }),
      });
      expect(answer.status).toBe(200);
    },
  ],
  [
    'comes again under a name with a time',
    async (api: TestApi) => {
      expect((await send(api, 'memo_1774000000.wav')).files).toMatchObject([{ outcome: 'waiting' }]);
    },
  ],
] as const)('an upload of one that %s is under way again, and done when that is', async (_, goOn) => {
  const api = await startApi();
  const first = await send(api, 'memo.wav');
  const id = first.files[0]?.recordingId ?? '';
  expect(await listed(api)).toMatchObject([
    { id: first.id, status: 'done', counts: { refused: 1, pending: 0 } },
  ]);
  // Somebody looks at it an hour later.
  const hour = 3_600_000;
  await api.db
    .updateTable('uploads')
    .set(({ eb }) => ({ accepted_at_ms: eb('accepted_at_ms', '-', hour) }))
    .execute();
  await api.db
    .updateTable('upload_ends')
    .set(({ eb }) => ({ at_ms: eb('at_ms', '-', hour) }))
    .execute();
  await goOn(api, id);
  const own = async () => (await listed(api)).find((upload) => upload.id === first.id);
  expect(await own()).toMatchObject({
    status: 'processing',
    doneAtMs: null,
    tookMs: null,
    counts: { refused: 0, pending: 1 },
  });
  expect(await json(api, `/api/v1/uploads/${first.id}`)).toMatchObject({
    status: 'processing',
    files: [{ outcome: 'waiting', startedAtMs: TIME_MS }],
  });
  await api.db
    .updateTable('recordings')
    .set(({ eb }) => ({
      outcome: 'silent',
      duration_ms: 61_000,
      finished_at_ms: eb('accepted_at_ms', '+', 7_000),
    }))
    .where('id', '=', id)
    .execute();
  const ended = await own();
  expect(ended).toMatchObject({
    status: 'done',
    durationMs: 61_000,
    tookMs: 7_000,
    counts: { heard: 1, pending: 0 },
  });
});
