/**
 * `npm run fuzz`: every route and every text, against the api as a process of its own on a real PostgreSQL. It ends with
 * 1 when the server failed or hung, when something was lost or left over, or when its memory grew.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { buildApi } from '../src/api/app.ts';
import { readConfig } from '../src/config.ts';
import { startEmbeddedPostgres } from '../src/embedded-postgres/start.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { secretFrom } from '../src/sign-in/server-secret.ts';
import { SignIn } from '../src/sign-in/sign-in.ts';
import { openBlobs } from '../src/store/blobs/open.ts';
import { Changes } from '../src/store/changes.ts';
import { openDatabase } from '../src/store/database.ts';
import { Chance } from './chance.ts';
import { type DecoderFuzz, fuzzDecoders } from './decoders.ts';
import { freshSeed, fuzz } from './fuzz.ts';
import { fuzzSegmentBytes, fuzzSegments, segmentFiles } from './segments.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** Caches and pools are full after so much of a run; what grows later grows for ever. */
const WARM_AFTER = 0.2;
/** Half as much again: a collector takes its time, and 1,000 requests that each left 100 kB would show. */
const MOST_GROWTH = 1.5;
const MB = 1024 * 1024;
/** A run of all takes hours: how far it came is known also when it is ended. */
const TOLD_EVERY_MS = 60_000;

const {
  seed,
  requests,
  inputs,
  others,
  processes: forFfmpeg,
  parts,
} = new Command('fuzz')
  .option('--seed <number>', 'decides every request', wholeNumber, freshSeed())
  .option('--requests <number>', 'how many; with 0 no server is started', wholeNumber, 100_000)
  .option('--inputs <number>', 'damaged files for our framing and containers', wholeNumber, 1_000_000)
  .option(
    '--others <number>',
    'damaged files for the decoders of others, a fifth of them for ffmpeg; a tenth of those above if nothing is said',
    wholeNumber,
  )
  .option(
    '--parts <number>',
    'wrong notes and files for parts of copies; a hundredth of the inputs if nothing is said',
    wholeNumber,
  )
  .option('--processes <number>', 'so many of the others are for ffmpeg, and not a fifth', wholeNumber)
  .parse()
  .opts<{
    seed: number;
    requests: number;
    inputs: number;
    others?: number;
    processes?: number;
    parts?: number;
  }>();

