/**
 * What Afterword costs while nothing is to do, and how soon it begins when something comes: transactions, statements and
 * processor time over a minute without uploads, and the time from accepting to the worker over 200 uploads that come singly.
 *
 *   npm run bench:idle
 *   npm run bench:idle -- --seconds 20 --uploads 50
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { quantile } from '../torture/pace.ts';
import { childThatRuns, countStatements, cpuMs, startMeasuredPostgres } from './measured-postgres.ts';
import { judgeGoals } from './report/goals.ts';
import { wavOf } from './second-of-silence.ts';
import { startServing } from './serving.ts';

const MOST_TRANSACTIONS = 8;
const MOST_CPU = 2;
const START_P50_MS = 20;
const START_P99_MS = 100;
/** Half of the 182 that it once took. */
const MOST_STATEMENTS = 91;
/** For a minute after its start the engine looks for schedules each second. */
const SETTLE_MS = 65_000;

const { seconds, uploads, statements } = new Command('bench:idle')
  .option('--seconds <number>', 'how long nothing is done', Number, 60)
  .option('--uploads <number>', 'how many come singly', Number, 200)
  .option('--statements', 'name the most frequent statements', false)
  .parse()
  .opts<{ seconds: number; uploads: number; statements: boolean }>();

const postgres = await startMeasuredPostgres();
const server = await startServing({ DATABASE_URL: postgres.databaseUrl });
try {
  await delay(SETTLE_MS);
  const parts = {
    api: await childThatRuns(Number(server.process.pid), 'api'),
    worker: await childThatRuns(Number(server.process.pid), 'worker'),
    PostgreSQL: postgres.pid,
  };
  const before = await spent(parts);
  const count = await countStatements(postgres);
  await delay(seconds * 1000);
  const counted = await count();
  const after = await spent(parts);
  const cpu = Object.fromEntries(
    Object.keys(parts).map((part) => [part, ((after[part] ?? 0) - (before[part] ?? 0)) / (10 * seconds)]),
  );
  const all = Object.values(cpu).reduce((sum, percent) => sum + percent, 0);
  console.log(`Nothing to do for ${seconds} s:`);
  console.table({
    'transactions/s': { is: (counted.transactions / seconds).toFixed(1), goal: `<= ${MOST_TRANSACTIONS}` },
    'statements/s': { is: (counted.statements / seconds).toFixed(1), goal: '' },
    'WAL kB/s': { is: (counted.walBytes / 1000 / seconds).toFixed(1), goal: '' },
    ...Object.fromEntries(
      Object.entries(cpu).map(([part, percent]) => [
        `% of a core, ${part}`,
        { is: percent.toFixed(2), goal: '' },
      ]),
    ),
    '% of a core, all': { is: all.toFixed(2), goal: `<= ${MOST_CPU}` },
  });
  if (statements)
    console.table(
      counted.top.slice(0, 40).map(({ calls, text }) => ({ 'per s': (calls / seconds).toFixed(2), text })),
    );

  const counting = await countStatements(postgres);
  for (let n = 0; n < uploads; n++) await uploadOne(server.url, n);
  const { rows } = await postgres.client.query<{ ms: number }>(
    `SELECT (timings->>'queuedMs')::float8 AS ms FROM recordings`,
  );
  const waited = rows.map(({ ms }) => ms);
  const busy = await counting();
  console.log(`From accepting to the worker, ${waited.length} uploads one after the other:`);
  console.table({
    p50: { ms: quantile(waited, 0.5).toFixed(0), goal: `<= ${START_P50_MS}` },
    p99: { ms: quantile(waited, 0.99).toFixed(0), goal: `<= ${START_P99_MS}` },
    max: { ms: Math.max(...waited).toFixed(0), goal: '' },
  });
  console.log(
    `${(busy.statements / uploads).toFixed(0)} statements for each, of everybody, goal <= ${MOST_STATEMENTS}`,
  );
  judgeGoals([
    { what: 'transactions/s', is: counted.transactions / seconds, atMost: MOST_TRANSACTIONS },
    { what: '% of a core', is: all, atMost: MOST_CPU },
    { what: 'p50 ms until the worker begins', is: quantile(waited, 0.5), atMost: START_P50_MS },
    { what: 'p99 ms until the worker begins', is: quantile(waited, 0.99), atMost: START_P99_MS },
    { what: 'statements for an upload', is: busy.statements / uploads, atMost: MOST_STATEMENTS },
  ]);
  if (statements)
    console.table(
      busy.top.slice(0, 80).map(({ calls, text }) => ({ 'per upload': (calls / uploads).toFixed(2), text })),
    );
} finally {
  await server.close();
  await postgres.close();
}

async function spent(parts: Record<string, number>): Promise<Record<string, number>> {
  const of = Object.entries(parts).map(async ([part, pid]) => [part, await cpuMs(pid)] as const);
  return Object.fromEntries(await Promise.all(of));
}

/** A second of silence, different each time; the next one comes when it is finished. */
async function uploadOne(url: string, n: number): Promise<void> {
  const startedAtMs = Date.now() - 3_600_000 + n * 10_000;
  const accepted = await fetch(`${url}/api/v1/recordings?name=single-${n}.wav&startedAtMs=${startedAtMs}`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav', 'x-afterword-user': `person-${n}` },
    body: new Blob([wavOf(n)]),
  });
  if (accepted.status !== 202) throw new Error(`${accepted.status}: ${await accepted.text()}`);
  const { id } = (await accepted.json()) as { id: string };
  for (let status = ''; status !== 'done'; ) {
    const answer = await fetch(`${url}/api/v1/uploads/${id}`, {
      headers: { prefer: 'wait=25', 'x-afterword-user': `person-${n}` },
    });
    ({ status } = (await answer.json()) as { status: string });
  }
  // They come singly: the worker is at rest again.
  await delay(50 + Math.random() * 200);
}
