/** The shape of a layout's sound, from those of its recordings. Pure. */
import { coarser, PEAK_SAMPLES, ZOOMS } from '../audio/peaks.ts';
import type { Layout } from './layout.ts';

export interface Shape {
  samplesPerPixel: number;
  /** Pairs of the lowest and the highest sample, in 8 bits. */
  pairs: Int8Array;
}

export function shapeOf(layout: Layout, peaks: ReadonlyMap<string, Int8Array>, zoom: number): Shape {
  const factor = ZOOMS[zoom] ?? 1;
  const pixels = Math.ceil(layout.samples / PEAK_SAMPLES);
  const fine = new Int8Array(2 * pixels);
  for (const { at, samples, voices } of layout.stretches) {
    const first = Math.floor(at / PEAK_SAMPLES);
    const last = Math.min(pixels, Math.ceil((at + samples) / PEAK_SAMPLES));
    for (const { recordingId, from } of voices) {
      const own = peaks.get(recordingId) ?? new Int8Array(0);
      for (let pixel = first; pixel < last; pixel += 1) {
        // The recording's own 40 ms that hold the middle of these.
        const pair = Math.floor((from + (pixel + 0.5) * PEAK_SAMPLES - at) / PEAK_SAMPLES);
        const [low, high] = [own[2 * pair] ?? 0, own[2 * pair + 1] ?? 0];
        fine[2 * pixel] = Math.max(-128, Math.min(fine[2 * pixel] ?? 0, low));
        fine[2 * pixel + 1] = Math.max(fine[2 * pixel + 1] ?? 0, high);
      }
    }
  }
  return { samplesPerPixel: PEAK_SAMPLES * factor, pairs: coarser(fine, factor) };
}

/** As `audiowaveform` writes it, version 2: what players of waveforms read. */
export function toDat({ samplesPerPixel, pairs }: Shape): Buffer {
  const header = Buffer.alloc(24);
  header.writeInt32LE(2, 0);
  header.writeUInt32LE(1, 4); // 8 bits
  header.writeInt32LE(16_000, 8);
  header.writeInt32LE(samplesPerPixel, 12);
  header.writeUInt32LE(pairs.length / 2, 16);
  header.writeInt32LE(1, 20); // channel
  return Buffer.concat([header, Buffer.from(pairs.buffer, pairs.byteOffset, pairs.length)]);
}
