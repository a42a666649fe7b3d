/**
 * What the pipeline adds to what its providers take. Eight pieces whose transcription takes 1 s each, three calls to a
 * language model of 1 s each: run one after the other that is 11 s, and 2 s when nothing waits that need not.
 * On the embedded default, from the first byte of the upload to the conversation with its meaning.
 *
 *   npm run bench:critical-path        about 30 s
 */

import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { startProviders } from '../simulators/providers.ts';
import { readWav } from '../simulators/wav.ts';
import { ConversationBody, UploadBody } from '../src/api/schemas.ts';
import { joinedFloats } from '../src/audio/pcm16.ts';
import { toWav } from '../src/speech/transcribers/remote/wav.ts';
import { judgeGoals } from './report/goals.ts';
import { startServing } from './serving.ts';

new Command('bench:critical-path')
  .description('the time that the pipeline adds to what its providers take')
  .parse();

const PIECES = 8;
const LANGUAGE_CALLS = 3;
const CALL_MS = 1000;
const CRITICAL_PATH_MS = 2 * CALL_MS;
const WANTED_MS = 2600;
const RUNS = 7;
const RATE = 16_000;
const SENTENCE_SECONDS = 2;
const USER = 'bench';

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: CALL_MS } });
const server = await startServing({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_TRANSCRIBER_URL: providers.openAiUrl,
  AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
  AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
  AFTERWORD_LANGUAGE_MODEL_URL: providers.openAiUrl,
});
try {
  const { url } = server;
  const sentence = await readSentence();
  const rows: Row[] = [];
  // The first one loads what the others use; it is shown, and not counted.
  for (let run = 0; run <= RUNS; run++) {
    rows.push(await measure(url, sentence, run));
    await delay(1500);
  }
  console.table(Object.fromEntries(rows.map((row, at) => [at === 0 ? 'first' : `run ${at}`, row])));
  const totals = rows
    .slice(1)
    .map((row) => row['meaning ms'])
    .sort((a, b) => a - b);
  const median = totals[Math.floor(RUNS / 2)] ?? 0;
  const worst = totals.at(-1) ?? 0;
  console.log(
    `from the first byte to the meaning: median ${median} ms, slowest ${worst} ms of ${RUNS}; ` +
      `${(median / CRITICAL_PATH_MS).toFixed(2)} x the critical path of ${CRITICAL_PATH_MS} ms, wanted ${WANTED_MS} ms at most`,
  );
  judgeGoals([{ what: 'median ms from the first byte to the meaning', is: median, atMost: WANTED_MS }]);
} finally {
  await server.close();
  await providers.close();
}

interface Row {
  '202 ms': number;
  'queued ms': number;
  'decode, listen ms': number;
  'words ms': number;
  'meaning ms': number;
  'calls: pieces': number;
  'calls: language': number;
}

async function measure(url: string, sentence: Float32Array, run: number): Promise<Row> {
  const before = providers.stats().calls;
  const startedAtMs = Date.UTC(2026, 2, 3, 9) + run * 3_600_000;
  const headers = { 'x-afterword-user': USER };
  const sentAtMs = Date.now();
  const accepted = await fetch(`${url}/api/v1/recordings?name=run-${run}.wav&startedAtMs=${startedAtMs}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'audio/wav' },
    body: new Blob([recordingOf(sentence, run)]),
  });
  const acceptedAtMs = Date.now();
  const { id } = UploadBody.parse(await accepted.json());
  const done = UploadBody.parse(
    await (await fetch(`${url}/api/v1/uploads/${id}`, { headers: { ...headers, prefer: 'wait=25' } })).json(),
  );
  const doneAtMs = Date.now();
  const timings = done.files[0]?.timings ?? {};
  const [conversationId = ''] = done.conversationIds;
  const answer = await fetch(`${url}/api/v1/conversations/${conversationId}`, { headers });
  const conversation = ConversationBody.parse(await answer.json());
  if (conversation.status !== 'ready' || conversation.madeBy?.kind !== 'language-model')
    throw new Error(`the conversation is ${conversation.status}: ${conversation.failure}`);
  const calls = providers.stats().calls - before;
  if (calls !== PIECES + LANGUAGE_CALLS)
    throw new Error(`${calls} calls instead of ${PIECES + LANGUAGE_CALLS}`);
  return {
    '202 ms': acceptedAtMs - sentAtMs,
    'queued ms': timings.queuedMs ?? 0,
    'decode, listen ms': (timings.decodeMs ?? 0) + (timings.listenMs ?? 0),
    'words ms': (done.files[0]?.finishedAtMs ?? 0) - sentAtMs,
    'meaning ms': doneAtMs - sentAtMs,
    'calls: pieces': conversation.segments.length,
    'calls: language': calls - conversation.segments.length,
  };
}

/** Real speech, so that the detector has its work: one sentence eight times, each a step louder, with pauses. */
function recordingOf(sentence: Float32Array, run: number): Uint8Array<ArrayBuffer> {
  // Longer than the pauses over which pieces are joined.
  const pause = new Float32Array(6 * RATE);
  const parts = Array.from({ length: PIECES }, (_, at) => [
    sentence.map((sample) => sample * (0.8 + (at + run * PIECES) * 0.002)),
    pause,
  ]).flat();
  return toWav(joinedFloats(parts));
}

async function readSentence(): Promise<Float32Array> {
  const wav = readWav(await readFile(new URL('../tests/fixtures/speech/two-cities.wav', import.meta.url)));
  if (!wav) throw new Error('the sample cannot be read');
  return Float32Array.from(
    { length: SENTENCE_SECONDS * RATE },
    (_, at) => wav.pcm.readInt16LE(at * 2) / 0x8000,
  );
}
