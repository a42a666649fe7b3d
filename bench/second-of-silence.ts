import { wavFile } from '../tests/audio/wav-writer.ts';

/** A second of silence, other bytes for each number: what is measured with it is everything but hearing. */
export function wavOf(n: number): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(32_000);
  new DataView(samples.buffer).setUint32(0, n + 1, true);
  return new Uint8Array(wavFile(samples, { channels: 1, rate: 16_000, bits: 16, tag: 1 }));
}
