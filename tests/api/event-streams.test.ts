/** The routes of event streams over real HTTP: snapshots, replays, ends, tokens, slow readers and proxies. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { noteRecording } from '../../src/events/note.ts';
import { lastNumber } from '../../src/events/read.ts';
import { StreamTokens } from '../../src/events/token.ts';
import { linkIdentity, personOf } from '../../src/sign-in/identities.ts';
import { createKey, revokeKey } from '../../src/sign-in/keys.ts';
import { beginSession } from '../../src/sign-in/sessions.ts';
import type { Database } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { until } from '../engine/fixtures/scene.ts';
import { formOf, NAME, secret, startApi } from '../support/api.ts';

const ADA = { 'x-afterword-user': 'ada' };

/** Opens a stream and collects what comes. */
async function open(address: string, headers: Record<string, string> = ADA) {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const response = await fetch(address, { headers, signal: over.signal });
  const events: EventSourceMessage[] = [];
  const state = { ended: false, bytes: 0 };
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      state.bytes += chunk.length;
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  })().catch(() => {});
  void reading.then(() => {
    state.ended = true;
  });
  return {
    response,
    events,
    state,
    close: () => over.abort(),
    types: () => events.map(({ event }) => event),
  };
}

async function tell(db: Database, userId: string, id: string, times = 1): Promise<void> {
  for (let n = 0; n < times; n++) await inTransaction(db, async (tx) => noteRecording(tx, userId, id));
}

async function scene() {
  const api = await startApi();
  const post = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: ADA,
    body: formOf({ [NAME]: 'a' }),
  });
  const upload = (await post.json()) as { id: string; files: { recordingId: string }[] };
  const recordingId = upload.files[0]?.recordingId ?? '';
  const finish = async () =>
    await inTransaction(api.db, async (tx) => {
      await sql`UPDATE recordings SET outcome = 'silent', finished_at_ms = 1 WHERE id = ${recordingId}`.execute(
        tx,
      );
      noteRecording(tx, 'ada', recordingId);
    });
  return { api, upload, recordingId, finish };
}

it('goes on from the number that a read tells on request, without a snapshot', async () => {
  const { api, recordingId } = await scene();
  const read = async (prefer: string, headers: Record<string, string> = ADA) => {
    const answer = await fetch(`${api.url}/api/v1/uploads`, { headers: { ...headers, prefer } });
    await answer.text();
    return answer.headers.get('event-number');
  };
  expect(await read('wait=0')).toBeNull();
  const number = await read('wait=0, event-number');
  expect(number).toBe('1');
  // Of somebody of whom nothing is known yet.
  expect(await read('event-number', { 'x-afterword-user': 'new' })).toBe('0');
  await tell(api.db, 'ada', recordingId, 2);
  const { events } = await open(`${api.url}/api/v1/events`, { ...ADA, 'last-event-id': number ?? '' });
  await until('what has changed since', () => events.length === 2);
  expect(events.map(({ id }) => id)).toEqual(['2', '3']);
});

