/** Behind a proxy that cuts each connection at a fixed age, as many do at 60 s, a stream misses nothing. The age is shortened. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { noteRecording } from '../../src/events/note.ts';
import { lastNumber } from '../../src/events/read.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { until } from '../engine/fixtures/scene.ts';
import { startApi } from '../support/api.ts';

const AGE_MS = 600;
const CUTS = 5;
const LIMIT_MS = 120_000;

async function startProxy(target: string) {
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.pipe(upstream).pipe(client);
    setTimeout(() => {
      if (!client.destroyed) cuts += 1;
      end();
    }, AGE_MS).unref();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => cuts };
}

test(
  'a stream that a proxy cuts at a fixed age comes back and has each event once, in order',
  async () => {
    const api = await startApi();
    const proxy = await startProxy(api.url);
    await sql`INSERT INTO users (id, created_at_ms) VALUES ('ada', 0)`.execute(api.db);
    await sql`
      INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms,
                              accepted_at_ms, outcome, lane)
      VALUES ('rec', 'ada', 'rec', 1000, 'x', 'd', 'm', 0, 0, 'processing', 'fresh')`.execute(api.db);
    const numbers: number[] = [];
    const snapshots: number[] = [];
    const source = new EventSource(`${proxy.url}/api/v1/events`, {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, 'x-afterword-user': 'ada' } }),
    });
    onTestFinished(() => source.close());
    source.addEventListener('snapshot', ({ lastEventId }) => snapshots.push(Number(lastEventId)));
    source.addEventListener('recording.stage', ({ lastEventId }) => numbers.push(Number(lastEventId)));
    await until('a snapshot', () => snapshots.length > 0, 60_000);
    while (proxy.cuts() < CUTS) {
      await inTransaction(api.db, async (tx) => noteRecording(tx, 'ada', 'rec'));
      await delay(50);
    }
    const last = await lastNumber(api.db, 'ada');
    await until('the last event', () => numbers.at(-1) === last, 60_000);
    const [first = 0, ...others] = snapshots;
    // Coming back with the number of its last event it needs no other snapshot.
    expect(others).toEqual([]);
    expect(numbers).toEqual(Array.from({ length: last - first }, (_, at) => first + 1 + at));
  },
  LIMIT_MS,
);
