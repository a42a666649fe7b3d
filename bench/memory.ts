/**
 * How much memory a worker holds, with the local models and without: `npm run bench:memory`. Each server hears the sample
 * day, and what its worker process holds (VmRSS, and its highest, VmHWM) is read from /proc, so it runs on Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { UploadBody } from '../src/api/schemas.ts';
import { median } from '../torture/pace.ts';
import { judgeGoals } from './report/goals.ts';
import { type Serving, startServing } from './serving.ts';

new Command('bench:memory')
  .description('resident memory of a worker, with the local models and with a remote transcriber; Linux only')
  .parse();

const DAY = fileURLToPath(new URL('../samples/day/', import.meta.url));
/** What is freed late is freed by then. */
const REST_MS = 10_000;
/** What the allocator keeps differs by 15 MB from run to run. */
const RUNS = 3;

const speech = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 200 } });
const sides: [name: string, wantedMb: number, settings: Record<string, string>][] = [
  ['two local recognizers', 1050, { AFTERWORD_RECOGNIZERS: '2' }],
  [
    'remote transcriber and language model',
    250,
    {
      AFTERWORD_RECOGNIZERS: '2',
      AFTERWORD_TRANSCRIBER: 'deepgram',
      AFTERWORD_DEEPGRAM_URL: speech.url,
      AFTERWORD_DEEPGRAM_KEY: 'simulated',
      AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
      AFTERWORD_LANGUAGE_MODEL_URL: speech.openAiUrl,
    },
  ],
];
const rows: Record<string, Record<'at the start' | 'after the day' | 'highest' | 'wanted', number>> = {};
for (const [name, wanted, settings] of sides) {
  const runs: Held[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measure(settings));
  const middle = (of: keyof Held) => median(runs.map((held) => held[of]));
  rows[name] = {
    'at the start': middle('startMb'),
    'after the day': middle('afterMb'),
    highest: Math.max(...runs.map(({ highestMb }) => highestMb)),
    wanted,
  };
}
await speech.close();
console.log(
  `Resident memory of the worker process, MB (1 MB is 10^6 bytes): medians of ${RUNS} runs, the highest of all.`,
);
console.table(rows);
judgeGoals(
  Object.entries(rows).map(([name, row]) => ({
    what: `${name}, MB after the day:`,
    is: row['after the day'],
    atMost: row.wanted,
  })),
);

interface Held {
  startMb: number;
  afterMb: number;
  highestMb: number;
}

async function measure(settings: Record<string, string>): Promise<Held> {
  const serving = await startServing(settings);
  try {
    const pid = workerOf(serving);
    const startMb = megabytes(pid, 'VmRSS');
    await hearTheDay(serving.url);
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

async function hearTheDay(url: string): Promise<void> {
  const form = new FormData();
  for (const name of readdirSync(DAY).filter((file) => file.endsWith('.bin')))
    form.append('files', new Blob([readFileSync(join(DAY, name))]), name);
  const sent = await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: form });
  const { id } = UploadBody.parse(await sent.json());
  for (;;) {
    const answer = await fetch(`${url}/api/v1/uploads/${id}`, { headers: { prefer: 'wait=25' } });
    const { files } = UploadBody.parse(await answer.json());
    if (files.every(({ finishedAtMs }) => finishedAtMs !== null)) return;
  }
}
