/** Each bound refuses before anything is promised, with a reason and a time, and one person's bound is nobody else's. */
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Bounds } from '../../src/bounds/bounds.ts';
import { formOf, NAME, startApi } from '../support/api.ts';

const NONE: Bounds = {
  requestsPerMinute: null,
  bytesUnderWay: null,
  storedBytes: null,
  queuedMs: null,
  languageCallsPerDay: null,
};

async function bounded(bounds: Partial<Bounds>) {
  const api = await startApi({ bounds: { ...NONE, ...bounds } });
  let sent = 0;
  const send = async (user: string, bytes: number, content = `${sent++}`) => {
    const body = content.padEnd(bytes, 'x');
    const headers = { 'x-afterword-user': user, 'content-type': 'audio/wav' };
    return await fetch(`${api.url}/api/v1/recordings?name=${NAME}`, { method: 'POST', headers, body });
  };
  const sendToOmi = async (user: string, bytes: number) =>
    await fetch(`${api.url}/v2/sync-local-files`, {
      method: 'POST',
      headers: { 'x-afterword-user': user },
      body: formOf({ [NAME]: `${sent++}`.padEnd(bytes, 'x') }),
    });
  return { ...api, send, sendToOmi };
}

async function expectRefusal(response: Response, status: number, code: string) {
  const body = (await response.json()) as { code: string; retryable?: boolean };
  expect({ status: response.status, code: body.code }).toEqual({ status, code });
  const after = Number(response.headers.get('retry-after'));
  const [, more] = /;t=(\d+)$/.exec(response.headers.get('ratelimit') ?? '') ?? [];
  expect(after).toBeGreaterThan(0);
  expect(after).toBeGreaterThanOrEqual(Number(more));
  expect(response.headers.get('ratelimit-policy')).toMatch(/^"[a-z-]+";q=\d+/);
  return body;
}

it('refuses requests beyond the bound with the fields that tell it, and tells them on the others too', async () => {
  const { url, send, sendToOmi } = await bounded({ requestsPerMinute: 12 });
  const first = await send('ana', 10);
  expect([first.status, first.headers.get('ratelimit')]).toEqual([202, '"requests";r=1;t=1']);
  expect((await send('ana', 10)).status).toBe(202);
  expect(await expectRefusal(await send('ana', 10), 429, 'too_many_requests')).toMatchObject({
    retryable: true,
  });
  const omi = await sendToOmi('ana', 10);
  await expectRefusal(omi, 429, 'too_many_requests');
  expect(omi.headers.get('x-omi-rate-limit-reason')).toBe('backfill_paced');
  expect((await send('ben', 10)).status).toBe(202);
  // Whoever watches the server is no person.
  for (let look = 0; look < 5; look++) expect((await fetch(`${url}/health`)).status).toBe(200);
});

