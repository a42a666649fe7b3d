/**
 * How much memory a worker holds, with the local models and without: `npm run bench:memory`. Each server hears the sample
 * day, and what its worker process holds (VmRSS, and its highest, VmHWM) is read from /proc, so it runs on Linux only.
 *
 *   npm run bench:memory                  both, about three minutes
 *   npm run bench:memory -- --calls 64    in place of these, a worker that makes so many calls at once for long recordings
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { UploadBody } from '../src/api/schemas.ts';
import { median } from '../torture/pace.ts';
import { omiCase } from './omi-case/recording.ts';
import { type Goal, judgeGoals } from './report/goals.ts';
import { type Serving, startServing } from './serving.ts';

const { calls } = new Command('bench:memory')
  .description('resident memory of a worker, with the local models and with a remote transcriber; Linux only')
  .option('--calls <n>', 'only a worker that makes so many calls at once for long recordings', Number)
  .parse()
  .opts<{ calls?: number }>();

const DAY = fileURLToPath(new URL('../samples/day/', import.meta.url));
/** What is freed late is freed by then. */
const REST_MS = 10_000;
/** What the allocator keeps differs by 15 MB from run to run. */
const RUNS = 3;
/** With calls of 20 s more pieces are cut than are answered, as with a provider that is slow. */
const LONG_CALL_MS = 20_000;
/** Seventeen minutes each, with eight minutes of speech. */
const LONG_RECORDINGS = 8;

const speech = await startProviders({
  seed: 1,
  latency: { kind: 'fixed', ms: calls === undefined ? 200 : LONG_CALL_MS },
});
const remote = {
  AFTERWORD_RECOGNIZERS: '2',
  AFTERWORD_TRANSCRIBER: 'deepgram',
  AFTERWORD_DEEPGRAM_URL: speech.url,
  AFTERWORD_DEEPGRAM_KEY: 'simulated',
  AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
  AFTERWORD_LANGUAGE_MODEL_URL: speech.openAiUrl,
};
interface Side {
  name: string;
  wantedMb?: number;
  settings: Record<string, string>;
  files(): SentFile[];
}
const sides: Side[] =
  calls === undefined
    ? [
        {
          name: 'two local recognizers',
          wantedMb: 1050,
          settings: { AFTERWORD_RECOGNIZERS: '2' },
          files: dayFiles,
        },
        { name: 'remote transcriber and language model', wantedMb: 250, settings: remote, files: dayFiles },
      ]
    : [
        {
          name: `remote transcriber, ${calls} calls at once`,
          settings: {
            ...remote,
            AFTERWORD_TRANSCRIBER_CALLS: String(calls),
            AFTERWORD_TRANSCRIBER_LIMIT: 'off',
          },
          files: longFiles,
        },
      ];
const rows: Record<string, Record<'at the start' | 'after it' | 'highest' | 'wanted', number | string>> = {};
const goals: Goal[] = [];
for (const { name, wantedMb, settings, files } of sides) {
  const runs: Held[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measure(settings, files()));
  const middle = (of: keyof Held) => median(runs.map((held) => held[of]));
  rows[name] = {
    'at the start': middle('startMb'),
    'after it': middle('afterMb'),
    highest: Math.max(...runs.map(({ highestMb }) => highestMb)),
    wanted: wantedMb ?? '',
  };
  if (wantedMb) goals.push({ what: `${name}, MB after the day:`, is: middle('afterMb'), atMost: wantedMb });
}
await speech.close();
console.log(
  `Resident memory of the worker process, MB (1 MB is 10^6 bytes): medians of ${RUNS} runs, the highest of all.`,
);
console.table(rows);
judgeGoals(goals);

interface Held {
  startMb: number;
  afterMb: number;
  highestMb: number;
}

async function measure(settings: Record<string, string>, files: readonly SentFile[]): Promise<Held> {
  const serving = await startServing(settings);
  try {
    const pid = workerOf(serving);
    const startMb = megabytes(pid, 'VmRSS');
    await hear(serving.url, files);
    await delay(REST_MS);
    return { startMb, afterMb: megabytes(pid, 'VmRSS'), highestMb: megabytes(pid, 'VmHWM') };
  } finally {
    await serving.close();
  }
}

/** The server's child with a worker's command line. */
function workerOf(serving: Serving): number {
  const parent = serving.process.pid;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (status.includes(`PPid:\t${parent}\n`) && /\0worker(\0|$)/.test(command)) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error('no worker process was found');
}

function megabytes(pid: number, key: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round((Number(found?.[1]) * 1024) / 1e6);
}

interface SentFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

function dayFiles(): SentFile[] {
  return readdirSync(DAY)
    .filter((file) => file.endsWith('.bin'))
    .map((name) => ({ name, bytes: readFileSync(join(DAY, name)) }));
}

/** An hour apart. */
function longFiles(): SentFile[] {
  const startedAtS = Math.floor(Date.now() / 1000) - 3600 * (LONG_RECORDINGS + 1);
  return Array.from({ length: LONG_RECORDINGS }, (_, n) => ({
    name: `long_${startedAtS + 3600 * n}.wav`,
    bytes: omiCase(n),
  }));
}

async function hear(url: string, files: readonly SentFile[]): Promise<void> {
  const form = new FormData();
  for (const { name, bytes } of files) form.append('files', new Blob([bytes]), name);
  const sent = await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: form });
  const { id } = UploadBody.parse(await sent.json());
  for (;;) {
    const answer = await fetch(`${url}/api/v1/uploads/${id}`, { headers: { prefer: 'wait=25' } });
    const { files } = UploadBody.parse(await answer.json());
    if (files.every(({ finishedAtMs }) => finishedAtMs !== null)) return;
  }
}
