/** A real server with simulated providers: each sender notes when its files are expected, and when they are done. */
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { startProviders } from '../../simulators/providers.ts';
import { UploadBody } from '../../src/api/schemas.ts';
import { DATABASE } from '../../src/embedded-postgres/connect.ts';
import { readCredentials, urlOf } from '../../src/embedded-postgres/credentials.ts';
import { errorOf } from '../../src/estimate/rates.ts';
import { openDatabase } from '../../src/store/database.ts';
import { speechFile } from '../omi-case/recording.ts';
import { startServing } from '../serving.ts';
import type { Judged } from './day.ts';

const SYNCS = 14;
const EVERY_MS = 12_000;
const FILE_SECONDS = 60;
const PATIENCE_MS = 5 * 60_000;

type Told = Pick<Judged, 'estimatedMs' | 'realMs' | 'isBetween'> & { stage: string };

export async function runReal(): Promise<{ told: Told[]; byStage: Record<string, object> }> {
  const latency = { kind: 'by-length', ms: 1_500, msPerSecond: 60 } as const;
  const speech = await startProviders({ seed: 1, latency });
  const language = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 3_500 } });
  const server = await startServing({
    AFTERWORD_TRANSCRIBER: 'openai',
    AFTERWORD_TRANSCRIBER_URL: speech.openAiUrl,
    AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
    AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
    AFTERWORD_LANGUAGE_MODEL_URL: language.openAiUrl,
  });
  try {
    const syncs: Promise<Told[]>[] = [];
    for (let sync = 0; sync < SYNCS; sync++) {
      syncs.push(send(server.url, sync, 1 + ((sync * 7) % 12)));
      await delay(EVERY_MS);
    }
    const told = (await Promise.all(syncs)).flat();
    return { told, byStage: await ratesOf(server.dataDir) };
  } finally {
    await server.close();
    await Promise.all([speech.close(), language.close()]);
  }
}

async function send(url: string, sync: number, files: number): Promise<Told[]> {
  const headers = { 'x-afterword-user': `person-${sync % 5}` };
  const form = new FormData();
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 5 * 3_600_000 + sync * 900_000;
  for (let n = 0; n < files; n++) {
    const startedAtSeconds = startMs / 1_000 + n * FILE_SECONDS;
    const bytes = speechFile({ seconds: FILE_SECONDS, speechShare: 0.35, nth: sync * 100 + n });
    form.append('files', new Blob([bytes]), `audio_omi_pcm16_16000_1_fs160_${startedAtSeconds}.wav`);
  }
  const accepted = await fetch(`${url}/api/v1/recordings`, { method: 'POST', headers, body: form });
  const first = UploadBody.parse(await accepted.json());
  const acceptedAtMs = Date.now();
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${url}/api/v1/uploads/${first.id}`, {
      headers: { ...headers, prefer: 'wait=25' },
    });
    const upload = UploadBody.parse(await answer.json());
    if (upload.status !== 'done' && performance.now() < until) continue;
    const all = [
      { stage: 'upload', expected: first.expected, doneAtMs: Date.now() },
      ...first.files.map(({ recordingId, expected }) => ({
        stage: 'words of a file',
        expected,
        doneAtMs: upload.files.find((file) => file.recordingId === recordingId)?.finishedAtMs ?? Date.now(),
      })),
    ];
    return all.flatMap(({ stage, expected, doneAtMs }) => {
      if (expected?.doneAtMs == null) return [];
      const { earliestAtMs, latestAtMs } = expected;
      const isBetween = doneAtMs >= (earliestAtMs ?? 0) && doneAtMs <= (latestAtMs ?? 0);
      const [estimatedMs, realMs] = [expected.doneAtMs - acceptedAtMs, doneAtMs - acceptedAtMs];
      return [{ stage, estimatedMs, realMs, isBetween }];
    });
  }
}

async function ratesOf(dataDir: string): Promise<Record<string, object>> {
  const credentials = await readCredentials(dataDir);
  if (!credentials?.port) throw new Error('the server has no database');
  const db = openDatabase(urlOf(credentials, credentials.port, DATABASE), pino({ level: 'error' }), 1);
  try {
    const rates = await db.selectFrom('stage_rates').selectAll().orderBy('stage').orderBy('busy').execute();
    return Object.fromEntries(
      rates.map(({ stage, kind, busy, learned }) => [
        `${stage} ${kind} ${busy}`,
        {
          'real, mean ms': Math.round(learned.ms / learned.weight),
          judged: Math.round(learned.judged),
          'error, mean': Math.round((errorOf(learned) ?? 0) * 100) / 100,
        },
      ]),
    );
  } finally {
    await db.destroy();
  }
}