it('refuses an upload while too many bytes of its person are being received, before its body is read', async () => {
  const { url, send, blobFolder } = await bounded({ bytesUnderWay: 1000 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/recordings?name=${NAME} HTTP/1.1\r\nhost: localhost\r\ncontent-type: audio/wav\r\n` +
      'x-afterword-user: ana\r\ncontent-length: 900\r\n\r\nx',
  );
  await expect.poll(() => readdir(`${blobFolder}/incoming`)).toHaveLength(1);
  await expectRefusal(await send('ana', 101), 429, 'too_much_under_way');
  expect((await send('ana', 100)).status).toBe(202);
  expect((await send('ben', 5000)).status).toBe(202);
  socket.write('x'.repeat(899));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 202/);
  expect((await send('ana', 5000)).status).toBe(202);
});

it('keeps no more than one person’s space, however many uploads come at once, and loses nothing accepted', async () => {
  const { send, sendToOmi, db, url, blobFolder } = await bounded({ storedBytes: 1000 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('ana', 100)));
  const accepted = answers.filter(({ status }) => status === 202);
  expect(accepted).toHaveLength(10);
  for (const refused of answers.filter(({ status }) => status !== 202))
    await expectRefusal(refused, 507, 'space_used_up');
  const rows = await db.selectFrom('recordings').select('id').execute();
  expect(rows).toHaveLength(10);
  expect(await readdir(`${blobFolder}/incoming`)).toEqual([]);
  // In Omi's words: 413 would make its app give the file up.
  const omi = await sendToOmi('ana', 10);
  await expectRefusal(omi, 503, 'space_used_up');
  expect(omi.headers.get('x-omi-rate-limit-reason')).toBe('backfill_capacity');
  expect((await send('ben', 900)).status).toBe(202);
  const me = await fetch(`${url}/api/v1/me`, { headers: { 'x-afterword-user': 'ana' } });
  expect(await me.json()).toMatchObject({ bounds: { storedBytes: { used: 1000, most: 1000 } } });
  // Whoever makes room has it.
  const headers = { 'x-afterword-user': 'ana' };
  await fetch(`${url}/api/v1/recordings/${rows[0]?.id}`, { method: 'DELETE', headers });
  expect((await send('ana', 100)).status).toBe(202);
});

it('takes what is here already once more, also when there is no room', async () => {
  const { send } = await bounded({ storedBytes: 1000 });
  expect((await send('ana', 900, 'same')).status).toBe(202);
  expect((await send('ana', 900, 'same')).status).toBe(202);
  await expectRefusal(await send('ana', 900, 'other'), 507, 'space_used_up');
  expect((await send('ana', 100, 'full')).status).toBe(202);
  expect((await send('ana', 900, 'same')).status).toBe(202);
  await expectRefusal(await send('ana', 1, 'y'), 507, 'space_used_up');
});

it('refuses what would wait beyond the bound, and takes more when that is transcribed', async () => {
  // 3 bytes of Opus are a millisecond.
  const { send, sendToOmi, db } = await bounded({ queuedMs: 1000 });
  expect((await send('ana', 2700)).status).toBe(202);
  await expectRefusal(await send('ana', 2700), 429, 'too_much_queued');
  const omi = await sendToOmi('ana', 2700);
  await expectRefusal(omi, 429, 'too_much_queued');
  expect(omi.headers.get('x-omi-rate-limit-reason')).toBe('backfill_capacity');
  await db.updateTable('recordings').set({ outcome: 'completed', finished_at_ms: Date.now() }).execute();
  expect((await send('ana', 2700)).status).toBe(202);
});

it('says the same again at once to whoever ignores it, and to nobody else', async () => {
  const { url, send, sendToOmi } = await bounded({ requestsPerMinute: 12 });
  const filling = await Promise.all(Array.from({ length: 5 }, () => send('ana', 10)));
  const first = filling.find(({ status }) => status === 429) ?? expect.unreachable();
  const again = await Promise.all(Array.from({ length: 20 }, () => send('ana', 10)));
  const { requestId: _, ...told } = (await first.json()) as Record<string, unknown>;
  const changing = new Set(['date', 'retry-after', 'ratelimit']);
  const headersOf = ({ headers }: Response) => [...headers].filter(([name]) => !changing.has(name));
  const refused = again.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(15);
  const ids = new Set<unknown>();
  for (const one of refused) {
    expect(headersOf(one)).toEqual(headersOf(first));
    const body = await expectRefusal(one, 429, 'too_many_requests');
    expect(body).toMatchObject(told);
    ids.add((body as { requestId?: string }).requestId);
  }
  // Nothing was set up for most of them.
  expect(ids.size).toBeLessThan(refused.length / 2);
  // Each route in its own words, each person for themselves, and what was wrong before is still wrong.
  const omi = await sendToOmi('ana', 10);
  expect(await omi.json()).toEqual({ detail: expect.any(String), code: 'too_many_requests' });
  expect((await send('ben', 10)).status).toBe(202);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const longDevice = { 'x-afterword-user': 'ana', 'x-device-id-hash': 'x'.repeat(300) };
  const unclear = await fetch(`${url}/api/v1/recordings?name=${NAME}`, {
    method: 'POST',
    headers: longDevice,
  });
  expect(unclear.status).toBe(401);
  const counted = await (await fetch(`${url}/metrics`)).text();
  const [, count] =
    /^afterword_requests_refused_total\{code="too_many_requests"\} (\d+)/m.exec(counted) ?? [];
  expect(Number(count)).toBeGreaterThanOrEqual(refused.length + 2);
  // It holds no longer than the bound itself.
  await expect.poll(async () => (await send('ana', 10)).status, { timeout: 20_000 }).toBe(202);
});
