/** Event streams read by clients that we did not write, cut off again and again, with api processes killed beside them. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { createEventSource } from 'eventsource-client';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { noteRecording } from '../../src/events/note.ts';
import { lastNumber } from '../../src/events/read.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { until } from '../engine/fixtures/scene.ts';
import { ApiProcess } from '../support/api-process.ts';
import { databaseForTest } from '../support/database.ts';

const LIMIT_MS = 240_000;
const CLIENTS = 20;
const CUTS = 200;

/** Leads each connection to any api that runs, and cuts it after a while. */
async function startCutter(apis: readonly ApiProcess[], isOn: () => boolean) {
  let cuts = 0;
  const server = createServer((client) => {
    const running = apis.flatMap(({ url }) => url ?? []);
    const target = running[Math.floor(Math.random() * running.length)];
    if (target === undefined) return void client.destroy();
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    let isCut = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    // In the middle of whatever comes, an event as well.
    let leftBytes = 2_200 + Math.floor(Math.random() * 6_000);
    upstream.on('data', (chunk) => {
      if (isOn() && chunk.length >= leftBytes && !isCut) {
        isCut = true;
        cuts += 1;
        client.end(chunk.subarray(0, leftBytes));
        upstream.destroy();
        return;
      }
      leftBytes -= chunk.length;
      client.write(chunk);
    });
    client.on('data', (chunk) => upstream.write(chunk));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
  };
}

interface Seen {
  snapshots: number[];
  numbers: number[];
  close(): void;
}

function openEventSource(url: string, user: string): Seen {
  const seen: Seen = { snapshots: [], numbers: [], close: () => source.close() };
  const source = new EventSource(`${url}/api/v1/events`, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, 'x-afterword-user': user } }),
  });
  source.addEventListener('snapshot', ({ lastEventId }) => seen.snapshots.push(Number(lastEventId)));
  source.addEventListener('recording.stage', ({ lastEventId }) => seen.numbers.push(Number(lastEventId)));
  return seen;
}

function openEventSourceClient(url: string, user: string): Seen {
  const seen: Seen = { snapshots: [], numbers: [], close: () => source.close() };
  const source = createEventSource({
    url: `${url}/api/v1/events`,
    headers: { 'x-afterword-user': user },
    onMessage: ({ id, event }) =>
      void (event === 'snapshot' ? seen.snapshots : seen.numbers).push(Number(id)),
  });
  return seen;
}

test(
  `streams that are cut off ${CUTS} times while api processes are killed miss no event and get none twice`,
  async () => {
    const { db, databaseUrl } = await databaseForTest();
    const apis = [new ApiProcess(databaseUrl), new ApiProcess(databaseUrl)];
    onTestFinished(async () => void (await Promise.all(apis.map((api) => api.remove()))));
    await Promise.all(apis.map((api) => api.start()));
    await sql`INSERT INTO users (id, created_at_ms) VALUES ('ada', 0)`.execute(db);
    await sql`
      INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, microphone, started_at_ms,
                              accepted_at_ms, outcome, lane)
      VALUES ('rec', 'ada', 'rec', 1000, 'x', 'd', 'm', 0, 0, 'processing', 'fresh')`.execute(db);
    const tell = async () => await inTransaction(db, async (tx) => noteRecording(tx, 'ada', 'rec'));

    let isCutting = true;
    const cutter = await startCutter(apis, () => isCutting);
    const clients = Array.from({ length: CLIENTS }, (_, n) =>
      n % 2 === 0 ? openEventSource(cutter.url, 'ada') : openEventSourceClient(cutter.url, 'ada'),
    );
    onTestFinished(() => clients.forEach(({ close }) => void close()));
    await until(
      'a first snapshot everywhere',
      () => clients.every(({ snapshots }) => snapshots.length > 0),
      60_000,
    );

    const killing = (async () => {
      for (let kills = 0; isCutting; kills++) {
        const api = apis[kills % apis.length] as ApiProcess;
        await api.kill();
        await api.start();
      }
    })();
    while (cutter.cuts() < CUTS) {
      await tell();
      await delay(5);
    }
    isCutting = false;
    await killing;
    await tell();
    const last = await lastNumber(db, 'ada');
    expect(last).toBeGreaterThan(100);
    await until(
      'the last event everywhere',
      () => clients.every(({ numbers }) => numbers.at(-1) === last),
      60_000,
    );
    for (const { snapshots, numbers } of clients) {
      const from = snapshots[0] ?? 0;
      expect(numbers).toEqual(Array.from({ length: last - from }, (_, n) => from + 1 + n));
      expect(snapshots).toHaveLength(1);
    }
  },
  LIMIT_MS,
);
