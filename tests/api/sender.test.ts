import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviceOf, gatewayUserOf } from '../../src/api/sender.ts';
import { readConfig } from '../../src/config.ts';
import { formOf, NAME, startApi } from '../support/api.ts';
import { rawRequest } from '../support/raw-request.ts';

/** What becomes of the two headers where a gateway says who is asking. */
const readSender = (rawHeaders: string[], singleUser: boolean) => ({
  userId: gatewayUserOf(rawHeaders) ?? (singleUser ? 'local' : null),
  deviceId: deviceOf(rawHeaders),
});
const bytes = (value: string) => Buffer.from(value).toString('latin1');
const asks = (...users: string[]) =>
  readSender(
    users.flatMap((user) => ['X-AFTERWORD-USER', bytes(user)]),
    true,
  );

it.each([
  'auth0|64f1',
  'ana+work@example.com',
  'ÅsaÖ',
  'Анна',
  '小林 明',
  '👩‍🔬🎙️',
  'می‌خواهم',
  'a/b?c=d#e%20',
  "o'brien",
  '<script>',
  'x'.repeat(256),
  '🎙'.repeat(256),
])('takes %s as one person', (user) => {
  expect(asks(user)).toEqual({ userId: user, deviceId: 'default' });
});

it.each([
  ['nothing', bytes('')],
  ['a blank', bytes(' ')],
  ['a tab', bytes('a\tb')],
  ['a control character', bytes('a\u0085b')],
  ['a line separator', bytes('a\u2028b')],
  ['what cannot be seen', bytes('ana\u200b')],
  ['a change of direction', bytes('ana\u202e')],
  ['a byte order mark', bytes('\ufeffana')],
  ['a private character', bytes('\ue000')],
  ['257 characters', bytes('x'.repeat(257))],
  ['latin1', 'ÅsaÖ'],
  ['half of a character', 'ana\xc3'],
  ['half of a surrogate pair', '\xed\xa0\xbd'],
])('refuses %s as a person and as a device, and takes it for nobody else', (_what, value) => {
  for (const header of ['x-afterword-user', 'x-device-id-hash']) {
    expect(() => readSender([header, value], true)).toThrow(
      expect.objectContaining({ code: 'sender_unclear' }),
    );
  }
});

it('refuses a header that was sent twice, also with the same value', () => {
  expect(() => asks('ana', 'ben')).toThrow(/more than once/);
  expect(() => asks('ana', 'ana')).toThrow(/more than once/);
});

it('takes composed and decomposed letters for the same person', () => {
  expect(asks('A\u030asa')).toEqual(asks('Åsa'));
});

it('gives two people the same id only if they are written alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      const [first, second] = [one, other].map((user) => {
        try {
          return asks(user).userId;
        } catch {
          return null;
        }
      });
      if (first === null || second === null) return;
      expect(first === second).toBe(one.normalize('NFC') === other.normalize('NFC'));
    }),
  );
});

it('reads and deletes nothing of one person for another', async () => {
  const { url } = await startApi();
  const people = ['auth0|64f1', 'auth0|64f2', 'ana+work@example.com', 'ana+home@example.com', 'ÅsaÖ', 'ÅsaÄ'];
  for (const user of people) {
    const sent = await fetch(`${url}/api/v1/recordings`, {
      method: 'POST',
      headers: { 'x-afterword-user': bytes(user) },
      body: formOf({ [NAME]: `of ${user}` }),
    });
    expect(sent.status).toBe(202);
  }
  await fetch(`${url}/api/v1/me`, { method: 'DELETE', headers: { 'x-afterword-user': bytes('ÅsaÄ') } });
  for (const user of people) {
    const list = await fetch(`${url}/api/v1/recordings`, { headers: { 'x-afterword-user': bytes(user) } });
    const { recordings } = (await list.json()) as { recordings: unknown[] };
    expect(recordings, user).toHaveLength(user === 'ÅsaÄ' ? 0 : 1);
  }
});

it('demands the header outside loopback, unless one person has the server for themselves', () => {
  expect(readConfig({}).singleUser).toBe(true);
  expect(readConfig({ AFTERWORD_HOST: '0.0.0.0' }).singleUser).toBe(false);
  expect(readConfig({ AFTERWORD_HOST: '::1' }).singleUser).toBe(true);
  expect(readConfig({ AFTERWORD_HOST: '0.0.0.0', AFTERWORD_SINGLE_USER: 'true' }).singleUser).toBe(true);
  expect(readConfig({ AFTERWORD_SINGLE_USER: 'false' }).singleUser).toBe(false);
});

it('answers 401 on every route to whoever does not say who it is, and tells how it stands to anybody', async () => {
  const { url } = await startApi({ singleUser: false });
  for (const [method, path] of [
    ['GET', '/api/v1/recordings'],
    ['POST', `/api/v1/recordings?name=${NAME}`],
    ['DELETE', '/api/v1/me'],
    ['GET', '/api/v1/conversations'],
    ['GET', '/api/v1/usage'],
    ['POST', '/v2/sync-local-files'],
  ] as const) {
    const refused = await rawRequest(`${url}${path}`, { method, body: method === 'POST' ? 'x' : '' });
    expect([refused.status, JSON.parse(refused.body)], path).toEqual([
      401,
      expect.objectContaining({ code: 'user_missing', detail: expect.any(String) }),
    ]);
    const twice: [string, string][] = [
      ['X-Afterword-User', 'ana'],
      ['x-afterword-user', 'ben'],
    ];
    expect(
      JSON.parse((await rawRequest(`${url}${path}`, { method, headers: twice })).body),
      path,
    ).toMatchObject({
      code: 'sender_unclear',
    });
  }
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/api/v1/usage`, { headers: { 'x-afterword-user': 'ana' } })).status).toBe(200);
});

it.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'http_broken'],
  [
    '17 kB of headers',
    `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
])('answers %s with a problem, and closes the connection', async (_what, sent, status, code) => {
  const { url } = await startApi();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(sent);
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain(`"code":"${code}"`);
});
