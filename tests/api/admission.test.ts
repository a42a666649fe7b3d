/** Who may bring audio is decided before it is read, and reads go on beside. */
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { NAME, startApi } from '../support/api.ts';

const HEAD = (user: string, length: number, more = '') =>
  `POST /api/v1/recordings?name=${NAME} HTTP/1.1\r\nhost: localhost\r\ncontent-type: audio/wav\r\n` +
  `x-afterword-user: ${user}\r\ncontent-length: ${length}\r\n${more}\r\n`;

async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function answerOn(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

it('sends away a person whose bodies take half of all there is, before theirs is read, and nobody else', async () => {
  const { url, blobFolder } = await startApi();
  for (let body = 0; body < 100; body++) (await open(url)).write(`${HEAD('ana', 1000)}x`);
  await expect.poll(() => readdir(`${blobFolder}/incoming`), { timeout: 20_000 }).toHaveLength(100);
  const late = await open(url);
  late.write(`${HEAD('ana', 1000, 'expect: 100-continue\r\n')}`);
  const refusal = answerOn(late);

  const other = await open(url);
  other.write(HEAD('ben', 3, 'expect: 100-continue\r\n'));
  expect(await answerOn(other)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  other.write('abc');
  expect(await answerOn(other)).toMatch(/^HTTP\/1.1 202 /);
  for (const path of ['/health/live', '/api/v1/recordings', '/api/v1/conversations']) {
    expect((await fetch(`${url}${path}`)).status, path).toBe(200);
  }

  expect(await refusal).toMatch(
    /^HTTP\/1.1 503 [\s\S]*retry-after: \d+[\s\S]*connection: close[\s\S]*"code":"busy"/,
  );
  expect(await readdir(`${blobFolder}/incoming`)).toHaveLength(100);
}, 60_000);

it.each([
  ['of a wrong host', 'POST /api/v1/recordings?name=a.wav HTTP/1.1\r\nhost: evil.example\r\n', 421],
  [
    'of nobody',
    `POST /api/v1/recordings?name=a.wav HTTP/1.1\r\nhost: localhost\r\nx-afterword-user:\r\n`,
    401,
  ],
])('does not ask for the body of a request %s, and closes its connection', async (_what, head, status) => {
  const { url } = await startApi();
  const socket = await open(url);
  socket.write(`${head}content-type: audio/wav\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n`);
  const answer = await answerOn(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('connection: close');
});

it('asks for the body of a route that takes JSON', async () => {
  const { url } = await startApi();
  const socket = await open(url);
  socket.write(
    'PUT /api/v1/conversations/cnv_1/speakers/spk_1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
      'content-length: 14\r\nexpect: 100-continue\r\n\r\n',
  );
  expect(await answerOn(socket)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('{"name":"Ana"}');
  expect(await answerOn(socket)).toMatch(/^HTTP\/1.1 404 /);
});

it('accepts or refuses each of many uploads at once, keeps what it accepted and nothing else, and answers reads', async () => {
  const { url, db, blobFolder } = await startApi();
  const sent = Array.from({ length: 600 }, async (_, number) => {
    const response = await fetch(`${url}/api/v1/recordings?name=${NAME}`, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav', 'x-afterword-user': `user${number % 20}` },
      body: `upload ${number}`,
    });
    if (response.status === 503) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    await response.arrayBuffer();
    return response.status;
  });
  const reads = Array.from({ length: 20 }, async () => (await fetch(`${url}/api/v1/usage`)).status);
  expect(new Set(await Promise.all(reads))).toEqual(new Set([200]));
  const statuses = await Promise.all(sent);
  expect(statuses.every((status) => status === 202 || status === 503)).toBe(true);
  const accepted = statuses.filter((status) => status === 202).length;
  expect(accepted).toBeGreaterThan(0);
  const rows = await db.selectFrom('recordings').select('sha256').execute();
  expect(rows).toHaveLength(accepted);
  const files = await readdir(blobFolder, { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile())).toHaveLength(accepted);
}, 60_000);
