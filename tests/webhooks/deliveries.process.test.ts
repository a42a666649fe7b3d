/**
 * A whole server tells receivers over real HTTP, whatever they answer and whoever is killed meanwhile. The waits of the schedule
 * come to a day: the test ends each of them in the database, and moves the times of the rows where days have to pass.
 */
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { kill, until } from '../engine/fixtures/scene.ts';
import { childNamed, useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';
import { startReceiver } from './receiver.ts';
import { Subscriber, tableOf, verify } from './subscriber.ts';

const LIMIT_MS = 240_000;
const HOUR_MS = 3_600_000;
const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const STARTED_AT_MS = Date.UTC(2026, 2, 3, 9);

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const receiver = await startReceiver();
const forbidden = await startReceiver('127.0.0.2');
afterAll(async () => {
  await providers.close();
  await receiver.close();
  await forbidden.close();
});

const server = useServer({
  ...deepgramAt(providers.url),
  AFTERWORD_QUIET_MS: '0',
  AFTERWORD_WEBHOOK_NETWORKS: '127.0.0.1',
  AFTERWORD_SECRET_KEY: 'only-the-tests-have-this-key-0123456789',
});

/** As if all waits were over. */
async function endWaits(): Promise<void> {
  await server.query(async (db) => {
    await sql`UPDATE dbos.workflow_status SET delay_until_epoch_ms = 0 WHERE status = 'DELAYED'`.execute(db);
  });
}

const moveBack = (table: string, columns: string[], ms: number, id: string) =>
  server.query(async (db) => {
    const set = columns.map((column) => `${column} = ${column} - ${ms}`).join(', ');
    const key = table === 'webhook_endpoints' ? 'id' : 'endpoint_id';
    await sql.raw(`UPDATE ${table} SET ${set} WHERE ${key} = '${id}'`).execute(db);
  });

const untilSoon = <T>(what: string, look: () => Promise<T | null | undefined | false>) =>
  until(what, async () => (await look()) || null, 90_000);

describe('a receiver that breaks in every way and recovers', () => {
  test(
    'gets every event at least once under one id, and each attempt is noted once, with a worker killed in between',
    async () => {
      const ada = new Subscriber(server, 'ada');
      const { id, secret } = await ada.subscribe(`${receiver.url}/broken`, { types: ['upload.done'] });
      receiver.answer(
        '/broken',
        { status: 500 },
        'hang',
        'hang',
        { status: 429, headers: { 'retry-after': '1200' } },
        { status: 307, headers: { location: `${forbidden.url}/internal` } },
        { status: 502 },
        { status: 200 },
      );
      await ada.uploadNoise('broken');
      const afterAttempt = async (attempts: number) => {
        const reached = await untilSoon(`attempt ${attempts}`, async () => {
          const [delivery] = await ada.deliveries(id);
          return delivery?.attempts.length === attempts && delivery;
        });
        await endWaits();
        return reached;
      };
      expect(await afterAttempt(1)).toMatchObject({ status: 'waiting', code: 'status', tries: 1 });
      // It hangs while the worker is killed: whoever takes over sends it again.
      await untilSoon('the hanging request', async () => receiver.at('/broken').length === 2);
      kill(childNamed(server.pid, 'worker'));
      const hung = await afterAttempt(2);
      expect(hung.attempts[1]).toMatchObject({ attempt: 2, status: null, failure: 'timeout' });
      const slowed = await afterAttempt(3);
      const [, , third] = slowed.attempts;
      expect(third).toMatchObject({ status: 429, failure: 'status' });
      // 30 minutes is the schedule's own wait there, and longer than what the receiver asks for.
      expect((slowed.nextTryAtMs ?? 0) - (third?.startedAtMs ?? 0)).toBeGreaterThan(1_200_000);
      // The pause holds whatever is new; its end is simulated too.
      await moveBack('webhook_endpoints', ['paused_until_ms'], HOUR_MS, id);
      expect((await afterAttempt(4)).attempts[3]).toMatchObject({ status: 307, failure: 'redirect' });
      expect((await afterAttempt(5)).attempts[4]).toMatchObject({ status: 502 });
      const done = await afterAttempt(6);
      expect(done).toMatchObject({ status: 'delivered', code: null, nextTryAtMs: null });
      expect(forbidden.connections).toBe(0);
      console.log(`the delivery table:\n${tableOf(await ada.deliveries(id))}`);

      const taken = receiver.at('/broken');
      // One more than are noted: that of the killed worker.
      expect(taken).toHaveLength(7);
      expect(new Set(taken.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([done.id]));
      for (const one of taken) verify(one, secret);
      const body = JSON.parse(taken.at(-1)?.body ?? '{}') as Record<string, unknown>;
      expect(body).toMatchObject({
        type: 'upload.done',
        number: done.number,
        timestamp: new Date(Number(body.atMs)).toISOString(),
        data: { uploadId: expect.any(String), counts: { files: 1, refused: 1 } },
      });
      expect(await ada.webhook(id)).toMatchObject({
        enabled: true,
        failingSinceMs: null,
        pausedUntilMs: null,
      });
    },
    LIMIT_MS,
  );
});

test(
  'with workers killed at random, every event is delivered at least once and noted once',
  async () => {
    const fay = new Subscriber(server, 'fay');
    const { id, secret } = await fay.subscribe(`${receiver.url}/killed`, {
      types: ['recording.accepted', 'upload.done'],
    });
    const killAt = new Set([3, 9, 14]);
    receiver.onRequest('/killed', (count) => {
      if (killAt.delete(count)) kill(childNamed(server.pid, 'worker'));
    });
    const uploads = Array.from({ length: 8 }, (_, n) => fay.uploadNoise('x'.repeat(n + 1)));
    await Promise.all(uploads);
    const done = await untilSoon('16 deliveries', async () => {
      const deliveries = await fay.deliveries(id);
      const isDone = deliveries.length === 16 && deliveries.every(({ status }) => status === 'delivered');
      return isDone && killAt.size === 0 && deliveries;
    });
    expect(
      done.every(({ attempts }) => attempts.filter(({ failure }) => failure === null).length === 1),
    ).toBe(true);
    const taken = receiver.at('/killed');
    for (const one of taken) verify(one, secret);
    const ids = new Set(taken.map(({ headers }) => headers['webhook-id']));
    expect(ids).toEqual(new Set(done.map((delivery) => delivery.id)));
    console.log(`3 kills: ${taken.length} requests for ${done.length} deliveries`);
  },
  LIMIT_MS,
);

test(
  'an endpoint that asks to be left alone holds the others only for as long as it asks',
  async () => {
    const gus = new Subscriber(server, 'gus');
    const { id } = await gus.subscribe(`${receiver.url}/paused`, { types: ['upload.done'] });
    receiver.answer('/paused', { status: 503, headers: { 'retry-after': '600' } });
    await gus.uploadNoise('one');
    await untilSoon('the pause', async () => (await gus.webhook(id)).pausedUntilMs !== null);
    // As after many failures: the first comes again in hours.
    await moveBack('webhook_deliveries', ['next_try_at_ms'], -10 * HOUR_MS, id);
    await gus.uploadNoise('another');
    await gus.uploadNoise('a third one');
    const waiting = await untilSoon('three', async () => {
      const deliveries = await gus.deliveries(id);
      return deliveries.length === 3 && deliveries;
    });
    const [, second, third] = waiting;
    expect(receiver.at('/paused')).toHaveLength(1);
    const inMs = (second?.nextTryAtMs ?? 0) - Date.now();
    expect(inMs).toBeGreaterThan(300_000);
    expect(inMs).toBeLessThanOrEqual(600_000);
    expect(third?.nextTryAtMs).toBe(null);
    receiver.answer('/paused', { status: 200 });
    await endWaits();
    await untilSoon('all of them', async () =>
      (await gus.deliveries(id)).every(({ status }) => status === 'delivered'),
    );
  },
  LIMIT_MS,
);

test(
  'what is gone is disabled, what fails for five days too, and both are told to others',
  async () => {
    const bob = new Subscriber(server, 'bob');
    const gone = await bob.subscribe(`${receiver.url}/gone`, { types: ['upload.done'] });
    const failing = await bob.subscribe(`${receiver.url}/failing`, { types: ['upload.done'] });
    await bob.subscribe(`${receiver.url}/watching`, { types: ['webhook.disabled'] });
    receiver.answer('/gone', { status: 410 });
    receiver.answer('/failing', { status: 500 });
    await bob.uploadNoise('one');
    await untilSoon('410', async () => (await bob.webhook(gone.id)).disabledCode === 'gone');
    await untilSoon('a failure', async () => (await bob.webhook(failing.id)).failingSinceMs !== null);
    await moveBack('webhook_endpoints', ['failing_since_ms'], 5 * 24 * HOUR_MS, failing.id);
    await endWaits();
    await untilSoon('the end', async () => (await bob.webhook(failing.id)).disabledCode === 'failing');
    await untilSoon('both told', async () => receiver.at('/watching').length === 2);
    const told = receiver.at('/watching').map(({ body }) => JSON.parse(body).data);
    expect(told).toEqual(
      expect.arrayContaining([
        { webhookId: gone.id, uploadIds: [], code: 'gone', skippedNumber: null },
        { webhookId: failing.id, uploadIds: [], code: 'failing', skippedNumber: null },
      ]),
    );
    for (const { id } of [gone, failing])
      expect(await bob.deliveries(id)).toMatchObject([{ status: 'failed', code: 'endpoint_disabled' }]);
    const refused = await bob.fetch(`/api/v1/webhooks/${gone.id}/recover`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['{"sinceMs":0}']),
    });
    expect(refused.status).toBe(409);

    // Meanwhile another upload: it is not sent by itself, and recovered with the one that failed.
    await bob.uploadNoise('another');
    receiver.answer('/failing', { status: 200 });
    const before = receiver.at('/failing').length;
    await bob.call('PATCH', `/${failing.id}`, { enabled: true });
    await bob.call('POST', `/${failing.id}/recover`, { sinceMs: 0 });
    await untilSoon('the recovered ones', async () => {
      const deliveries = await bob.deliveries(failing.id);
      return deliveries.length === 2 && deliveries.every(({ status }) => status === 'delivered');
    });
    // What was delivered is not sent by recovering again, but by asking for it.
    await bob.call('POST', `/${failing.id}/recover`, { sinceMs: 0 });
    const [first] = await bob.deliveries(failing.id);
    await bob.call('POST', `/${failing.id}/deliveries/${first?.id}/replay`);
    await untilSoon('the replay', async () => receiver.at('/failing').length === before + 3);
    const ids = receiver.at('/failing').map(({ headers }) => headers['webhook-id']);
    expect(ids.at(-1)).toBe(first?.id);
  },
  LIMIT_MS,
);

