/**
 * Damaged files of each format, as many as are asked for: our framing and containers by themselves, and the decoders of
 * others as the server runs them. An input must give sound or an honest refusal; this process must not end.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../src/audio/byte-reader.ts';
import { decode } from '../src/audio/decode.ts';
import { flacFrames, flacMetadata } from '../src/audio/flac-frames.ts';
import { AudioError, type DecodeReport, emptyReport } from '../src/audio/report.ts';
import { findFfmpeg } from '../src/decoders/find-ffmpeg.ts';
import { decodeFlac, decodeOggFlac } from '../src/decoders/flac.ts';
import { decodeMp3 } from '../src/decoders/mp3.ts';
import { outsideDecoder } from '../src/decoders/outside.ts';
import { decodeOggVorbis } from '../src/decoders/vorbis.ts';
import { allSeeds, framed } from '../tests/audio/format-seeds.ts';
import { Chance } from './chance.ts';
import {
  damaged,
  damagedWithin,
  oggBodies,
  type Part,
  withFlacChecksums,
  withOggChecksums,
} from './damage.ts';

const folder = new URL('../tests/fixtures/formats/', import.meta.url);
const fileOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));

/** WebAssembly decoders, called here so that no input costs a thread's start. */
const WASM = {
  'tone.mp3': decodeMp3,
  'tone.flac': decodeFlac,
  'tone-flac.ogg': decodeOggFlac,
  'tone-vorbis.ogg': decodeOggVorbis,
} as const;
/** One in so many goes through a thread of its own instead, as in the server; and each that fails here does so after that. */
const IN_THREAD_EACH = 200;
const PROCESSES = ['tone.m4a', 'tone.aac', 'tone.wma', 'tone-alac.caf', 'tone-ima.wav', 'tone-vorbis.webm'];

/** Decoding takes most of the time, so of each whole file there are so many that hold its headers and some frames. */
const SHORT_FOR_EACH = 15;
const SHORT_SHARE: Readonly<Record<keyof typeof WASM, number>> = {
  'tone.mp3': 0.12,
  'tone.flac': 0.2,
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
  /** A decoder trapped or threw. Its own thread would have ended: the file is heard up to there. */
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
      if (!(error instanceof AudioError))
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
    const wasm: WasmSeed[] = [];
    for (const [name, run] of Object.entries(WASM)) {
      const bytes = fileOf(name);
      const share = SHORT_SHARE[name as keyof typeof WASM];
      const [whole, short] = [
        await seedOf(name, run, bytes),
        await seedOf(name, run, bytes.slice(0, bytes.length * share)),
      ];
      wasm.push(whole, ...new Array<WasmSeed>(SHORT_FOR_EACH).fill(short));
    }
    const asServed = outsideDecoder(null);
    const inThread = (bytes: Uint8Array) =>
      drained(decode(inOne(bytes), null, emptyReport(), 0, 0, asServed));
    for (let n = 0; n < inWasm && !isOver(); n += 1, result.wasm += 1) {
      const one = wasm[n % wasm.length];
      if (one)
        await attempt(one.name, one.damage(chance), async (bytes) => {
          if (chance.below(IN_THREAD_EACH) === 0) return await inThread(bytes);
          const failure = await failureOf(drained(one.run(readerOf(bytes), emptyReport())));
          if (failure === null) return;
          result.traps += 1;
          await inThread(bytes);
        });
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

interface WasmSeed {
  name: string;
  run: (reader: ByteReader, report: DecodeReport) => AsyncIterable<Float32Array>;
  damage(chance: Chance): Uint8Array;
}

/** Three in four of Ogg have right checksums again afterwards, and half of FLAC; half change only what the checksums cover. */
async function seedOf(name: string, run: WasmSeed['run'], bytes: Uint8Array): Promise<WasmSeed> {
  const pages = oggBodies(bytes);
  const frames = name.endsWith('.flac') ? await framesOf(bytes) : [];
  const damage = (chance: Chance): Uint8Array => {
    if (chance.below(4) === 0) return damaged(bytes, chance);
    const isAnywhere = chance.below(3) === 0;
    if (pages.length > 0)
      return withOggChecksums(isAnywhere ? damaged(bytes, chance) : damagedWithin(bytes, pages, chance));
    if (isAnywhere || frames.length === 0) return damaged(bytes, chance);
    return withFlacChecksums(damagedWithin(bytes, frames, chance), frames);
  };
  return { name, run, damage };
}

async function framesOf(bytes: Uint8Array): Promise<Part[]> {
  const reader = readerOf(bytes);
  const stream = await flacMetadata(reader);
  const frames: Part[] = [];
  if (stream !== null)
    for await (const { payload } of flacFrames(reader, stream, emptyReport()))
      frames.push({ from: reader.position - payload.length, to: reader.position });
  return frames;
}

/** @returns what a decoder failed with that is no refusal */
async function failureOf(run: Promise<void>): Promise<unknown> {
  try {
    await run;
    return null;
  } catch (error) {
    if (error instanceof AudioError) throw error;
    return error;
  }
}

/** A file that broke something is kept, so that it can be tried again by itself. @returns its path */
function kept(name: string, bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'afterword-broken-')), name);
  writeFileSync(path, bytes);
  return path;
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
