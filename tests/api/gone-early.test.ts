/** Clients that go while it is still looked up who they are: what they were to hold is free at once, and not for ever. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { sql } from 'kysely';
import { it } from 'vitest';
import { createKey } from '../../src/sign-in/keys.ts';
import { until } from '../engine/fixtures/scene.ts';
import { formOf, NAME, secret, startApi } from '../support/api.ts';

async function scene() {
  const none = { requestsPerMinute: null, storedBytes: null, queuedMs: null, languageCallsPerDay: null };
  const bounds = { ...none, bytesUnderWay: 5_000 };
  const api = await startApi({ modes: ['keys'], singleUser: false, bounds });
  const wanted = { userId: 'ana', name: 'x', scopes: ['operate'] as const, expiresAtMs: null };
  const { token } = await createKey(api.db, secret.keyFor('api keys'), wanted, 'UTC');
  const headers = { authorization: `Bearer ${token}` };

  /** Sends the head of requests, and goes while the key is being looked up. */
  async function goEarly(line: string, times: number): Promise<void> {
    await api.db.transaction().execute(async (tx) => {
      await tx.updateTable('api_keys').set({ last_used_at_ms: null }).execute();
      const { hostname, port } = new URL(api.url);
      for (let one = 0; one < times; one++) {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(
          `${line} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-length: 4000\r\n\r\n`,
        );
        // The noting of its use waits for the row.
        await until('a key that is looked up', async () => {
          const { rows } = await sql<{ count: number }>`
            SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(api.db);
          return Number(rows[0]?.count) > one;
        });
        socket.destroy();
        await once(socket, 'close');
      }
      // Answered after the server has seen them go.
      for (let one = 0; one < 3; one++) await fetch(`${api.url}/health/live`);
    });
  }
  return { api, headers, goEarly };
}

it('an export that nobody waits for any more keeps its person from no other one', async () => {
  const { api, headers, goEarly } = await scene();
  await goEarly('GET /api/v1/me/export', 1);
  await until(
    'an export',
    async () => (await fetch(`${api.url}/api/v1/me/export`, { headers })).status === 200,
    5_000,
  );
});

it('a body that will not come is not counted as under way', async () => {
  const { api, headers, goEarly } = await scene();
  // Refused for what it asks, so that nothing reads its body.
  await goEarly('POST /api/v1/recordings?startedAtMs=never', 2);
  const send = async (bytes: number) => {
    const body = formOf({ [NAME]: 'x'.repeat(bytes) });
    return (await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', headers, body })).status;
  };
  await until('an upload', async () => (await send(2_000)) === 202, 5_000);
});
