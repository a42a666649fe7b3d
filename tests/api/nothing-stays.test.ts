/** Over real HTTP: what is refused or breaks off leaves nothing on the disk, and a person who is deleted leaves nothing at all. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../engine/fixtures/scene.ts';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { contentsOf } from '../support/content.ts';

const USER = { 'x-afterword-user': 'ada' };

async function post(api: TestApi, files: Record<string, string>, query = ''): Promise<Response> {
  const url = new URL(`/api/v1/recordings${query}`, api.url);
  return await fetch(url, { method: 'POST', headers: USER, body: formOf(files) });
}

const nameAt = (second: number) => NAME.replace('1774000000', String(1_774_000_000 + second));

test('a request of which one file is too large leaves none of the others', async () => {
  const api = await startApi({ maxFileBytes: 1000, syncWaitMs: 200 });
  const answer = await post(api, { [nameAt(0)]: 'a', [nameAt(1)]: 'b', [nameAt(2)]: 'x'.repeat(2000) });
  expect(answer.status).toBe(413);
  expect(await contentsOf(api.blobFolder)).toEqual([]);
});

test('a request that breaks off after some of its files leaves nothing', async () => {
  const api = await startApi();
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const part = (second: number) =>
    `--B\r\ncontent-disposition: form-data; name="files"; filename="${nameAt(second)}"\r\n\r\n${'x'.repeat(5000)}${second}\r\n`;
  socket.write(
    'POST /api/v1/recordings HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=B\r\n' +
      `content-length: 100000\r\n\r\n${part(0)}${part(1)}${part(2).slice(0, 3000)}`,
  );
  await until(
    'two stored files and a third under way',
    async () => (await contentsOf(api.blobFolder)).length === 3,
  );
  socket.destroy();
  await until('nothing of it', async () => (await contentsOf(api.blobFolder)).length === 0);
});

test('an upload while the database is away leaves nothing', async () => {
  const api = await startApi();
  await api.cutDatabase();
  expect((await post(api, { [NAME]: 'a' })).status).toBe(503);
  expect(await contentsOf(api.blobFolder)).toEqual([]);
  await api.healDatabase();
});

test('what was deleted is answered as deleted, and what a deleted person sends is refused; nothing stays', async () => {
  const api = await startApi();
  const first = (await (await post(api, { [NAME]: 'a' })).json()) as { files: { recordingId: string }[] };
  const at = new URL(`/api/v1/recordings/${first.files[0]?.recordingId}`, api.url);
  expect((await fetch(at, { method: 'DELETE', headers: USER })).status).toBe(204);
  expect(await contentsOf(api.blobFolder)).toEqual([]);
  const again = await post(api, { [NAME]: 'a', [nameAt(1)]: 'b' });
  expect(await again.json()).toMatchObject({ files: [{ outcome: 'deleted' }, { outcome: 'waiting' }] });
  expect(await contentsOf(api.blobFolder)).toHaveLength(1);
  const me = new URL('/api/v1/me', api.url);
  expect((await fetch(me, { method: 'DELETE', headers: USER })).status).toBe(204);
  expect(await contentsOf(api.blobFolder)).toEqual([]);
  for (const files of [{ [NAME]: 'a' }, { [NAME]: 'news' }])
    expect((await post(api, files)).status).toBe(403);
  expect(await contentsOf(api.blobFolder)).toEqual([]);
});

test('a person who is deleted beside their own uploads, retries and deletions leaves nothing, and nobody meets a 500', async () => {
  const api = await startApi();
  const answers = new Map<number, number>();
  const note = ({ status }: Response) => void answers.set(status, (answers.get(status) ?? 0) + 1);
  const remove = async (path: string) =>
    note(await fetch(new URL(path, api.url), { method: 'DELETE', headers: USER }));
  for (let round = 0; round < 4; round++) {
    const kept = (await (
      await post(api, { [nameAt(0)]: `kept ${round}`, [nameAt(1)]: 'also' }, '?restore=true')
    ).json()) as { id: string; files: { recordingId: string }[] };
    const [one, two] = kept.files.map(({ recordingId }) => recordingId);
    const uploads = Array.from({ length: 12 }, async (_, index) =>
      note(await post(api, { [nameAt(index)]: `${round}/${index}`, [nameAt(100)]: 'shared' })),
    );
    const others = [
      remove(`/api/v1/recordings/${one}`),
      fetch(new URL(`/api/v1/recordings/${two}/retry`, api.url), { method: 'POST', headers: USER }).then(
        note,
      ),
      fetch(new URL(`/api/v1/uploads/${kept.id}/cancel`, api.url), { method: 'POST', headers: USER }).then(
        note,
      ),
    ];
    await Promise.all([...uploads, ...others, remove('/api/v1/me')]);
    for (const table of ['recordings', 'uploads', 'turns', 'blobs', 'segments'] as const)
      expect(await api.db.selectFrom(table).selectAll().execute()).toEqual([]);
    expect(await contentsOf(api.blobFolder)).toEqual([]);
  }
  expect([...answers.keys()].filter((status) => ![200, 202, 204, 403, 404].includes(status))).toEqual([]);
}, 60_000);
