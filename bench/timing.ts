/**
 * Where the time went, as the log tells it: the `sync_timing` lines of the sample day on the embedded default, and of Omi's
 * case at a simulated provider. Fails if the parts of the critical path, waits included, do not add up to the total.
 *
 *   npm run bench:timing               about 2 minutes
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { UploadBody } from '../src/api/schemas.ts';
import { readFolder } from '../src/cli/demo/sample.ts';
import { eventually } from '../torture/pace.ts';
import { omiCase } from './omi-case/recording.ts';
import { judgeGoals } from './report/goals.ts';
import { type Serving, startServing } from './serving.ts';

new Command('bench:timing').description("sync_timing lines of the sample day and of Omi's case").parse();

const SAMPLE_DAY = fileURLToPath(new URL('../samples/day', import.meta.url));
const WANTED_SHARE = 0.02;
const PATIENCE_MS = 8 * 60_000;
const HEADERS = { 'x-afterword-user': 'bench' };

interface TimingLine {
  msg: string;
  stage: string;
  uploadId: string;
  total_ms: number;
  elapsed_ms: number;
  breakdown?: Record<string, number>;
}

const isMet: boolean[] = [];
await sampleDay();
await omisCase();
console.log(`wanted: the parts add up to the total within ${WANTED_SHARE * 100} %`);
judgeGoals([
  {
    what: 'totals that differ from the sum of their parts',
    is: isMet.filter((met) => !met).length,
    atMost: 0,
  },
]);

async function sampleDay(): Promise<void> {
  const server = await startServing(logged('info'));
  try {
    const form = new FormData();
    for (const { name, blob } of await readFolder(SAMPLE_DAY)) form.append('files', blob, name);
    isMet.push(await show('The sample day, on the embedded default', server, form));
  } finally {
    await server.close();
  }
}

async function omisCase(): Promise<void> {
  const speech = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 4_600 } });
  const language = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 1_850 } });
  const server = await startServing({
    ...logged('info'),
    AFTERWORD_TRANSCRIBER: 'openai',
    AFTERWORD_TRANSCRIBER_URL: speech.openAiUrl,
    AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
    AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
    AFTERWORD_LANGUAGE_MODEL_URL: language.openAiUrl,
  });
  try {
    const form = new FormData();
    form.append(
      'files',
      new Blob([omiCase(1)]),
      `audio_omi_pcm16_16000_1_fs160_${Date.UTC(2026, 2, 3, 9) / 1_000}.wav`,
    );
    isMet.push(await show("Omi's case at a quarter of its time, at a simulated provider", server, form));
  } finally {
    await server.close();
    await Promise.all([speech.close(), language.close()]);
  }
}

/** The log goes into the server's own folder, which its settings name relative to where it runs. */
function logged(level: string): Record<string, string> {
  return {
    AFTERWORD_LOG_LEVEL: level,
    AFTERWORD_LOG_FILE: join(process.env.TMPDIR ?? '/tmp', `afterword-timing-${process.pid}.log`),
  };
}

/** @returns whether the parts add up to the total that the log tells, and this to what its sender has measured */
async function show(title: string, { url }: Serving, form: FormData): Promise<boolean> {
  const sentAt = performance.now();
  const accepted = await fetch(`${url}/api/v1/recordings`, { method: 'POST', headers: HEADERS, body: form });
  const { id } = UploadBody.parse(await accepted.json());
  const done = await eventually(async () => {
    const answer = await fetch(`${url}/api/v1/uploads/${id}`, { headers: { ...HEADERS, prefer: 'wait=25' } });
    return UploadBody.parse(await answer.json()).status === 'done';
  }, PATIENCE_MS);
  if (!done) throw new Error('the upload was not done in time');
  const measuredMs = performance.now() - sentAt;
  const last = await eventually(
    async () => (await linesOf(id)).find(({ stage }) => stage === 'done'),
    10_000,
  );
  if (!last?.breakdown) throw new Error('the log has no last line of the upload');
  const lines = await linesOf(id);
  const sumMs = Object.values(last.breakdown).reduce((sum, ms) => sum + ms, 0);
  const offBy = Math.abs(sumMs - last.total_ms) / last.total_ms;
  console.log(`\n${title}: ${lines.length} sync_timing lines`);
  for (const { stage, elapsed_ms, total_ms } of lines)
    console.log(`  ${stage}  elapsed_ms ${elapsed_ms}  total_ms ${total_ms}`);
  console.log(`  breakdown ${JSON.stringify(last.breakdown)}`);
  console.log(
    `  parts ${sumMs} ms, total ${last.total_ms} ms: off by ${(offBy * 100).toFixed(2)} %; its sender measured ${Math.round(measuredMs)} ms`,
  );
  return offBy <= WANTED_SHARE;
}

async function linesOf(uploadId: string): Promise<TimingLine[]> {
  const text = await readFile(logged('info').AFTERWORD_LOG_FILE ?? '', 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  return lines
    .map((line) => JSON.parse(line) as TimingLine)
    .filter((line) => line.msg === 'sync_timing' && line.uploadId === uploadId);
}
