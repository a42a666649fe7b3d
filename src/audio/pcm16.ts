/** Samples between -1 and 1, joined, and as numbers of 16 bits and back by the scale that the decoders divide by. Pure. */
import { endianness } from 'node:os';

const SCALE = 0x8000;

/** What came from 16 bits comes out as it went in. */
export function toPcm16(samples: Float32Array): Int16Array<ArrayBuffer> {
  return joinedPcm16([samples]);
}

/** Joins what lies in several arrays. */
export function joinedFloats(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(lengthOf(parts));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

/** Does the same in 16 bits, without a second array of floats as long as all of them. */
export function joinedPcm16(parts: readonly Float32Array[]): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(lengthOf(parts));
  let from = 0;
  for (const part of parts) {
    write(part, pcm.subarray(from, from + part.length));
    from += part.length;
  }
  return pcm;
}

function lengthOf(parts: readonly Float32Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function write(samples: Float32Array, pcm: Int16Array): void {
  // Hours of sound go through here: an iterator takes twice as long, and so do `Math.round` and comparing floats.
  for (let at = 0; at < pcm.length; at += 1) {
    const sample = Math.floor((samples[at] as number) * SCALE + 0.5) | 0;
    pcm[at] = sample >= SCALE ? SCALE - 1 : Math.max(sample, -SCALE);
  }
}

export function fromPcm16(pcm: Int16Array): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(pcm.length);
  for (let at = 0; at < samples.length; at += 1) samples[at] = (pcm[at] as number) / SCALE;
  return samples;
}

/** As a file or a provider has them: little-endian. */
export function littleEndianPcm16(samples: Float32Array | Int16Array): Uint8Array<ArrayBufferLike> {
  const pcm = samples instanceof Int16Array ? samples : toPcm16(samples);
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return endianness() === 'BE' ? Buffer.from(bytes).swap16() : bytes;
}
