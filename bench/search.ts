/**
 * Searching in 100,000 segments of one person in four languages, which lie among a million of 1,000 others, over HTTP; and
 * what the index adds to the storing of words.
 *
 *   npm run bench:search                       about four minutes, most of it for filling
 *   npm run bench:search -- --others 100000
 */
import { Command } from 'commander';
import type pg from 'pg';
import { quantile } from '../torture/pace.ts';
import { startMeasuredPostgres } from './measured-postgres.ts';
import { fillWords, PERSON, type Spoke } from './search/fill.ts';
import { randomFrom } from './search/vocabulary.ts';
import { startServing } from './serving.ts';

const GOAL_MS = 50;
const ROUNDS = 40;
const HOUR_OF_SEGMENTS = 600;
const STORINGS = 7;

const options = new Command('bench:search')
  .option('--segments <number>', 'of the person', '100000')
  .option('--others <number>', "others' segments", '1000000')
  .option('--rounds <number>', 'of all queries', String(ROUNDS))
  .parse()
  .opts<{ segments: string; others: string; rounds: string }>();

const postgres = await startMeasuredPostgres();
const server = await startServing({ DATABASE_URL: postgres.databaseUrl, AFTERWORD_SIGN_IN: 'header' });
try {
  const since = performance.now();
  const spoken = await fillWords(postgres.client, Number(options.segments), Number(options.others));
  console.log(
    `filled in ${((performance.now() - since) / 1000).toFixed(0)} s; ${await sizes(postgres.client)}`,
  );
  await measureSearches(spoken);
  console.table(await measureStoring(postgres.client));
} finally {
  await server.close();
  await postgres.close();
}

/** By what makes a search dear: how many lines a word is in, and whether their words have to be looked at. */
function queriesOf({ language, vocabulary: { words } }: Spoke, random: () => number): Record<string, string> {
  const one = (from: number, to: number) => words[from + Math.floor(random() * (to - from))] ?? '';
  const blank = language === 'zh' ? '' : ' ';
  return {
    'in half of its lines': words[Math.floor(random() * 2)] ?? '',
    'a common word': one(5, 20),
    'a word': one(40, 400),
    'a rare word': one(2000, 5000),
    'two words': `${one(5, 40)} ${one(40, 400)}`,
    'a phrase': `"${one(0, 8)}${blank}${one(0, 8)}"`,
    'without a word': `${one(5, 40)} -${one(5, 40)}`,
    'its beginning': language === 'zh' ? one(5, 20) : `${one(5, 40).slice(0, 4)}*`,
  };
}

async function measureSearches(spoken: readonly Spoke[]): Promise<void> {
  const random = randomFrom(2);
  const times = new Map<string, { language: string; ms: number; total: number }[]>();
  const headers = { 'x-afterword-user': PERSON };
  for (let round = -2; round < Number(options.rounds); round++) {
    for (const one of spoken) {
      for (const [kind, q] of Object.entries(queriesOf(one, random))) {
        const since = performance.now();
        const answer = await fetch(`${server.url}/api/v1/search?${new URLSearchParams({ q })}`, { headers });
        const text = await answer.text();
        const ms = performance.now() - since;
        if (answer.status !== 200) throw new Error(`${q}: ${answer.status} ${text}`);
        const { total, results } = JSON.parse(text) as Answer;
        check(q, results);
        // What the first requests compile is not measured.
        if (round < 0) continue;
        times.set(kind, [...(times.get(kind) ?? []), { language: one.language, ms, total }]);
      }
    }
  }
  const row = (all: readonly { ms: number; total: number }[]) => ({
    searches: all.length,
    'conversations found': Math.round(
      quantile(
        all.map(({ total }) => total),
        0.5,
      ),
    ),
    'p50 (ms)': quantile(
      all.map(({ ms }) => ms),
      0.5,
    ).toFixed(1),
    'p99 (ms)': quantile(
      all.map(({ ms }) => ms),
      0.99,
    ).toFixed(1),
  });
  const all = [...times.values()].flat();
  const languages = Map.groupBy(all, ({ language }) => language);
  console.table({
    ...Object.fromEntries([...times].map(([kind, some]) => [kind, row(some)])),
    ...Object.fromEntries([...languages].map(([language, some]) => [`all in ${language}`, row(some)])),
    all: { ...row(all), goal: `p99 <= ${GOAL_MS}` },
  });
}

interface Answer {
  total: number;
  results: { conversation: { id: string }; lines: { segmentId: string; highlights: unknown[] }[] }[];
}

function check(q: string, results: Answer['results']): void {
  for (const { conversation, lines } of results) {
    if (!/^cnv_\d+$/.test(conversation.id)) throw new Error(`somebody else's: ${conversation.id}`);
    const plain = lines.find(({ highlights }) => highlights.length === 0);
    if (plain) throw new Error(`${q}: nothing is highlighted in ${JSON.stringify(plain)}`);
  }
}

/** One transaction that stores the words of an hour, with the index and without; the sides take turns. */
async function measureStoring(client: pg.Client) {
  const took = { with: [] as number[], without: [] as number[] };
  for (let n = 0; n < STORINGS * 2; n++) {
    const side = n % 2 === 0 ? 'with' : 'without';
    await client.query('BEGIN');
    if (side === 'without') await client.query('ALTER TABLE segments DISABLE TRIGGER search_add_segments');
    const since = performance.now();
    await client.query(
      `INSERT INTO segments (id, recording_id, user_id, device_id, started_at_ms, ended_at_ms, text, provider, model, language)
         SELECT 'new:' || ${n} || '.' || s.n, 'rec_0', '${PERSON}', 'phone', 0, 0, s.text, 'bench', 'bench', s.language
           FROM sentences s WHERE s.n BETWEEN ${n * HOUR_OF_SEGMENTS + 1} AND ${(n + 1) * HOUR_OF_SEGMENTS}`,
    );
    took[side].push(performance.now() - since);
    if (side === 'without') await client.query('ALTER TABLE segments ENABLE TRIGGER search_add_segments');
    await client.query('COMMIT');
  }
  const median = (values: readonly number[]) => `${quantile(values, 0.5).toFixed(0)} ms`;
  return {
    [`storing ${HOUR_OF_SEGMENTS} segments, as of an hour`]: {
      'without the index': median(took.without),
      'with it': median(took.with),
    },
  };
}

async function sizes(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; size: string }>(
    `SELECT name, pg_size_pretty(pg_total_relation_size(name::regclass)) AS size
       FROM unnest(ARRAY['segments', 'search_lines', 'search_lines_words']) AS name`,
  );
  return rows.map(({ name, size }) => `${name} ${size}`).join(', ');
}
