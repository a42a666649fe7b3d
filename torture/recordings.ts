/**
 * Recordings as a wearable makes them, with real speech in them: stretches of people talking, each with noise of its
 * own of two steps of 16 bits, so that no two files have the same content and a real detector hears them all.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { decode } from '../src/audio/decode.ts';
import type { AudioHint } from '../src/audio/hint.ts';
import { emptyReport } from '../src/audio/report.ts';

export const HINT: AudioHint = { codec: 'pcm16', sampleRateHz: 16_000, frameSamples: 160 };
const RATE = 16_000;
const FRAME_SAMPLES = 160;
const SAMPLES = new URL('../samples/day/', import.meta.url);
const FIXTURES = new URL('../tests/fixtures/speech/', import.meta.url);

/** `poison` is speech that the provider will refuse for good. */
export type Kind = 'speech' | 'silent' | 'corrupt' | 'poison' | 'garbage';

export interface Recording {
  userId: string;
  name: string;
  startedAtMs: number;
  kind: Kind;
  bytes: Buffer;
  sha256: string;
}

export class Voices {
  readonly #speech: Int16Array[];
  readonly #random: () => number;

  private constructor(speech: Int16Array[], random: () => number) {
    this.#speech = speech;
    this.#random = random;
  }

  static async load(random: () => number): Promise<Voices> {
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith('.wav')).sort();
    const files = names.map((name) => new URL(name, FIXTURES));
    const day = (await readdir(SAMPLES)).filter((name) => name.includes('_pcm16_'));
    files.push(...day.map((name) => new URL(name, SAMPLES)));
    return new Voices(await Promise.all(files.map(decoded)), random);
  }

  /** @param longestSeconds of its speech; 3 s at least */
  record(userId: string, startedAtMs: number, kind: Kind, longestSeconds = 8): Recording {
    const bytes = kind === 'garbage' ? this.#garbage() : this.#framed(kind, longestSeconds);
    return {
      userId,
      name: `audio_omi_pcm16_${RATE}_1_fs${FRAME_SAMPLES}_${Math.floor(startedAtMs / 1000)}.bin`,
      startedAtMs: Math.floor(startedAtMs / 1000) * 1000,
      kind,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  }

  /** One stretch of people talking, cut by the clock into files that follow each other. */
  follow(userId: string, startedAtMs: number, files: number, secondsEach: number): Recording[] {
    const sound = this.#noisy(this.#stretch(files * secondsEach));
    const startMs = Math.floor(startedAtMs / 1000) * 1000;
    return Array.from({ length: files }, (_, n): Recording => {
      const bytes = framed(sound.slice(n * secondsEach * RATE, (n + 1) * secondsEach * RATE));
      const fileStartMs = startMs + n * secondsEach * 1000;
      return {
        userId,
        name: `audio_omi_pcm16_${RATE}_1_fs${FRAME_SAMPLES}_${fileStartMs / 1000}.bin`,
        startedAtMs: fileStartMs,
        kind: 'speech',
        bytes,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    });
  }

  #framed(kind: Kind, longestSeconds: number): Buffer {
    const seconds = 3 + this.#random() * (longestSeconds - 3);
    if (kind === 'silent') return framed(this.#noisy(new Int16Array(seconds * RATE)));
    const spoken = [this.#stretch(seconds)];
    // One in five pauses in the middle, and is more than one piece.
    // One stretch in ten is passed over as no speech; of a poison nobody would then be asked.
    const more = kind === 'poison' ? 3 : this.#random() < 0.2 ? 1 : 0;
    for (let n = 0; n < more; n++) spoken.push(new Int16Array(1.5 * RATE), this.#stretch(3));
    const room = new Int16Array(0.4 * RATE);
    const bytes = framed(this.#noisy(joined([room, ...spoken, room])));
    if (kind !== 'corrupt') return bytes;
    // A frame in the second half claims an impossible length: the rest of the file is lost, and said to be.
    const at = Math.floor((bytes.length * 0.75) / (4 + 2 * FRAME_SAMPLES)) * (4 + 2 * FRAME_SAMPLES);
    bytes.writeUInt32LE(0xffff_fff0, at);
    return bytes;
  }

  #stretch(seconds: number): Int16Array {
    const length = Math.floor(seconds * RATE);
    const from = this.#speech.filter((speech) => speech.length > length);
    const speech = from[Math.floor(this.#random() * from.length)] ?? new Int16Array(length);
    // People pause for longer than this lasts: of three places the loudest is one where somebody talks.
    const places = Array.from({ length: 3 }, () => Math.floor(this.#random() * (speech.length - length)));
    const loudness = (start: number) => energyOf(speech.subarray(start, start + length));
    const start = places.reduce((best, place) => (loudness(place) > loudness(best) ? place : best));
    return speech.slice(start, start + length);
  }

  #noisy(samples: Int16Array): Int16Array {
    return samples.map((sample) =>
      Math.max(-0x8000, Math.min(0x7fff, sample + Math.floor(this.#random() * 5) - 2)),
    );
  }

  #garbage(): Buffer {
    const bytes = Buffer.alloc(20_000, 'This is no recording. ');
    bytes.writeDoubleLE(this.#random(), 100);
    return bytes;
  }
}

async function decoded(file: URL): Promise<Int16Array> {
  const source = (async function* () {
    yield await readFile(file);
  })();
  const blocks: Int16Array[] = [];
  for await (const block of decode(source, HINT, emptyReport())) {
    blocks.push(Int16Array.from(block, (sample) => Math.round(sample * 0x7fff)));
  }
  return joined(blocks);
}

function energyOf(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

function framed(samples: Int16Array): Buffer {
  const frames = Math.floor(samples.length / FRAME_SAMPLES);
  const bytes = Buffer.alloc(frames * (4 + 2 * FRAME_SAMPLES));
  for (let frame = 0, at = 0; frame < frames; frame++) {
    at = bytes.writeUInt32LE(2 * FRAME_SAMPLES, at);
    for (let index = 0; index < FRAME_SAMPLES; index++)
      at = bytes.writeInt16LE(samples[frame * FRAME_SAMPLES + index] ?? 0, at);
  }
  return bytes;
}

/** Joins stretches of sound. `Int16Array.of(...parts)` would lay each sample on the stack, which holds some 8 s of them. */
export function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
