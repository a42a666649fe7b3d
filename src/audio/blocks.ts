import { SAMPLE_RATE } from './hint.ts';

/**
 * Gathers pieces of any length into blocks of one second (the last one shorter), each a fresh array that the consumer
 * may keep or transfer to another thread. Here, once for all formats, samples are brought into [-1, 1]: Opus overshoots
 * it, and a float WAV can hold NaN, which would spread through everything that a model computes.
 */
export async function* inBlocks(pieces: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let block = new Float32Array(SAMPLE_RATE);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + block.length - filled);
      block.set(part, filled);
      bound(block, filled, filled + part.length);
      filled += part.length;
      at += part.length;
      if (filled === block.length) {
        yield block;
        block = new Float32Array(SAMPLE_RATE);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.slice(0, filled);
}

/** Nearly every sample is in bounds already, and one comparison is all that such a one costs. */
function bound(block: Float32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const sample = block[at] ?? 0;
    if (sample >= -1 && sample <= 1) continue;
    block[at] = Number.isNaN(sample) ? 0 : Math.sign(sample);
  }
}
