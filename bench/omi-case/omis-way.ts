/**
 * The same calls in the order in which Omi's request made them: decode and listen to all of it, then the stretches, four
 * at once, each with its transcription and then three calls to a language model one after the other. The example
 * log in Omi's PR #5942 has eight segments of 41.2 s in 85.3 s, which are two rounds of four: that four run at once is taken
 * from there, and not from Omi's source.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import { decode } from '../../src/audio/decode.ts';
import { toPcm16 } from '../../src/audio/pcm16.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { preparedSilero } from '../../src/speech/models/prepared.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';

const RATE = 16_000;
export const LANGUAGE_CALLS = 3;
const MOST_CALLS = 4;
/** What the simulated providers ask for. */
const WAIT_MS = 1000;
/** Omi joins what is less than 120 s apart only later; its segments end where nobody speaks for some seconds. */
const PAUSE_SECONDS = 10;

export interface OmisRun {
  listenMs: number;
  totalMs: number;
  segments: number;
}

export async function runOmisWay(
  file: Uint8Array,
  {
    transcriber,
    languageModelUrl,
    atOnce = 4,
  }: { transcriber: Transcriber; languageModelUrl: string; atOnce?: number },
): Promise<OmisRun> {
  // The one that a worker of ours runs: what is compared is the order of the work.
  const model = await preparedSilero([join(tmpdir(), 'afterword-bench')]);
  const start = performance.now();
  const speech: Speech[] = [];
  const audio = decode(chunksOf(file), null, emptyReport());
  for await (const span of listen(audio, { model })) speech.push(span);
  const segments = joined(speech);
  const listenMs = performance.now() - start;
  const { signal } = new AbortController();
  await pMap(
    segments,
    async (samples) => {
      await patiently(() =>
        transcriber.transcribe({ samples: toPcm16(samples), sampleRateHz: RATE }, { signal }),
      );
      for (let call = 0; call < LANGUAGE_CALLS; call++)
        await patiently(() => askLanguageModel(languageModelUrl));
    },
    { concurrency: atOnce },
  );
  return { listenMs, totalMs: performance.now() - start, segments: segments.length };
}

/** A refused call is made again after as long as the provider asks for, as Omi's clients do. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let nth = 1; ; nth++) {
    try {
      return await call();
    } catch (error) {
      if (nth === MOST_CALLS) throw error;
      await delay(WAIT_MS);
    }
  }
}

function joined(speech: readonly Speech[]): Float32Array<ArrayBuffer>[] {
  const groups: Speech[][] = [];
  for (const span of speech) {
    const before = groups.at(-1)?.at(-1);
    if (before && span.startSample - before.endSample < PAUSE_SECONDS * RATE) groups.at(-1)?.push(span);
    else groups.push([span]);
  }
  return groups.map((group) => {
    const first = group[0]?.startSample ?? 0;
    const samples = new Float32Array((group.at(-1)?.endSample ?? 0) - first);
    for (const span of group) samples.set(span.samples, span.startSample - first);
    return samples;
  });
}

async function* chunksOf(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 65_536) yield file.subarray(at, at + 65_536);
}

async function askLanguageModel(url: string): Promise<void> {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const answer = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'simulated',
      messages: [{ role: 'user', content: `What was said? ${Math.random()}` }],
      response_format: { type: 'json_schema', json_schema: { name: 'structure', schema } },
    }),
  });
  if (!answer.ok) throw new Error(`the language model answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
