/**
 * Damaged files of each format, as many as are asked for: our framing and containers by themselves, and the decoders of
 * others as the server runs them. An input must give sound or an honest refusal; this process must not end.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../src/audio/byte-reader.ts';
import { decode } from '../src/audio/decode.ts';
import { AudioError, emptyReport } from '../src/audio/report.ts';
import { findFfmpeg } from '../src/decoders/find-ffmpeg.ts';
import { decodeFlac, decodeOggFlac } from '../src/decoders/flac.ts';
import { decodeMp3 } from '../src/decoders/mp3.ts';
import { outsideDecoder } from '../src/decoders/outside.ts';
import { decodeOggVorbis } from '../src/decoders/vorbis.ts';
import { allSeeds, framed } from '../tests/audio/format-seeds.ts';
import { Chance } from './chance.ts';

const folder = new URL('../tests/fixtures/formats/', import.meta.url);
const fileOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));

/** WebAssembly decoders, called here so that no input costs a thread's start: a trap is an exception there as well. */
const WASM = {
  'tone.mp3': decodeMp3,
  'tone.flac': decodeFlac,
  'tone-flac.ogg': decodeOggFlac,
  'tone-vorbis.ogg': decodeOggVorbis,
} as const;
const PROCESSES = ['tone.m4a', 'tone.aac', 'tone.wma', 'tone-alac.caf', 'tone-ima.wav', 'tone-vorbis.webm'];

/** Decoding takes most of the time, so of each whole file there are so many that hold its headers and some frames. */
const SHORT_FOR_EACH = 15;
const SHORT_SHARE: Readonly<Record<keyof typeof WASM, number>> = {
  'tone.mp3': 0.12,
  'tone.flac': 0.1,
  'tone-flac.ogg': 0.1,
  // Its headers alone are more than half of it.
  'tone-vorbis.ogg': 0.7,
};
/** Each costs a process, which mostly waits to be started. */
const PROCESSES_AT_ONCE = 4;

export interface DecoderFuzz {
  ours: number;
  wasm: number;
  processes: number;
  /** A decoder's own thread ended: the file is heard up to there. */
  traps: number;
  broken: string[];
}

interface Wanted {
  seed: number;
  /** Of our own framing and containers. */
  ours: number;
  wasm: number;
  /** For ffmpeg. */
  processes: number;
  untilMs?: number;
  /** Called after each input. */
  onProgress?: (sofar: Readonly<DecoderFuzz>) => void;
}

export async function fuzzDecoders({
  seed,
  ours,
  wasm: inWasm,
  processes,
  untilMs = Number.POSITIVE_INFINITY,
  onProgress = () => {},
}: Wanted): Promise<DecoderFuzz> {
  const chance = new Chance(seed);
  const result: DecoderFuzz = { ours: 0, wasm: 0, processes: 0, traps: 0, broken: [] };
  const isOver = () => performance.now() > untilMs || result.broken.length >= 20;
  const attempt = async (name: string, bytes: Uint8Array, run: (bytes: Uint8Array) => Promise<void>) => {
    try {
      await run(bytes);
    } catch (error) {
      if (error instanceof Error && error.name === 'RuntimeError') result.traps += 1;
      else if (!(error instanceof AudioError))
        result.broken.push(`${kept(name, bytes)}: ${error instanceof Error ? error.stack : error}`);
    }
    onProgress(result);
  };
  const [silent, { error: told }] = [() => {}, console];
  console.error = silent;
  try {
    const seeds = await allSeeds();
    for (let n = 0; n < ours && !isOver(); n += 1, result.ours += 1) {
      const seed = seeds[n % seeds.length];
      if (seed)
        await attempt(seed.name, damaged(seed.bytes, chance), (bytes) => framed(seed.kind, bytes, seed.hint));
    }
    const wasm = Object.entries(WASM).flatMap(([name, run]) => {
      const bytes = fileOf(name);
      const share = SHORT_SHARE[name as keyof typeof WASM];
      const short = { name, run, bytes: bytes.subarray(0, bytes.length * share) };
      return [{ name, run, bytes }, ...new Array<typeof short>(SHORT_FOR_EACH).fill(short)];
    });
    for (let n = 0; n < inWasm && !isOver(); n += 1, result.wasm += 1) {
      const one = wasm[n % wasm.length];
      if (one)
        await attempt(one.name, damaged(one.bytes, chance), (bytes) =>
          drained(one.run(readerOf(bytes), emptyReport())),
        );
    }
    const ffmpeg = findFfmpeg(undefined, process.env.PATH);
    const files = PROCESSES.map((name) => ({ name, bytes: fileOf(name) }));
    const oneByOne = async () => {
      while (ffmpeg !== null && result.processes < processes && !isOver()) {
        const one = files[result.processes % files.length];
        result.processes += 1;
        if (!one) continue;
        await attempt(one.name, damaged(one.bytes, chance), (bytes) =>
          drained(decode(inOne(bytes), null, emptyReport(), 0, 0, outsideDecoder(ffmpeg))),
        );
      }
    };
    await Promise.all(Array.from({ length: PROCESSES_AT_ONCE }, oneByOne));
  } finally {
    console.error = told;
  }
  return result;
}

/** A file that broke something is kept, so that it can be tried again by itself. @returns its path */
function kept(name: string, bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'afterword-broken-')), name);
  writeFileSync(path, bytes);
  return path;
}

function damaged(file: Uint8Array, chance: Chance): Uint8Array {
  let bytes = file.slice();
  for (let left = 1 + chance.below(6); left > 0; left -= 1) {
    // One in four lies where the headers are.
    const at = chance.below(chance.below(4) === 0 ? Math.min(200, bytes.length + 1) : bytes.length + 1);
    const kind = chance.below(5);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    else if (kind === 1) for (let i = 0; i < 1 + chance.below(40); i += 1) bytes[at + i] = chance.below(256);
    else if (kind === 2) bytes = joined(bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(300)));
    else if (kind === 3) {
      const more = Uint8Array.from({ length: 1 + chance.below(40) }, () => chance.below(256));
      bytes = joined(bytes.subarray(0, at), more, bytes.subarray(at));
    } else if (chance.below(4) === 0) bytes = bytes.slice(0, at);
  }
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function drained(sound: AsyncIterable<Float32Array>): Promise<void> {
  let samples = 0;
  for await (const piece of sound) {
    samples += piece.length;
    if (samples > 3600 * 16_000) return;
  }
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function readerOf(bytes: Uint8Array): ByteReader {
  return new ByteReader(inOne(bytes));
}
