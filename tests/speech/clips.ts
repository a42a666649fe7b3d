/** The recordings that the tests of this room listen to. */
import { createReadStream, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from '../../src/audio/decode.ts';
import { type AudioHint, SAMPLE_RATE } from '../../src/audio/hint.ts';
import { joinedFloats, toPcm16 } from '../../src/audio/pcm16.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { PcmPiece, Piece } from '../../src/speech/splitting/piece.ts';
import { listen } from '../../src/speech/vad/listen.ts';

const DAY = fileURLToPath(new URL('../../samples/day/', import.meta.url));
const CLIPS = fileURLToPath(new URL('../fixtures/speech/', import.meta.url));

/** Shared by all test files: they may fill it at the same time, as processes may. */
export const CACHE_DIR = join(tmpdir(), 'afterword-speech-tests');

export interface Utterance {
  start: number;
  end: number;
  clip: string;
  text: string;
}

export interface DayFile {
  path: string;
  startsAt: number;
  hint: AudioHint;
}

export const truth: Utterance[] = (
  JSON.parse(readFileSync(join(DAY, 'truth.json'), 'utf8')) as {
    conversations: { utterances: Utterance[] }[];
  }
).conversations.flatMap(({ utterances }) => utterances);

export const day: DayFile[] = [
  opus('omi_opus_fs320_16000_1_fs320', 1774000000),
  opus('omi_opus_fs320_16000_1_fs320', 1774000060),
  opus('omi_opus_fs320_16000_1_fs320', 1774000120),
  opus('omi_opus_fs320_16000_1_fs320', 1774000420),
  {
    ...opus('phonemic_pcm16_16000_1_fs160', 1774000480),
    hint: { codec: 'pcm16', sampleRateHz: SAMPLE_RATE, frameSamples: 160 },
  },
  opus('omi_opus_fs320_16000_1_fs320', 1774001200),
];

function opus(kind: string, startsAt: number): DayFile {
  return {
    path: join(DAY, `audio_${kind}_${startsAt}.bin`),
    startsAt,
    hint: { codec: 'opus', sampleRateHz: SAMPLE_RATE, frameSamples: 320 },
  };
}

export function clipPath(name: string): string {
  return join(CLIPS, `${name}.wav`);
}

/** Opened when first read, as a blob is. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 16 * 1024 });
}

export async function clip(name: string): Promise<Float32Array> {
  const bytes = await readFile(clipPath(name));
  return collect(decode(chunks([bytes]), null, emptyReport()));
}

export async function dayAudio(file: DayFile): Promise<Float32Array> {
  return collect(decode(bytesOf(file.path), file.hint, emptyReport()));
}

export async function* chunks<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

export async function* inChunks(samples: Float32Array, size: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += size) yield samples.slice(at, at + size);
}

/** The piece as it leaves the thread that cut it. */
export function outside(piece: Piece): PcmPiece {
  return { ...piece, samples: toPcm16(piece.samples) };
}

export async function piecesOf(samples: Float32Array): Promise<Piece[]> {
  return all(cut(listen(inChunks(samples, SAMPLE_RATE))));
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function collect(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  return joinedFloats(await all(parts));
}

/** Hiss, the same every time. */
export function noise(seconds: number, amplitude: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: seconds * SAMPLE_RATE }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return amplitude * ((2 * state) / 2 ** 31 - 1);
  });
}
