/**
 * What the borders of files cost, in wrong words and in seconds and calls.
 *
 *   npm run bench:borders                          both, some twenty minutes of two cores
 *   npm run bench:borders -- --only words          a recording cut into files and sent in random orders, with the local model
 *   npm run bench:borders -- --only seconds        what is sent of twelve hours of files of ten seconds
 *   npm run bench:borders -- --url http://…        the words of a server that runs already, for example of another version
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { sql } from 'kysely';
import pMap from 'p-map';
import { pino } from 'pino';
import { DATABASE } from '../src/embedded-postgres/connect.ts';
import { readCredentials, urlOf } from '../src/embedded-postgres/credentials.ts';
import { openDatabase } from '../src/store/database.ts';
import { shuffled } from '../tests/pipeline/chance.ts';
import { clip } from '../tests/speech/clips.ts';
import { secondsOfDay } from './borders/seconds.ts';
import { filesOf, type HeardWords, hearInOrder } from './borders/words.ts';
import { startServing } from './serving.ts';
import { CLIPS, soundsOfClips } from './words/sounds.ts';

const RATE = 16_000;
const PARTS = ['words', 'seconds'];
const {
  only = PARTS,
  url: other,
  orders,
  atOnce,
  seconds,
  clips: folder,
} = new Command('bench:borders')
  .option('--only <parts...>', `some of ${PARTS.join(', ')}`)
  .option('--url <url>', 'a server that runs already')
  .option('--orders <n>', 'random orders of each cut', Number, 10)
  .option('--at-once <n>', 'people whose files are sent at the same time', Number, 2)
  .option('--seconds <lengths...>', 'of the files', (text, all: number[] = []) => [...all, Number(text)])
  .option('--clips <folder>', 'with a transcripts.tsv', CLIPS)
  .parse()
  .opts<{
    only?: string[];
    url?: string;
    orders: number;
    atOnce: number;
    seconds?: number[];
    clips: string;
  }>();

const clips = await soundsOfClips(folder);
if (clips === null) console.log(`Skipped: there are no clips with a transcripts.tsv in ${folder}.`);
if (clips && only.includes('words')) await printWords();
if (clips && only.includes('seconds')) console.table(await secondsOfDay(clips));

async function printWords(): Promise<void> {
  const rows = readFileSync(join(folder, 'transcripts.tsv'), 'utf8').split('\n');
  const said = rows.find((row) => row.startsWith('two-cities'))?.split('\t')[2] ?? '';
  const sound = await clip('two-cities');
  const server = other ? null : await startServing({ AFTERWORD_QUIET_MS: '0' });
  const url = other ?? server?.url ?? '';
  const table: Record<string, object> = {};
  try {
    // Where a word is wrong in the whole recording too, no border has made it wrong.
    const whole = await hearInOrder(url, filesOf(sound, sound.length / RATE), said, true);
    for (const length of seconds ?? [5, 7.3, 8.7, 10, 12.1, 60]) {
      const files = filesOf(sound, length);
      const heard = await pMap(
        Array.from({ length: orders }, (_, n) => n),
        async (n) => await hearInOrder(url, shuffled(files, n), said, n % 2 === 0),
        { concurrency: atOnce },
      );
      const borders = files.length - 1;
      const perBorder = (counts: readonly number[]) => {
        const sorted = counts.toSorted((a, b) => a - b);
        const of = (count: number) => (borders === 0 ? `${count} words` : (count / borders).toFixed(2));
        const [low = 0, high = 0] = [sorted.at((sorted.length - 1) / 2), sorted.at(sorted.length / 2)];
        return `${of((low + high) / 2)}, ${of(sorted.at(-1) ?? 0)}`;
      };
      const added = heard.map(({ wrong }) => [...wrong].filter((place) => !whole.wrong.has(place)).length);
      table[`${length} s`] = {
        borders,
        orders: heard.length,
        'different texts': new Set(heard.map(({ text }) => text)).size,
        'wrong words per border: median, worst': perBorder(heard.map(({ wrong }) => wrong.size)),
        'that the whole recording has not': perBorder(added),
        'words more than said, at worst': Math.max(...heard.map(({ more }) => more)),
        ...(server ? await callsOf(server.dataDir, heard, borders) : {}),
      };
      console.table(table);
    }
  } finally {
    await server?.close();
  }
}

async function callsOf(dataDir: string, heard: readonly HeardWords[], borders: number): Promise<object> {
  const credentials = await readCredentials(dataDir);
  if (!credentials?.port) return {};
  const db = openDatabase(urlOf(credentials, credentials.port, DATABASE), pino({ level: 'silent' }), 1);
  try {
    const { rows } = await sql<{ calls: number; across: number; ms: number }>`
      SELECT count(*)::int AS calls, sum(audio_ms)::int AS ms,
             count(*) FILTER (WHERE split_part(result, ':', 4)::int >= 1000000)::int AS across
        FROM usage WHERE stage = 'transcribe' AND user_id = ANY(${heard.map(({ person }) => person)})`.execute(
      db,
    );
    const [{ calls = 0, across = 0, ms = 0 } = {}] = rows;
    return {
      'calls for each order': (calls / heard.length).toFixed(1),
      'of them for each border': borders === 0 ? '-' : (across / heard.length / borders).toFixed(2),
      'seconds sent': (ms / 1000 / heard.length).toFixed(1),
    };
  } finally {
    await db.destroy();
  }
}
