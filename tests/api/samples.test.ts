/** The sample day in one request: through the same door as every upload. */
import { expect, it } from 'vitest';
import { startApi } from '../support/api.ts';

const take = (url: string, user = 'ana') =>
  fetch(`${url}/api/v1/samples/day`, { method: 'POST', headers: { 'x-afterword-user': user } });

it('takes in the six recordings once, whoever asks again, and only for whoever asks', async () => {
  const { url, db } = await startApi();
  const first = await take(url);
  expect(first.status).toBe(202);
  const upload = (await first.json()) as { id: string; files: { outcome: string; recordingId: string }[] };
  expect(upload.files).toHaveLength(6);
  expect(new Set(upload.files.map(({ outcome }) => outcome))).toEqual(new Set(['waiting']));
  expect(first.headers.get('location')).toBe(`/api/v1/uploads/${upload.id}`);
  const again = (await (await take(url)).json()) as typeof upload;
  expect(again.files.map(({ recordingId }) => recordingId)).toEqual(
    upload.files.map(({ recordingId }) => recordingId),
  );
  const rows = await db.selectFrom('recordings').select(['user_id', 'sha256']).execute();
  expect(rows.map(({ user_id }) => user_id)).toEqual(Array(6).fill('ana'));
  expect(new Set(rows.map(({ sha256 }) => sha256)).size).toBe(6);
});

it('is refused where the operator has turned it off, and the person is told so', async () => {
  const { url } = await startApi({ samples: false });
  const refused = await take(url);
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({
    code: 'no_such_address',
    detail: 'AFTERWORD_SAMPLES is false.',
  });
  const me = await fetch(`${url}/api/v1/me`, { headers: { 'x-afterword-user': 'ana' } });
  expect(await me.json()).toMatchObject({ sampleDay: false, scopes: ['read', 'upload', 'operate'] });
});