test(
  'in order the later ones wait, for a day at most, and what is skipped is told',
  async () => {
    const eve = new Subscriber(server, 'eve');
    const ordered = await eve.subscribe(`${receiver.url}/ordered`, { ordered: true });
    const free = await eve.subscribe(`${receiver.url}/free`);
    receiver.answer('/ordered', { status: 500 }, { status: 500 }, { status: 200 });
    await eve.uploadNoise('one');
    await eve.uploadNoise('another');
    const all = async (id: string) => await eve.deliveries(id);
    await untilSoon('those without order', async () => {
      const deliveries = await all(free.id);
      return deliveries.length >= 6 && deliveries.every(({ status }) => status === 'delivered');
    });
    const held = await untilSoon('one try', async () => {
      const deliveries = await all(ordered.id);
      return deliveries[0]?.attempts.length === 1 && deliveries;
    });
    expect(receiver.at('/ordered')).toHaveLength(1);
    expect(held.slice(1).every(({ attempts, status }) => attempts.length === 0 && status === 'waiting')).toBe(
      true,
    );
    await moveBack('webhook_deliveries', ['first_try_at_ms'], 24 * HOUR_MS, ordered.id);
    await endWaits();
    await untilSoon('the rest', async () =>
      (await all(ordered.id)).every(({ status }) => status !== 'waiting'),
    );
    const [first, ...others] = await all(ordered.id);
    expect(first).toMatchObject({ status: 'skipped', code: 'status' });
    expect(others.every(({ status }) => status === 'delivered')).toBe(true);
    const numbers = receiver.at('/ordered').map(({ body }) => JSON.parse(body).number as number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const told = receiver.at('/ordered').map(({ body }) => JSON.parse(body));
    expect(told.find(({ type }) => type === 'webhook.skipped')?.data).toMatchObject({
      webhookId: ordered.id,
      code: 'status',
      skippedNumber: first?.number,
    });
  },
  LIMIT_MS,
);

test(
  'both secrets sign for a day, and a secret is neither shown again nor stored as it is',
  async () => {
    const cara = new Subscriber(server, 'cara');
    const { id, secret } = await cara.subscribe(`${receiver.url}/rotated`);
    const { secret: other } = await cara.call<{ secret: string }>('POST', `/${id}/secret`);
    expect(other).not.toBe(secret);
    await cara.call('POST', `/${id}/test`);
    const one = await untilSoon('the test', async () => receiver.at('/rotated')[0]);
    verify(one, secret);
    verify(one, other);
    expect(JSON.parse(one.body)).toMatchObject({ type: 'webhook.test', data: { webhookId: id } });
    await moveBack('webhook_endpoints', ['previous_until_ms'], 24 * HOUR_MS, id);
    await cara.call('POST', `/${id}/test`);
    const two = await untilSoon('another test', async () => receiver.at('/rotated')[1]);
    verify(two, other);
    expect(() => verify(two, secret)).toThrow();
    expect(JSON.stringify(await cara.call('GET', ''))).not.toContain('whsec_');
    const rows = await server.query((db) => db.selectFrom('webhook_endpoints').selectAll().execute());
    const stored = JSON.stringify(rows);
    for (const plain of [secret, other]) {
      expect(stored).not.toContain(plain);
      expect(stored).not.toContain(Buffer.from(plain).toString('base64url'));
    }
  },
  LIMIT_MS,
);

test(
  "Omi's shape is sent once for each conversation, as it is then, and nothing is left of a deleted person",
  async () => {
    const dan = new Subscriber(server, 'dan');
    const { id, secret } = await dan.subscribe(`${receiver.url}/omi?key=7`, { format: 'omi' });
    const bytes = new Uint8Array(await readFile(SPEECH));
    await dan.uploadTold({ name: 'speech.wav', bytes }, STARTED_AT_MS);
    const one = await untilSoon('the conversation', async () => receiver.at('/omi')[0]);
    verify(one, secret);
    const [talk] = await dan.conversations();
    expect(JSON.parse(one.body)).toMatchObject({
      id: talk?.id,
      created_at: new Date(talk?.startedAtMs ?? 0).toISOString(),
      structured: { title: talk?.title, overview: talk?.overview },
      transcript_segments: talk?.segments.map(({ text }) => ({ text })),
      status: 'completed',
      discarded: false,
    });
    expect((await dan.deliveries(id)).map(({ type }) => type)).toEqual(['conversation.ready']);
    const removed = await dan.fetch('/api/v1/me', { method: 'DELETE' });
    expect(removed.status).toBe(204);
    const left = await server.query(async (db) => {
      const endpoints = await db
        .selectFrom('webhook_endpoints')
        .select('id')
        .where('user_id', '=', 'dan')
        .execute();
      const deliveries = await db
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('user_id', '=', 'dan')
        .execute();
      return [...endpoints, ...deliveries];
    });
    expect(left).toEqual([]);
  },
  LIMIT_MS,
);
