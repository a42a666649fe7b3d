/** A run at small size on a real server: its costs feed the model, and its course is compared with the model's. */
import { setTimeout as delay } from 'node:timers/promises';
import { startProviders } from '../../simulators/providers.ts';
import { UploadBody } from '../../src/api/schemas.ts';
import { speechFile } from '../omi-case/recording.ts';
import { startServing } from '../serving.ts';
import type { Batch, Providers } from './model.ts';
import { type CpuTime, cpuTime } from './processes.ts';

export interface RealRun {
  files: number;
  cpu: CpuTime;
  /** From the first file's first byte to the last meaning. */
  drainedMs: number;
  /** From each sync's first byte to its meaning. */
  readyMs: number[];
}

export interface RealRunOptions {
  batches: readonly Batch[];
  fileSeconds: number;
  speechShare: number;
  providers: Providers;
}

/** Fresh recordings: what is older than a day waits in the lane of the backlog. */
const START_MS = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000;
const PATIENCE_MS = 10 * 60_000;

export async function runReal({
  batches,
  fileSeconds,
  speechShare,
  providers,
}: RealRunOptions): Promise<RealRun> {
  const speech = await startProviders({
    seed: 1,
    latency: {
      kind: 'by-length',
      ms: providers.transcriptionMs,
      msPerSecond: providers.transcriptionMsPerSpeechSecond,
    },
  });
  const language = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: providers.languageMs } });
  const server = await startServing({
    AFTERWORD_TRANSCRIBER: 'openai',
    AFTERWORD_TRANSCRIBER_URL: speech.openAiUrl,
    AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
    AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
    AFTERWORD_LANGUAGE_MODEL_URL: language.openAiUrl,
  });
  try {
    // The first one loads what the others find loaded.
    await sync(server.url, 0, formOf({ batch: 0, files: 1, fileSeconds, speechShare }));
    // Made before the clock starts: their sound takes as long to make as to hear.
    const forms = batches.map(({ files }, index) =>
      formOf({ batch: index + 1, files, fileSeconds, speechShare }),
    );
    const pid = Number(server.process.pid);
    const before = await cpuTime(pid);
    const startedAt = performance.now();
    const readyMs = await Promise.all(
      batches.map(async ({ atMs }, index) => {
        await delay(Math.max(0, atMs - (performance.now() - startedAt)));
        const sentAt = performance.now();
        await sync(server.url, index + 1, forms[index] ?? new FormData());
        return performance.now() - sentAt;
      }),
    );
    const drainedMs = performance.now() - startedAt;
    const after = await cpuTime(pid);
    return {
      files: batches.reduce((sum, { files }) => sum + files, 0),
      drainedMs,
      readyMs,
      cpu: {
        apiMs: after.apiMs - before.apiMs,
        workerMs: after.workerMs - before.workerMs,
        postgresMs: after.postgresMs - before.postgresMs,
      },
    };
  } finally {
    await server.close();
    await Promise.all([speech.close(), language.close()]);
  }
}

interface BatchOfFiles {
  batch: number;
  files: number;
  fileSeconds: number;
  speechShare: number;
}

/** One person sends files of one time as one request, and waits until their conversation has its meaning. */
async function sync(url: string, person: number, form: FormData): Promise<void> {
  const headers = { 'x-afterword-user': `person-${person}` };
  const accepted = await fetch(`${url}/api/v1/recordings`, { method: 'POST', headers, body: form });
  if (accepted.status !== 202) throw new Error(`${accepted.status}: ${await accepted.text()}`);
  const { id } = UploadBody.parse(await accepted.json());
  for (const givenUpAt = performance.now() + PATIENCE_MS; performance.now() < givenUpAt; ) {
    const read = await fetch(`${url}/api/v1/uploads/${id}`, { headers: { ...headers, prefer: 'wait=25' } });
    const upload = UploadBody.parse(await read.json());
    if (upload.status === 'done' && upload.conversationIds.length > 0) return;
  }
  throw new Error('an upload was not done within ten minutes');
}

function formOf({ batch, files, fileSeconds, speechShare }: BatchOfFiles): FormData {
  const form = new FormData();
  for (let file = 0; file < files; file++) {
    const bytes = speechFile({ seconds: fileSeconds, speechShare, nth: batch * 1000 + file });
    const startedAtSeconds = START_MS / 1000 + file * fileSeconds;
    form.append('files', new Blob([bytes]), `audio_omi_pcm16_16000_1_fs160_${startedAtSeconds}.wav`);
  }
  return form;
}