console.log(`fuzz --seed ${seed} --requests ${requests} --inputs ${inputs}`);
const ofOthers = others ?? Math.floor(inputs / 10);
const processes = Math.min(ofOthers, forFfmpeg ?? Math.floor(ofOthers / 5));
let told = performance.now();
const decoders = await fuzzDecoders({
  seed,
  ours: inputs,
  wasm: ofOthers - processes,
  processes,
  onProgress: (sofar) => {
    if (performance.now() - told < TOLD_EVERY_MS) return;
    told = performance.now();
    console.log(sumOf(sofar));
  },
});
console.log(sumOf(decoders));
const brokenFiles = [...decoders.broken, ...(await fuzzParts(parts ?? Math.floor(inputs / 100)))];
for (const line of brokenFiles) console.log(`  ${line}`);
if (requests === 0) process.exit(brokenFiles.length > 0 ? 1 : 0);
const dataDir = await mkdtemp(join(tmpdir(), 'afterword-fuzz-'));
const log = pino({ level: 'fatal' });
const postgres = await startEmbeddedPostgres({ dataDir, log });
const { databaseUrl } = postgres;
const blobFolder = join(dataDir, 'blobs');
const api = spawn(process.execPath, [MAIN, 'serve', '--role', 'api'], {
  env: {
    ...process.env,
    DATABASE_URL: databaseUrl,
    AFTERWORD_BLOBS: blobFolder,
    AFTERWORD_DATA_DIR: dataDir,
    AFTERWORD_PORT: '0',
    AFTERWORD_PERSON_REQUESTS_PER_MINUTE: 'off',
    AFTERWORD_MAX_FILE_BYTES: '100000',
    AFTERWORD_SYNC_WAIT_MS: '20',
    AFTERWORD_LOG_LEVEL: 'info',
    AFTERWORD_LOG_FILE: '',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let failed = true;
try {
  const url = await addressOf();
  const db = openDatabase(databaseUrl, log, 2);
  const blobs = await openBlobs(blobFolder);
  const target = { url, routes: await routesOf(db, blobs), db, blobs, blobFolder };
  const memory: number[] = [];
  const every = Math.max(1, Math.floor(requests / 50));
  const since = performance.now();
  const {
    broken,
    statuses,
    asked,
    requests: sent,
  } = await fuzz(target, {
    seed,
    requests,
    onProgress: (done) => {
      if (done % every === 0) void residentBytes(api.pid).then((bytes) => memory.push(bytes));
    },
  });
  await db.destroy();
  const grown = memory.length < 10 ? null : growthOf(memory);
  if (grown !== null && grown.after > grown.before * MOST_GROWTH)
    broken.push(`memory grew from ${megabytes(grown.before)} to ${megabytes(grown.after)}`);
  console.log(`${sent} requests in ${((performance.now() - since) / 1000).toFixed(0)} s`);
  console.log(
    `answers: ${[...statuses]
      .sort()
      .map(([status, times]) => `${times} x ${status}`)
      .join(', ')}`,
  );
  console.log(
    `routes: ${asked.size}, each at least ${Math.min(...asked.values())} times by hostile requests`,
  );
  if (grown)
    console.log(`memory: ${megabytes(grown.before)} when warm, ${megabytes(grown.after)} at the end`);
  const kinds = ['hang', 'lost', 'orphan', 'memory'];
  const of = (kind: string) => broken.filter((line) => line.startsWith(kind)).length;
  const faults = broken.filter((line) => !kinds.some((kind) => line.startsWith(kind))).length;
  console.log(`faults ${faults}, hangs ${of('hang')}, lost ${of('lost')}, orphans ${of('orphan')}`);
  for (const line of broken.slice(0, 20)) console.log(`  ${line}`);
  failed = broken.length > 0 || brokenFiles.length > 0;
  console.log(failed ? `BROKEN, with --seed ${seed}` : 'every promise held');
} finally {
  api.kill('SIGTERM');
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** One in fifty costs a process. */
async function fuzzParts(inputs: number): Promise<string[]> {
  const chance = new Chance(seed);
  const [told, warned] = [console.error, console.warn];
  console.error = console.warn = () => {};
  const read = await fuzzSegmentBytes(10 * inputs, chance);
  const made = await fuzzSegments(await segmentFiles(), inputs, chance);
  const byFfmpeg = await fuzzSegments(await segmentFiles(true), Math.floor(inputs / 50), chance);
  [console.error, console.warn] = [told, warned];
  const broken = [read, made, byFfmpeg].flatMap((one) => one.broken);
  console.log(
    `parts of copies: ${read.inputs} were read, ${made.inputs + byFfmpeg.inputs} decoded, of which ${made.made + byFfmpeg.made} were made all the same; ${broken.length} were broken`,
  );
  return broken;
}

function sumOf({ ours, wasm, processes: ended, traps, broken }: DecoderFuzz): string {
  return `damaged files: ${ours} for our framing, ${wasm} for WebAssembly decoders, ${ended} for ffmpeg; ${traps} ended a decoder, as its thread would have ended; ${broken.length} broke something`;
}

/** The process says it in its log. */
async function addressOf(): Promise<URL> {
  const lines = createInterface({ input: api.stdout });
  for await (const line of lines) {
    const { msg = '' } = JSON.parse(line) as { msg?: string };
    const [, url] = /^Afterword is listening on (http\S+)$/.exec(msg) ?? [];
    // What is still to come is read away, so that the pipe does not fill up.
    if (url) {
      api.stdout.resume();
      return new URL(url);
    }
  }
  throw new Error('the api ended before it was listening');
}

/** From the same code that serves, built beside it and never asked. */
async function routesOf(db: ReturnType<typeof openDatabase>, blobs: Awaited<ReturnType<typeof openBlobs>>) {
  const config = readConfig({});
  const changes = new Changes(databaseUrl, log);
  const signIn = new SignIn(config.signIn, { db, secret: secretFrom(''), timeZone: 'UTC' });
  const app = await buildApi({
    signIn,
    metrics: new Metrics({ db, log }),
    db,
    blobs,
    changes,
    config,
    log,
    connections: 1,
    quietMs: 0,
    timeZone: 'UTC',
    defaults: config.preferenceDefaults,
  });
  await app.ready();
  return app.routeTable;
}

/** The largest of the first fifth after warming up, and of the last one. */
function growthOf(memory: readonly number[]): { before: number; after: number } {
  const warm = memory.slice(Math.floor(memory.length * WARM_AFTER));
  const fifth = Math.ceil(warm.length / 5);
  return { before: Math.max(...warm.slice(0, fifth)), after: Math.max(...warm.slice(-fifth)) };
}

/** What the process holds of the machine's memory. Only Linux tells it so simply; elsewhere nothing is judged. */
async function residentBytes(pid = 0): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(0)} MB`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('is not a whole number');
  return Number(text);
}
