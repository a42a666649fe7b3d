/** What waits for a person's work to let go of their things never takes the connections that everybody else needs. */
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { excludePerson } from '../../src/store/person-lock.ts';
import { NAME, startApi, type TestApi } from '../support/api.ts';

const ADA = { 'x-afterword-user': 'ada' };

async function send(api: TestApi, user: string): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/recordings?name=${NAME}`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav', 'x-afterword-user': user },
    body: `sound of ${user}`,
  });
  const { files } = (await response.json()) as { files: { recordingId: string }[] };
  return files[0]?.recordingId ?? expect.unreachable();
}

/** As a placing of a long recording does. @returns lets go */
async function holdTimeline(api: TestApi, userId: string): Promise<() => Promise<void>> {
  const until = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = api.db.transaction().execute(async (tx) => {
    await tx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
    held.resolve();
    await until.promise;
  });
  onTestFinished(() => until.resolve());
  await held.promise;
  return async () => {
    until.resolve();
    await holding;
  };
}

it.each([
  ['deletions', 'DELETE', 'not_deleted', 204],
  ['new times', 'PATCH', 'not_changed', 200],
] as const)(
  '%s that wait leave room for reads, uploads and other people',
  async (_what, method, code, status) => {
    const api = await startApi();
    const [id, other] = [await send(api, 'ada'), await send(api, 'ben')];
    const letGo = await holdTimeline(api, 'ada');
    const refused = new EventTarget();
    const body = method === 'PATCH' ? JSON.stringify({ startedAtMs: 1_774_000_000_000 }) : null;
    const ask = async () => {
      const response = await fetch(`${api.url}/api/v1/recordings/${id}`, {
        method,
        headers: { ...ADA, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body } : {}),
      });
      if (response.status === 503) {
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(await response.json()).toMatchObject({ code, retryable: true });
        refused.dispatchEvent(new Event('refused'));
      } else await response.arrayBuffer();
      return response.status;
    };
    const someAreRefused = once(refused, 'refused');
    const asked = Array.from({ length: 100 }, ask);
    await expect
      .poll(() =>
        sql`SELECT 1 FROM pg_locks WHERE NOT granted`.execute(api.db).then(({ rows }) => rows.length),
      )
      .toBeGreaterThan(0);
    for (const path of [
      '/health/ready',
      '/api/v1/recordings',
      `/api/v1/recordings/${id}`,
      '/api/v1/conversations',
    ]) {
      expect((await fetch(`${api.url}${path}`, { headers: ADA })).status, path).toBe(200);
    }
    expect(await send(api, 'cleo')).toMatch(/^rec_/);
    await someAreRefused;
    await letGo();
    const answers = new Set(await Promise.all(asked));
    expect(answers).toEqual(new Set([status, 503]));
    // As the remedy says.
    expect(await ask()).toBe(status);
    const deleted = await fetch(`${api.url}/api/v1/recordings/${other}`, {
      method: 'DELETE',
      headers: { 'x-afterword-user': 'ben' },
    });
    expect(deleted.status).toBe(204);
  },
  60_000,
);

it('changes of webhooks that wait leave room for reads and other people', async () => {
  const api = await startApi({ webhookNetworks: ['127.0.0.0/8'] });
  const hook = (user: string) =>
    fetch(`${api.url}/api/v1/webhooks`, {
      method: 'POST',
      headers: { 'x-afterword-user': user, 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'http://127.0.0.1:9/hook' }),
    });
  const until = Promise.withResolvers<void>();
  onTestFinished(() => until.resolve());
  const held = Promise.withResolvers<void>();
  // As the deletion of a person does.
  const holding = api.db.transaction().execute(async (tx) => {
    await excludePerson(tx, 'ada');
    held.resolve();
    await until.promise;
  });
  await held.promise;
  // As many as the api has connections.
  const asked = Array.from({ length: 5 }, () => hook('ada'));
  await expect
    .poll(() => sql`SELECT 1 FROM pg_locks WHERE NOT granted`.execute(api.db).then(({ rows }) => rows.length))
    .toBeGreaterThan(0);
  const read = fetch(`${api.url}/api/v1/recordings`, {
    headers: ADA,
    signal: AbortSignal.timeout(10_000),
  });
  expect((await read).status).toBe(200);
  until.resolve();
  await holding;
  for (const { status } of await Promise.all(asked)) expect(status).toBe(201);
  expect((await hook('ben')).status).toBe(201);
});
