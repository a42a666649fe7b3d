/**
 * How fast recordings become speech and speech becomes words, on one core: `npm run bench:audio`.
 * Everything is measured on the real code over samples/day; times are the median of several runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Application, createEncoder } from 'libopus-wasm';
import { decode } from '../src/audio/decode.ts';
import { type AudioHint, SAMPLE_RATE } from '../src/audio/hint.ts';
import { joinedFloats, toPcm16 } from '../src/audio/pcm16.ts';
import { emptyReport } from '../src/audio/report.ts';
import { moonshineFiles, sileroFile, tokensFile } from '../src/speech/models/files.ts';
import { preparedSilero } from '../src/speech/models/prepared.ts';
import { cut } from '../src/speech/splitting/cut.ts';
import type { Piece } from '../src/speech/splitting/piece.ts';
import { createMoonshine } from '../src/speech/transcribers/moonshine/moonshine.ts';
import {
  createRecognizer,
  createVad,
  readableText,
  VAD_WINDOW,
} from '../src/speech/transcribers/moonshine/sherpa.ts';
import { listen } from '../src/speech/vad/listen.ts';
import { oggFile } from '../tests/audio/ogg-writer.ts';
import { omiFile, pcm16Bytes } from '../tests/audio/omi-writer.ts';
import { wavFile } from '../tests/audio/wav-writer.ts';
import { judgeGoals } from './report/goals.ts';

new Command('bench:audio').description('speed of decoding, listening and transcribing on one core').parse();

const RUNS = 5;
const TRANSCRIBED_SECONDS = 150;
const DAY = fileURLToPath(new URL('../samples/day/', import.meta.url));
const MODELS = join(tmpdir(), 'afterword-bench');
const MINUTES = [1774000000, 1774000060, 1774000120, 1774000420, 1774001200];

interface Row {
  stage: string;
  audioSeconds: number;
  milliseconds: number[];
}

const opusHint = (frameSamples: number): AudioHint => ({
  codec: 'opus',
  sampleRateHz: SAMPLE_RATE,
  frameSamples,
});
const pcmHint: AudioHint = { codec: 'pcm16', sampleRateHz: SAMPLE_RATE, frameSamples: 160 };

const recordings = MINUTES.map((at) =>
  readFileSync(join(DAY, `audio_omi_opus_fs320_16000_1_fs320_${at}.bin`)),
);
const audio = joinedFloats(await Promise.all(recordings.map((bytes) => decoded(bytes, opusHint(320)))));
const pcm = pcm16Bytes(audio);
const opus10 = await encode(audio, 160);
const opus20 = await encode(audio, 320);
const inputs: [string, Uint8Array, AudioHint | null][] = [
  ['decode Opus, 20 ms frames', omiFile(opus20), opusHint(320)],
  ['decode Opus, 10 ms frames', omiFile(opus10), opusHint(160)],
  ['decode Ogg Opus, 20 ms', oggFile({ packets: opus20, packetGranules: 960 }), null],
  ['decode PCM16', omiFile(slices(pcm, 320)), pcmHint],
  ['decode WAV', wavFile(pcm, { tag: 1, bits: 16, channels: 1, rate: SAMPLE_RATE }), null],
];

const rows: Row[] = [];
for (const [stage, bytes, hint] of inputs) {
  rows.push(await measure(stage, () => decoded(bytes, hint)));
}

await besideFfmpeg();

const pieces: Piece[] = [];
const model = await preparedSilero([MODELS]);
rows.push(
  await measure('listen (Silero v6) and cut', async () => {
    pieces.length = 0;
    for await (const piece of cut(listen(seconds(audio), { model }))) pieces.push(piece);
  }),
);

await besidePlainSilero();

const moonshine = await createMoonshine({ cacheDir: MODELS, threads: 1 });
const { signal } = new AbortController();
let attempts = 0;
// Half of the audio is enough to tell, and keeps the whole under a minute.
const half = pieces.filter(({ endMs }) => endMs < TRANSCRIBED_SECONDS * 1000);
const transcribing = await measure(
  'transcribe (Moonshine base)',
  async () => {
    attempts = 0;
    for (const { samples } of half) {
      attempts += (
        await moonshine.transcribe({ samples: toPcm16(samples), sampleRateHz: SAMPLE_RATE }, { signal })
      ).attempts;
    }
  },
  2,
);
const inPieces = half.reduce((sum, { samples }) => sum + samples.length, 0) / SAMPLE_RATE;
rows.push({ ...transcribing, audioSeconds: TRANSCRIBED_SECONDS });
rows.push({ ...transcribing, stage: '  of the speech alone', audioSeconds: inPieces });
await besidePlainMoonshine();
await moonshine.close();

print();

/** Both decode the same Ogg Opus to 16 kHz, one after the other, on one thread, and their CPU time is compared. */
async function besideFfmpeg(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-bench-'));
  try {
    const path = join(folder, 'day.ogg');
    const bytes = oggFile({ packets: opus20, packetGranules: 960 });
    writeFileSync(path, bytes);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      ours.push(await cpuMs(() => decoded(bytes, null)));
      const args = [
        '-hide_banner',
        '-benchmark',
        '-threads',
        '1',
        '-i',
        path,
        '-ar',
        '16000',
        '-f',
        'null',
        '-',
      ];
      const { stderr, error } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
      if (error) {
        console.log('Not compared with ffmpeg: it is not installed.');
        return;
      }
      const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
      theirs.push(1000 * (Number(user) + Number(system)));
    }
    compare('decode Ogg Opus, beside ffmpeg', ours, theirs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same model run by sherpa without anything around it: no marks, no sound kept, no pieces. */
async function besidePlainSilero(): Promise<void> {
  const vad = createVad({
    model: sileroFile().path,
    threshold: 0.5,
    minSilenceSeconds: 0.25,
    minSpeechSeconds: 0.2,
    bufferSeconds: 60,
  });
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(
      await cpuMs(async () => {
        for await (const _ of cut(listen(seconds(audio), { model })));
      }),
    );
    theirs.push(
      await cpuMs(async () => {
        for (let at = 0; at + VAD_WINDOW <= audio.length; at += VAD_WINDOW) {
          vad.acceptWaveform(audio.subarray(at, at + VAD_WINDOW));
          for (; !vad.isEmpty(); vad.pop());
        }
        vad.reset();
      }),
    );
  }
  compare('listen and cut, beside Silero run plainly', ours, theirs);
}

/** The same model on the same pieces, run once each without anything around it: no guards, no thread of its own. */
async function besidePlainMoonshine(): Promise<void> {
  const { encoder, decoder } = moonshineFiles('base');
  const tokens = await tokensFile(MODELS);
  const recognize = createRecognizer({ encoder: encoder.path, decoder: decoder.path, tokens });
  const ours: number[] = [];
  const theirs: number[] = [];
  let alike = 0;
  for (let run = 0; run < 2; run++) {
    alike = 0;
    const said: string[] = [];
    ours.push(
      await cpuMs(async () => {
        for (const { samples } of half) {
          const { segments } = await moonshine.transcribe(
            { samples: toPcm16(samples), sampleRateHz: SAMPLE_RATE },
            { signal },
          );
          said.push(segments.map(({ text }) => text).join(' '));
        }
      }),
    );
    theirs.push(
      await cpuMs(async () => {
        for (const [at, { samples }] of half.entries())
          if (readableText(recognize(samples).text) === said[at]) alike++;
      }),
    );
  }
  compare('transcribe, beside Moonshine run plainly', ours, theirs);
  console.log(`The words of ${alike} of ${half.length} pieces are the same.`);
}

function compare(what: string, ours: number[], theirs: number[]): void {
  const [our, their] = [ours, theirs].map((times) => median(times.toSorted((a, b) => a - b)));
  const ratio = (their ?? 0) / (our ?? 1);
  console.log(
    `${what}: CPU ${our?.toFixed(0)} and ${their?.toFixed(0)} ms, ${ratio.toFixed(2)} x as fast, goal >= 1.`,
  );
  judgeGoals([{ what: `${what}, times as fast:`, is: ratio, atLeast: 1 }]);
}

async function cpuMs(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function measure(stage: string, run: () => Promise<unknown>, runs = RUNS): Promise<Row> {
  await run();
  const milliseconds: number[] = [];
  for (let n = 0; n < runs; n++) {
    const start = performance.now();
    await run();
    milliseconds.push(performance.now() - start);
  }
  return { stage, audioSeconds: audio.length / SAMPLE_RATE, milliseconds };
}

function print(): void {
  const seconds = Math.round(audio.length / SAMPLE_RATE);
  const [cpu] = cpus();
  console.log(
    `${seconds} s of samples/day on one of ${availableParallelism()} cores (${cpu?.model ?? 'unknown'}).`,
  );
  console.log(
    `Median of ${RUNS} runs after a warm-up, of 2 for transcription. Times realtime: more is better.\n`,
  );
  console.log(
    `${'stage'.padEnd(30)}${'median'.padStart(10)}${'spread'.padStart(9)}${'x realtime'.padStart(13)}`,
  );
  for (const { stage, audioSeconds, milliseconds } of rows) {
    const sorted = milliseconds.toSorted((a, b) => a - b);
    const middle = median(sorted);
    const spread = ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / middle;
    const speed = (audioSeconds * 1000) / middle;
    console.log(
      stage.padEnd(30) +
        `${middle.toFixed(0)} ms`.padStart(10) +
        `${(100 * spread).toFixed(0)} %`.padStart(9) +
        speed.toFixed(0).padStart(13),
    );
  }
  console.log(
    `\nTranscribed: the ${half.length} pieces of the first ${TRANSCRIBED_SECONDS} s, ${inPieces.toFixed(0)} s, ${attempts} runs of the recognizer.`,
  );
  console.log(
    `Resident memory with one recognizer: ${Math.round(process.memoryUsage.rss() / 1e6)} MB at the end.`,
  );
}

function median(sorted: number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

async function decoded(bytes: Uint8Array, hint: AudioHint | null): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const part of decode(inChunks(bytes), hint, emptyReport())) parts.push(part);
  return joinedFloats(parts);
}

async function encode(samples: Float32Array, frame: number): Promise<Uint8Array[]> {
  const encoder = await createEncoder({
    sampleRate: SAMPLE_RATE,
    channels: 1,
    frameSize: frame,
    application: Application.Voip,
  });
  const packets: Uint8Array[] = [];
  for (let at = 0; at + frame <= samples.length; at += frame) {
    packets.push(encoder.encodeFloat(samples.subarray(at, at + frame)).slice());
  }
  encoder.free();
  return packets;
}

function slices(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}

async function* seconds(samples: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += SAMPLE_RATE) yield samples.subarray(at, at + SAMPLE_RATE);
}
