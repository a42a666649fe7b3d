/**
 * How accepting, placing and reading change while the tables grow: 100 to a million recordings of 10,000 people, each with
 * a piece, three segments and, for every ten recordings, a conversation. What is measured belongs to people of its own, who
 * have the same at every size, so that only the rest of the tables differs.
 *
 *   npm run bench:growth
 *   npm run bench:growth -- --sizes 100 10000
 */
import { Command } from 'commander';
import { fillPerson, fillTables } from '../tests/support/filled-tables.ts';
import { quantile } from '../torture/pace.ts';
import { startMeasuredPostgres } from './measured-postgres.ts';
import { type Goal, judgeGoals } from './report/goals.ts';
import { wavOf } from './second-of-silence.ts';
import { startServing } from './serving.ts';

const MOST_RATIO = 1.5;
const ROUNDS = 60;

const { sizes } = new Command('bench:growth')
  .option('--sizes <numbers...>', 'recordings in the tables', ['100', '10000', '1000000'])
  .parse()
  .opts<{ sizes: string[] }>();

// The last two are for the filling, which is not measured.
const postgres = await startMeasuredPostgres({
  shared_buffers: '256MB',
  max_wal_size: '8GB',
  maintenance_work_mem: '256MB',
});
const server = await startServing({ DATABASE_URL: postgres.databaseUrl, AFTERWORD_QUIET_MS: '0' });
const results: Record<string, Record<string, number>> = {};
try {
  // Rows refer to rows that are there: to look that up for each would take four times as long.
  await postgres.client.query(`SET session_replication_role = replica; SET synchronous_commit = off`);
  let filled = 0;
  // What the first requests compile is not measured.
  await measure('warm-up');
  for (const size of sizes.map(Number)) {
    const since = performance.now();
    await fillTables(postgres.client, filled, size);
    filled = size;
    console.log(`${size} recordings, filled in ${((performance.now() - since) / 1000).toFixed(0)} s`);
    results[size] = await measure(String(size));
  }
} finally {
  await server.close();
  await postgres.close();
}

const goals: Goal[] = [];
const [first, last] = [results[Number(sizes[0])], results[Number(sizes.at(-1))]];
console.table(
  Object.fromEntries(
    Object.keys(first ?? {}).map((what) => {
      const ratio = (last?.[what] ?? 0) / (first?.[what] ?? 1);
      goals.push({ what: `${what}, most over fewest recordings,`, is: ratio, atMost: MOST_RATIO });
      const ms = Object.fromEntries(
        sizes.map((size) => [`${size} (ms)`, results[Number(size)]?.[what]?.toFixed(1)]),
      );
      return [what, { ...ms, ratio: ratio.toFixed(2), goal: `<= ${MOST_RATIO}` }];
    }),
  ),
);
judgeGoals(goals);

/** Medians: one accept or read after the other, by somebody with 200 recordings in 20 conversations. */
async function measure(name: string): Promise<Record<string, number>> {
  const user = `measured-${name}`;
  await fillPerson(postgres.client, user, 200);
  // Otherwise the server does both by itself in the middle of the measurement.
  await postgres.client.query('VACUUM ANALYZE');
  await postgres.client.query('CHECKPOINT');
  const headers = { 'x-afterword-user': user };
  const times: Record<string, number[]> = {};
  const time = async (what: string, work: () => Promise<Response>) => {
    const since = performance.now();
    const response = await work();
    const text = await response.text();
    if (response.status >= 300) throw new Error(`${what}: ${response.status} ${text}`);
    times[what] = [...(times[what] ?? []), performance.now() - since];
    return text;
  };
  for (let n = 0; n < ROUNDS; n++) {
    const page = await time('list of conversations', () =>
      fetch(`${server.url}/api/v1/conversations`, { headers }),
    );
    const [{ id = '' } = {}] = (JSON.parse(page) as { conversations: { id?: string }[] }).conversations;
    await time('one conversation', () => fetch(`${server.url}/api/v1/conversations/${id}`, { headers }));
    await time('list of recordings', () => fetch(`${server.url}/api/v1/recordings`, { headers }));
    await time('health', () => fetch(`${server.url}/health`));
    const accepted = await time('accept', () =>
      fetch(
        `${server.url}/api/v1/recordings?name=${user}-${n}.wav&startedAtMs=${Date.now() - 3_600_000 + n * 10_000}`,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'audio/wav' },
          body: new Blob([wavOf(user.length * 1000 + n)]),
        },
      ),
    );
    const { id: uploadId } = JSON.parse(accepted) as { id: string };
    for (let status = ''; status !== 'done'; ) {
      const upload = await fetch(`${server.url}/api/v1/uploads/${uploadId}`, {
        headers: { ...headers, prefer: 'wait=25' },
      });
      ({ status } = (await upload.json()) as { status: string });
    }
  }
  const { rows } = await postgres.client.query<{ ms: number }>(
    `SELECT (timings->>'placeMs')::float8 AS ms FROM recordings WHERE user_id = $1 AND timings ? 'placeMs' AND name LIKE $2`,
    [user, `${user}-%`],
  );
  times.place = rows.map(({ ms }) => ms);
  return Object.fromEntries(Object.entries(times).map(([what, all]) => [what, quantile(all, 0.5)]));
}
