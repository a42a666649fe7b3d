import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { decode } from '../../src/audio/decode.ts';
import type { AudioHint } from '../../src/audio/hint.ts';
import { joinedFloats } from '../../src/audio/pcm16.ts';
import { type DecodeReport, emptyReport } from '../../src/audio/report.ts';

export interface Decoded {
  samples: Float32Array;
  blocks: number[];
  report: DecodeReport;
}

export function opusHint(frameSamples: number): AudioHint {
  return { codec: 'opus', sampleRateHz: 16_000, frameSamples };
}

export function pcmHint(codec: 'pcm16' | 'pcm8', sampleRateHz: number): AudioHint {
  return { codec, sampleRateHz, frameSamples: 160 };
}

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/bad/${name}`, import.meta.url)));
}

export function daySample(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../samples/day/${name}`, import.meta.url)));
}

/** Hands bytes over in chunks of the given sizes, repeated, through one buffer that is overwritten each time. */
export async function* inChunks(
  bytes: Uint8Array,
  sizes: readonly number[] = [65_536],
): AsyncGenerator<Uint8Array> {
  const shared = new Uint8Array(Math.max(...sizes));
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const chunk = bytes.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
    shared.fill(0xaa).set(chunk);
    yield shared.subarray(0, chunk.length);
    at += chunk.length;
  }
}

export async function decodeAll(
  bytes: Uint8Array,
  hint: AudioHint | null,
  sizes?: readonly number[],
): Promise<Decoded> {
  const report = emptyReport();
  const blocks: Float32Array[] = [];
  for await (const block of decode(inChunks(bytes, sizes), hint, report)) blocks.push(block);
  const samples = joinedFloats(blocks);
  return { samples, blocks: blocks.map((block) => block.length), report };
}

/** Chunk sizes from single bytes to more than a frame; at least one is large, or a file takes for ever. */
export const chunkSizes = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5_000 })), {
    minLength: 1,
    maxLength: 6,
  })
  .chain((sizes) => fc.integer({ min: 500, max: 70_000 }).map((large) => [...sizes, large]));

/** In dB relative to full scale of a sine: 0 dB for amplitude 1. */
export function levelDb(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return 10 * Math.log10((2 * energy) / samples.length + 1e-20);
}

export function sine(frequency: number, rate: number, count: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate),
  );
}
