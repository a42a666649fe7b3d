/** What is in each of tests/fixtures/formats: silence, a tone of 1 kHz from 0.5 to 1.5 s and of 440 Hz from 2 to 2.5 s, 3 s in all. */

import { readFileSync } from 'node:fs';
import { decode } from '../../src/audio/decode.ts';
import { joinedFloats } from '../../src/audio/pcm16.ts';
import { emptyReport } from '../../src/audio/report.ts';
import { findFfmpeg } from '../../src/decoders/find-ffmpeg.ts';
import { outsideDecoder } from '../../src/decoders/outside.ts';

export const FFMPEG = findFfmpeg(undefined, process.env.PATH);

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/formats/${name}`, import.meta.url)));
}

export async function decoded(bytes: Uint8Array | AsyncIterable<Uint8Array>, ffmpeg: string | null = FFMPEG) {
  const report = emptyReport();
  const blocks: Float32Array[] = [];
  const source = bytes instanceof Uint8Array ? inParts(bytes) : bytes;
  for await (const block of decode(source, null, report, 0, 0, outsideDecoder(ffmpeg))) blocks.push(block);
  const samples = joinedFloats(blocks);
  return { samples, report };
}

async function* inParts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 5_000) yield bytes.subarray(at, at + 5_000);
}

/** Where the sound begins and ends, in ms, to 5 ms. */
export function edges(samples: Float32Array): number[] {
  const found: number[] = [];
  let isOn = false;
  for (let at = 0; at < samples.length; at += 80) {
    const isLoud = samples.subarray(at, at + 80).some((sample) => Math.abs(sample) > 0.12);
    if (isLoud === isOn) continue;
    isOn = isLoud;
    found.push(at / 16);
  }
  return found;
}

/** The frequency of the sound between two times, by its zero crossings. */
export function hertz(samples: Float32Array, fromMs: number, toMs: number): number {
  const part = samples.subarray(fromMs * 16, toMs * 16);
  let crossings = 0;
  for (let at = 1; at < part.length; at += 1)
    if ((part[at - 1] ?? 0) < 0 !== (part[at] ?? 0) < 0) crossings += 1;
  return (crossings * 500) / (toMs - fromMs);
}