it('begins with a snapshot, goes on with what happens, and replays exactly what was missed', async () => {
  const { api, recordingId } = await scene();
  const first = await open(`${api.url}/api/v1/events`);
  expect(first.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(first.response.headers.get('x-accel-buffering')).toBe('no');
  await until('a snapshot', () => first.events.length === 1);
  expect(first.events[0]).toMatchObject({ event: 'snapshot', id: '1' });
  expect(JSON.parse(first.events[0]?.data ?? '').underWay.recordings).toMatchObject([{ id: recordingId }]);
  await tell(api.db, 'ada', recordingId, 3);
  await until('three events', () => first.events.length === 4);
  first.close();
  const again = await open(`${api.url}/api/v1/events`, { ...ADA, 'last-event-id': '2' });
  await until('two events', () => again.events.length === 2);
  expect(again.events.map(({ id }) => id)).toEqual(['3', '4']);
  expect(again.events).toEqual(first.events.slice(2));
  // What does not exist any more, or not yet, gets a snapshot.
  await sql`DELETE FROM events WHERE number < 3`.execute(api.db);
  for (const lastEventId of [1, 99]) {
    const late = await open(`${api.url}/api/v1/events?lastEventId=${lastEventId}`);
    await until('a snapshot', () => late.events.length === 1);
    expect(late.events[0]).toMatchObject({ event: 'snapshot', id: '4' });
  }
});

it('an upload has a stream of its own that ends when it is done, and then answers 204', async () => {
  const { api, upload, finish } = await scene();
  const other = await fetch(`${api.url}/api/v1/recordings`, {
    method: 'POST',
    headers: ADA,
    body: formOf({ [NAME.replace('1774000000', '1774000060')]: 'b' }),
  });
  expect(other.status).toBe(202);
  const stream = await open(`${api.url}/api/v1/uploads/${upload.id}/events?lastEventId=0`);
  await finish();
  await until('the end', () => stream.state.ended);
  expect(stream.types()).toEqual(['recording.accepted', 'recording.completed', 'upload.done']);
  const last = stream.events.at(-1)?.id ?? '';
  const after = await open(`${api.url}/api/v1/uploads/${upload.id}/events`, {
    ...ADA,
    'last-event-id': last,
  });
  expect(after.response.status).toBe(204);
  const anew = await open(`${api.url}/api/v1/uploads/${upload.id}/events`);
  await until('the end', () => anew.state.ended);
  expect(anew.types()).toEqual(['snapshot']);
  expect(JSON.parse(anew.events[0]?.data ?? '')).toMatchObject({ status: 'done' });
  const stranger = await open(`${api.url}/api/v1/uploads/${upload.id}/events`, { 'x-afterword-user': 'bo' });
  expect(stranger.response.status).toBe(404);
});

it('a token opens a stream for a minute and nothing else, at every api process', async () => {
  const { api, upload, recordingId } = await scene();
  const asked = await fetch(`${api.url}/api/v1/events/token`, { method: 'POST', headers: ADA });
  const { token } = (await asked.json()) as { token: string };
  const stream = await open(`${api.url}/api/v1/events?token=${token}`, {});
  await until('a snapshot', () => stream.events.length === 1);
  await tell(api.db, 'ada', recordingId);
  await until('an event', () => stream.events.length === 2);
  const read = await fetch(`${api.url}/api/v1/recordings/${recordingId}?token=${token}`, {
    headers: { 'x-afterword-user': 'bo' },
  });
  expect(read.status).toBe(404);
  for (const wrong of [`${token}x`, token.slice(1), 'a.b', '', token.replace('.', '..')])
    expect((await open(`${api.url}/api/v1/uploads/${upload.id}/events?token=${wrong}`)).response.status).toBe(
      401,
    );
  const elsewhere = new StreamTokens(api.db);
  expect(await elsewhere.read(token)).toMatchObject({ userId: 'ada' });
  expect(await elsewhere.read(token, Date.now() + 61_000)).toBeNull();
});

it('a reader who does not read holds up nobody, and gets a snapshot when it reads again', async () => {
  const { api, recordingId } = await scene();
  const { port } = new URL(api.url);
  const slow = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void slow.destroy());
  let text = '';
  slow.setEncoding('utf8');
  slow.write('GET /api/v1/events?padding=60000 HTTP/1.1\r\nhost: localhost\r\nx-afterword-user: ada\r\n\r\n');
  await until('a snapshot', () => {
    text += slow.read() ?? '';
    return text.includes('event: snapshot');
  });
  // Nothing is read from now on: the buffers of both sides fill with padding, and then the ring overflows.
  slow.pause();
  const quick = await open(`${api.url}/api/v1/events`);
  await until('a snapshot', () => quick.events.length === 1);
  await tell(api.db, 'ada', recordingId, 700);
  const last = await lastNumber(api.db, 'ada');
  await until('all of it', () => quick.events.at(-1)?.id === String(last));
  expect(quick.events).toHaveLength(701);
  slow.on('data', (chunk) => {
    text += chunk;
  });
  slow.resume();
  await until('another snapshot', () => text.split('event: snapshot').length === 3, 30_000);
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(ids.at(-1)).toBe(last);
  expect(ids.length).toBeLessThan(700);
});

