/** The body of a request as it is read: over a real connection, whose client may do as it likes. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BodyReader } from '../../src/api/body-reader.ts';

async function begin(headers: string): Promise<{ raw: IncomingMessage; client: Socket }> {
  const server = createServer({ highWaterMark: 256 * 1024 });
  server.listen(0);
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port);
  client.on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const asked = once(server, 'request');
  client.write(`POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`);
  const [raw] = (await asked) as [IncomingMessage];
  return { raw, client };
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('gives all bytes in their order, and frees a chunk when the next one is asked for', async () => {
  const content = randomBytes(3_000_001);
  const { raw, client } = await begin(`content-length: ${content.byteLength}`);
  client.write(content);
  const hash = createHash('sha256');
  let before: Uint8Array | null = null;
  let freed = 0;
  for await (const chunk of new BodyReader(raw)) {
    if (before?.byteLength === 0) freed += 1;
    hash.update(chunk);
    before = chunk;
  }
  expect(hash.digest('hex')).toBe(hashOf(content));
  expect(freed).toBeGreaterThan(20);
  expect(raw.complete).toBe(true);
});

test('an empty body ends at once, also when it has ended before', async () => {
  const { raw } = await begin('content-length: 0');
  expect(await new BodyReader(raw).next()).toMatchObject({ done: true });
  raw.resume();
  expect(await new BodyReader(raw).next()).toMatchObject({ done: true });
});

test('a connection that breaks is told after what came before it, and once', async () => {
  const { raw, client } = await begin('content-length: 1000');
  client.write(Buffer.alloc(600, 1));
  const body = new BodyReader(raw);
  const first = await body.next();
  expect(first.value).toHaveLength(600);
  client.destroy();
  await expect(body.next()).rejects.toMatchObject({
    code: expect.stringMatching(/^(ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/),
  });
  expect(await body.next()).toMatchObject({ done: true });
  // Whoever begins to read it now learns it too.
  await expect(new BodyReader(raw).next()).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
});

test('nobody who reads: the sender is stopped, and little is held', async () => {
  const { raw, client } = await begin('transfer-encoding: chunked');
  const body = new BodyReader(raw);
  const block = Buffer.alloc(65_536, 1);
  const frame = Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')]);
  // The buffers of both ends of the connection, some MB, are filled in the end.
  while (client.writableLength < 8 * frame.byteLength) {
    client.write(frame);
    await new Promise((done) => setImmediate(done));
  }
  await expect.poll(() => raw.isPaused()).toBe(true);
  expect(raw.readableLength).toBeLessThanOrEqual(512 * 1024);
  client.end('0\r\n\r\n');
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.byteLength;
  expect(bytes % 65_536).toBe(0);
  expect(bytes).toBeGreaterThan(8 * 65_536);
});

test('a reader that leaves lets the rest be read away, and the connection live', async () => {
  const { raw, client } = await begin('content-length: 5000000');
  client.write(Buffer.alloc(5_000_000, 2));
  const body = new BodyReader(raw);
  await body.next();
  await body.return();
  expect(await body.next()).toMatchObject({ done: true });
  raw.resume();
  await once(raw, 'end');
  expect(raw.socket.destroyed).toBe(false);
});

test('a chunk that is refused is not given, and the error comes after those before it', async () => {
  const { raw, client } = await begin('content-length: 200000');
  client.write(Buffer.alloc(200_000, 3));
  let came = 0;
  const body = new BodyReader(raw, (chunk) => {
    came += chunk.byteLength;
    return came > 100_000 ? new Error('too much') : null;
  });
  let given = 0;
  const all = async () => {
    for await (const chunk of body) given += chunk.byteLength;
  };
  await expect(all()).rejects.toThrow('too much');
  expect(given).toBeLessThanOrEqual(100_000);
});
