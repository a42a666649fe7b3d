/**
 * Every way in which a request on Omi's routes can be refused: never by a status that its app takes for final, unless no
 * file of it could ever be accepted.
 */
import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { formOf, NAME, startApi, type TestApi } from '../support/api.ts';
import { rawRequest } from '../support/raw-request.ts';

const FINAL = [400, 403, 413];
const BOUNDARY = 'b';
const FORM: [string, string] = ['content-type', `multipart/form-data; boundary=${BOUNDARY}`];
const part = (headers: string, content = 'abc') => `--${BOUNDARY}\r\n${headers}\r\n\r\n${content}\r\n`;
const file = part(`content-disposition: form-data; name="files"; filename="${NAME}"`);
const whole = `${file}--${BOUNDARY}--\r\n`;

interface Sent {
  headers: [string, string][];
  body: string;
}

const CASES: [string, Sent, (status: number) => boolean][] = [
  ['a host that is not ours', { headers: [FORM, ['host', 'evil.example']], body: whole }, (s) => s === 421],
  [
    'a person who is told twice',
    { headers: [FORM, ['x-afterword-user', 'ana'], ['x-afterword-user', 'bob']], body: whole },
    unsure,
  ],
  ['a person that nobody can be', { headers: [FORM, ['x-afterword-user', 'a\u0085b']], body: whole }, unsure],
  [
    'a person of 300 letters',
    { headers: [FORM, ['x-afterword-user', 'a'.repeat(300)]], body: whole },
    unsure,
  ],
  [
    'a phone that is told twice',
    { headers: [FORM, ['x-device-id-hash', 'a'], ['x-device-id-hash', 'b']], body: whole },
    unsure,
  ],
  [
    'a page of another address',
    { headers: [FORM, ['origin', 'https://evil.example'], ['sec-fetch-site', 'cross-site']], body: whole },
    unsure,
  ],
  ['a form that is compressed', { headers: [FORM, ['content-encoding', 'gzip']], body: whole }, unsure],
  ['a form without an end', { headers: [FORM], body: file }, unsure],
  ['a form of another boundary', { headers: [FORM], body: whole.replaceAll('--b', '--c') }, unsure],
  ['a form without a boundary', { headers: [['content-type', 'multipart/form-data']], body: whole }, unsure],
  [
    'a part without a name of its file beside a whole one',
    {
      headers: [FORM],
      body: `${file}${part('content-disposition: form-data; name="files"')}--${BOUNDARY}--\r\n`,
    },
    unsure,
  ],
  ['a part without headers', { headers: [FORM], body: `${file}${part('x: y')}--${BOUNDARY}--\r\n` }, unsure],
  [
    'a part with 90 kB of headers',
    { headers: [FORM], body: `${file}${part(`x-long: ${'a'.repeat(90_000)}`)}--${BOUNDARY}--\r\n` },
    unsure,
  ],
  [
    '600 files',
    {
      headers: [FORM],
      body: `${Array.from({ length: 600 }, (_, at) => file.replace('abc', `abc${at}`)).join('')}--${BOUNDARY}--\r\n`,
    },
    unsure,
  ],
  ['a form of no file', { headers: [FORM], body: `--${BOUNDARY}--\r\n` }, sentAgain],
  ['nothing', { headers: [], body: '' }, sentAgain],
  ['a body that is no form', { headers: [['content-type', 'application/json']], body: '{}' }, sentAgain],
];

test.each(CASES)('%s: the phone keeps its copies', async (_, { headers, body }, isFair) => {
  const api = await startApi();
  for (const version of ['v1', 'v2']) {
    const answer = await rawRequest(`${api.url}/${version}/sync-local-files`, {
      method: 'POST',
      headers,
      body,
    });
    expect(answer.status).toSatisfy(isFair);
    expect(JSON.parse(answer.body)).toMatchObject({ detail: expect.any(String), code: expect.any(String) });
  }
  expect(await recordings(api)).toBe(0);
});

test('a store and a database that fail: the phone comes again', async () => {
  const api = await startApi();
  await rm(api.blobFolder, { recursive: true });
  await writeFile(api.blobFolder, '');
  const send = () =>
    fetch(`${api.url}/v2/sync-local-files`, { method: 'POST', body: formOf({ [NAME]: 'a' }) });
  expect((await send()).status).toBeGreaterThanOrEqual(500);
  await api.cutDatabase();
  expect((await send()).status).toBeGreaterThanOrEqual(500);
});

test('a person who was deleted is told so, and the phone keeps its files until they come back', async () => {
  const api = await startApi();
  const send = () =>
    fetch(`${api.url}/v2/sync-local-files`, { method: 'POST', body: formOf({ [NAME]: 'a' }) });
  expect((await send()).status).toBe(202);
  expect((await fetch(`${api.url}/api/v1/me`, { method: 'DELETE' })).status).toBe(204);
  const refused = await send();
  expect(sentAgain(refused.status)).toBe(true);
  expect(await refused.json()).toMatchObject({ code: 'user_deleted' });
  const back = await fetch(`${api.url}/api/v1/recordings?restore=true`, {
    method: 'POST',
    body: formOf({ [NAME]: 'b' }),
  });
  expect(back.status).toBe(202);
  expect((await send()).status).toBe(202);
});

/** Whatever is wrong with it, or with who sent it: 401, 421, or 500 and more. */
function unsure(status: number): boolean {
  return status === 401 || status === 421 || status >= 500;
}

function sentAgain(status: number): boolean {
  return status >= 400 && !FINAL.includes(status);
}

async function recordings({ db }: TestApi): Promise<number> {
  return (await db.selectFrom('recordings').select('id').execute()).length;
}