it('comes through a proxy that hands on full buffers only', async () => {
  const { api, recordingId } = await scene();
  const BUFFER = 8_192;
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(api.url).port), '127.0.0.1');
    let held = Buffer.alloc(0);
    client.on('data', (chunk) => upstream.write(chunk)).on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => client.destroy());
    upstream.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      const full = held.length - (held.length % BUFFER);
      client.write(held.subarray(0, full));
      held = held.subarray(full);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const stream = await open(`http://127.0.0.1:${port}/api/v1/events?padding=${BUFFER}`);
  await until('a snapshot', () => stream.events.length === 1);
  for (let n = 2; n < 6; n++) {
    await tell(api.db, 'ada', recordingId);
    await until('one event more', () => stream.events.length === n);
  }
});

it('ends when what let its reader in has ended, and no token brings it back', async () => {
  const { api, as } = await signedInScene();
  const { url, db } = api;
  const [keyed, lent, seated, gone, other] = [
    await open(`${url}/api/v1/events`, as.key),
    await open(`${url}/api/v1/events?token=${await tokenOf(url, as.key)}`, {}),
    await open(`${url}/api/v1/events`, as.session),
    await open(`${url}/api/v1/events`, as.gone),
    await open(`${url}/api/v1/events`, as.other),
  ];
  for (const stream of [keyed, lent, seated, gone, other])
    await until('a snapshot', () => stream.events.length === 1);
  const token = await tokenOf(url, as.key);
  await revokeKey(db, 'ada', as.keyId);
  await until('the end of the key', () => keyed.state.ended && lent.state.ended);
  expect((await fetch(`${url}/api/v1/events?token=${token}`)).status).toBe(401);
  expect([seated.state.ended, gone.state.ended, other.state.ended]).toEqual([false, false, false]);
  await db.deleteFrom('sessions').execute();
  await until('the end of the session', () => seated.state.ended);
  const deleted = await fetch(`${url}/api/v1/me`, { method: 'DELETE', headers: as.gone });
  expect(deleted.status).toBe(204);
  await until('the end of the person', () => gone.state.ended);
  expect(other.state.ended).toBe(false);
});

/** Ada by a key and by a session, and two others. */
async function signedInScene() {
  const oidc = { issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: undefined };
  const api = await startApi({ modes: ['keys', 'oidc'], singleUser: false, oidc });
  const keyOf = async (userId: string) => {
    const wanted = { userId, name: 'x', scopes: ['operate'] as const, expiresAtMs: null };
    const { key, token } = await createKey(api.db, secret.keyFor('api keys'), wanted, 'UTC');
    return { id: key.id, headers: { authorization: `Bearer ${token}` } };
  };
  const [key, gone, other] = [await keyOf('ada'), await keyOf('bob'), await keyOf('cy')];
  const proof = { issuer: 'https://a.example', subject: 'ada', label: null, email: null };
  await linkIdentity(api.db, 'ada', proof, 'UTC');
  const known = await personOf(api.db, proof, 'UTC');
  const browser = { agent: undefined, before: undefined };
  const cookie = `afterword=${await beginSession(api.db, secret.keyFor('sessions'), known, browser)}`;
  const as = {
    key: key.headers,
    keyId: key.id,
    session: { cookie },
    gone: gone.headers,
    other: other.headers,
  };
  return { api, as };
}

async function tokenOf(url: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${url}/api/v1/events/token`, { method: 'POST', headers });
  return ((await answer.json()) as { token: string }).token;
}
