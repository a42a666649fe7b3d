/**
 * What the next file of a conversation costs when it has 30 files already, and when it has 3,000: from the first byte to
 * the answer that it is placed, and the time of placing alone. The files before them are filled in by SQL.
 *
 *   npm run bench:long-conversation
 */
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { UploadBody } from '../src/api/schemas.ts';
import { FILLED_FROM_MS, fillPerson } from '../tests/support/filled-tables.ts';
import { quantile } from '../torture/pace.ts';
import { startMeasuredPostgres } from './measured-postgres.ts';
import { settingsOf } from './omi-case/kinds.ts';
import { speechFile } from './omi-case/recording.ts';
import { type Goal, judgeGoals } from './report/goals.ts';
import { startServing } from './serving.ts';

const MOST_RATIO = 2;
const MINUTE_MS = 60_000;
const FILE_SECONDS = 6;

const { files, rounds } = new Command('bench:long-conversation')
  .option('--files <numbers...>', 'that the conversation has', ['30', '3000'])
  .option('--rounds <number>', 'files that are sent', Number, 40)
  .parse()
  .opts<{ files: string[]; rounds: number }>();

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
const postgres = await startMeasuredPostgres();
// A meaning is made once when all is quiet, and belongs to the conversation, not to a file.
const server = await startServing({
  ...settingsOf('openai', providers),
  DATABASE_URL: postgres.databaseUrl,
  AFTERWORD_QUIET_MS: '3600000',
});
try {
  // What the first requests compile is not measured.
  await measure('warm-up', 10);
  const results = new Map<number, Record<string, number>>();
  for (const size of files.map(Number)) results.set(size, await measure(`of-${size}`, size));
  const sizes = [...results.keys()];
  const [least = {}, most = {}] = [results.get(sizes[0] ?? 0), results.get(sizes.at(-1) ?? 0)];
  const goals: Goal[] = [];
  console.log(`the next ${rounds} files of a conversation, medians in milliseconds`);
  console.table(
    Object.fromEntries(
      Object.keys(least).map((what) => {
        const ratio = (most[what] ?? 0) / (least[what] ?? 1);
        goals.push({ what: `${what}, most over fewest files,`, is: ratio, atMost: MOST_RATIO });
        const columns = sizes.map((size) => [`${size} files`, results.get(size)?.[what]?.toFixed(1)]);
        return [what, { ...Object.fromEntries(columns), ratio: ratio.toFixed(2), goal: `<= ${MOST_RATIO}` }];
      }),
    ),
  );
  judgeGoals(goals);
} finally {
  await server.close();
  await postgres.close();
  await providers.close();
}

async function measure(user: string, size: number): Promise<Record<string, number>> {
  await postgres.client.query('SET session_replication_role = replica');
  await fillPerson(postgres.client, user, size, size);
  await postgres.client.query('SET session_replication_role = origin');
  await postgres.client.query('VACUUM ANALYZE');
  const headers = { 'x-afterword-user': user };
  const wholeMs: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const startedAtMs = FILLED_FROM_MS + (size + n) * MINUTE_MS;
    const bytes = speechFile({ seconds: FILE_SECONDS, speechShare: 1, nth: size + n });
    const since = performance.now();
    const accepted = await fetch(
      `${server.url}/api/v1/recordings?name=${user}-next-${n}.wav&startedAtMs=${startedAtMs}`,
      { method: 'POST', headers: { ...headers, 'content-type': 'audio/wav' }, body: new Blob([bytes]) },
    );
    if (accepted.status !== 202) throw new Error(`${accepted.status}: ${await accepted.text()}`);
    let upload = UploadBody.parse(await accepted.json());
    while (upload.files.some(({ outcome }) => outcome === 'waiting' || outcome === 'processing')) {
      const read = await fetch(`${server.url}/api/v1/uploads/${upload.id}`, {
        headers: { ...headers, prefer: 'wait=1' },
      });
      upload = UploadBody.parse(await read.json());
    }
    wholeMs.push(performance.now() - since);
    const [file] = upload.files;
    if (file?.outcome !== 'completed') throw new Error(`file ${n} is ${file?.outcome}: ${file?.reason}`);
  }
  const { rows } = await postgres.client.query<{ ms: number; conversations: number }>(
    `SELECT (timings->>'placeMs')::float8 AS ms, (SELECT count(*)::int FROM conversations
        WHERE user_id = $1 AND merged_into IS NULL) AS conversations
       FROM recordings WHERE user_id = $1 AND name LIKE $2`,
    [user, `${user}-next-%`],
  );
  if (rows[0]?.conversations !== 1) throw new Error(`there are ${rows[0]?.conversations} conversations`);
  return {
    'from the first byte until placed': quantile(wholeMs, 0.5),
    placing: quantile(
      rows.map(({ ms }) => ms),
      0.5,
    ),
  };
}
