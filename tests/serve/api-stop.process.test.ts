/** SIGTERM to an api: idle connections end at once, what runs is answered, what cannot finish in time is told to come again. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { until } from '../engine/fixtures/scene.ts';
import { NAME } from '../support/api.ts';
import { ApiProcess } from '../support/api-process.ts';
import { createDatabase } from '../support/database.ts';

async function scene(settings: Record<string, string> = {}) {
  const database = await createDatabase();
  const api = new ApiProcess(database.databaseUrl, settings);
  onTestFinished(async () => {
    await api.remove();
    await database.drop();
  });
  await api.start();
  return { ...database, api, url: new URL(api.url ?? '') };
}

interface Sent {
  method?: 'POST';
  body?: string;
  type?: string;
}

/** Each over a connection of its own, which the client keeps. */
async function ask(url: URL, path: string, { method, body = '', type = 'audio/wav' }: Sent = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const headers = { 'content-type': type, 'content-length': body.length };
  const asking = request(new URL(path, url), { method: method ?? 'GET', agent, headers });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const text = (await response.toArray()).join('');
  return { status: response.statusCode, headers: response.headers, body: text };
}

const OURS = `/api/v1/recordings?name=${NAME}`;
const FORM: Sent = {
  method: 'POST',
  type: 'multipart/form-data; boundary=b',
  body: `--b\r\nContent-Disposition: form-data; name="files"; filename="${NAME}"\r\n\r\nothers\r\n--b--\r\n`,
};

/** Nothing can be accepted until it is released. */
async function holdRecordings(db: Database): Promise<{ release: () => Promise<void> }> {
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const holding = db.transaction().execute(async (tx) => {
    await sql`LOCK TABLE recordings IN EXCLUSIVE MODE`.execute(tx);
    taken.resolve();
    await held.promise;
  });
  await taken.promise;
  return {
    release: async () => {
      held.resolve();
      await holding;
    },
  };
}

async function untilTheyWait(db: Database, count: number): Promise<void> {
  await until('the uploads wait for the lock', async () => {
    const { rows } = await sql<{ waiting: string }>`
      SELECT count(*) AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
    return Number(rows[0]?.waiting) >= count;
  });
}

it('ends though connections are kept and one is unused, and answers what runs', async () => {
  const { api, url, db } = await scene();
  expect((await ask(url, '/health/live')).status).toBe(200);
  const unused = connect(Number(url.port), '127.0.0.1').on('error', () => {});
  onTestFinished(() => void unused.destroy());
  await once(unused, 'connect');
  const { release } = await holdRecordings(db);
  const uploads = [ask(url, OURS, { method: 'POST', body: 'bytes' }), ask(url, '/v2/sync-local-files', FORM)];
  await untilTheyWait(db, 2);
  const stopped = api.kill('SIGTERM');
  await once(unused, 'close');
  // Nobody new is let in: a balancer asks the next server.
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await release();
  for (const { status, headers } of await Promise.all(uploads))
    expect({ status, connection: headers.connection }).toEqual({ status: 202, connection: 'close' });
  // With connections that are kept for 72 s it would not end before the test's own limit.
  await stopped;
});

it('tells what cannot finish within the drain to come again, in the words of each route', async () => {
  const { api, url, db } = await scene({ AFTERWORD_DRAIN_MS: '500' });
  const { release } = await holdRecordings(db);
  const asked = [ask(url, OURS, { method: 'POST', body: 'bytes' }), ask(url, '/v2/sync-local-files', FORM)];
  await untilTheyWait(db, 2);
  const stopped = api.kill('SIGTERM');
  const [ours, omis] = await Promise.all(asked);
  for (const answer of [ours, omis]) {
    expect([answer?.status, answer?.headers.connection]).toEqual([503, 'close']);
    expect(Number(answer?.headers['retry-after'])).toBeGreaterThan(0);
  }
  expect(JSON.parse(ours?.body ?? '')).toMatchObject({ code: 'not_in_time', retryable: true });
  expect(JSON.parse(omis?.body ?? '')).toMatchObject({ code: 'not_in_time', detail: expect.any(String) });
  await release();
  await stopped;
  // What was begun went on to its end, so sending it again gives the same recordings.
  expect(await db.selectFrom('recordings').select('id').execute()).toHaveLength(2);
});
