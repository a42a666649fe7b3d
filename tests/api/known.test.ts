import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { formOf, NAME, startApi } from '../support/api.ts';

const hashOf = (content: string) => createHash('sha256').update(content).digest('hex');

it('answers from the recordings of the person who asks, and teaches nothing of others’ and of deleted ones', async () => {
  const { url, db } = await startApi();
  const as = (user: string) => ({ 'x-afterword-user': user });
  const send = async (user: string, content: string) => {
    const body = formOf({ [NAME]: content });
    const response = await fetch(`${url}/api/v1/recordings`, { method: 'POST', headers: as(user), body });
    const upload = (await response.json()) as { files: { recordingId: string }[] };
    return upload.files[0]?.recordingId;
  };
  const known = async (user: string, ...contents: string[]) => {
    const headers = { ...as(user), 'content-type': 'application/json' };
    const body = JSON.stringify({ sha256: contents.map(hashOf) });
    const response = await fetch(`${url}/api/v1/recordings/known`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    return (await response.json()) as unknown;
  };
  const mine = await send('anna', 'mine');
  const gone = await send('anna', 'gone');
  await send('ben', 'of ben');
  await fetch(`${url}/api/v1/recordings/${gone}`, { method: 'DELETE', headers: as('anna') });
  const before = await db.selectFrom('recordings').selectAll().orderBy('id').execute();

  const answer = await known('anna', 'mine', 'mine', 'gone', 'of ben', 'of nobody');
  expect(answer).toEqual({ known: [{ sha256: hashOf('mine'), recordingId: mine, outcome: 'waiting' }] });
  // What is asked in vain is answered alike, whether it exists or not.
  for (const content of ['gone', 'of ben', 'of nobody'])
    expect(await known('anna', content)).toEqual({ known: [] });
  expect(await known('eve', 'mine', 'of ben')).toEqual({ known: [] });
  expect(await db.selectFrom('recordings').selectAll().orderBy('id').execute()).toEqual(before);
});

it('refuses more than 500 hashes at once, and what is no hash', async () => {
  const { url } = await startApi();
  const ask = (sha256: string[]) =>
    fetch(`${url}/api/v1/recordings/known`, {
      method: 'POST',
      headers: { 'x-afterword-user': 'anna', 'content-type': 'application/json' },
      body: JSON.stringify({ sha256 }),
    });
  const hashes = Array.from({ length: 501 }, (_, at) => hashOf(String(at)));
  expect((await ask(hashes.slice(1))).status).toBe(200);
  expect((await ask(hashes)).status).toBe(400);
  expect((await ask(['not a hash'])).status).toBe(400);
  expect((await ask([])).status).toBe(400);
});
