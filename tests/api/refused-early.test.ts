/** A refusal in the middle of a body: it arrives, and the connection it came over goes on to serve. */
import { rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { NAME, startApi } from '../support/api.ts';

const FILE = Buffer.alloc(600_000, 'x');
const BOUNDARY = 'B';
const part = (name: string) =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\n\r\n`),
    FILE,
    Buffer.from('\r\n'),
  ]);
const FORM = Buffer.concat([part(NAME), part(NAME), part(NAME), Buffer.from(`--${BOUNDARY}--\r\n`)]);

test('a refusal reaches a client that closes its connection after it', async () => {
  const api = await startApi({ maxFileBytes: 1000 });
  for (const path of ['/v2/sync-local-files', `/api/v1/recordings?name=${NAME}`]) {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 30000000\r\ncontent-type: x/y\r\n\r\n`,
    );
    for (let sent = 0; sent < 30; sent++) socket.write(Buffer.alloc(1_000_000));
    expect(await text(socket)).toMatch(
      /^HTTP\/1.1 4\d\d [\s\S]*"code":"(part_too_large|body_not_multipart)"/,
    );
  }
});

test.each([
  {
    kind: 'a form of several files',
    path: '/api/v1/recordings',
    type: `multipart/form-data; boundary=${BOUNDARY}`,
  },
  {
    kind: 'a form in Omi’s words',
    path: '/v2/sync-local-files',
    type: `multipart/form-data; boundary=${BOUNDARY}`,
  },
  { kind: 'a raw body', path: `/api/v1/recordings?name=${NAME}`, type: 'application/octet-stream' },
])('$kind is refused, twice over one connection', async ({ path, type }) => {
  const api = await startApi();
  // A store that cannot be written to.
  await rm(api.blobFolder, { recursive: true });
  await writeFile(api.blobFolder, '');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const post = () =>
    new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': FORM.length };
      const sending = request(new URL(path, api.url), {
        method: 'POST',
        agent,
        headers,
        signal: AbortSignal.timeout(5000),
      });
      sending.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      sending.end(FORM);
    });
  expect(await post()).toBe(503);
  expect(await post()).toBe(503);
});
