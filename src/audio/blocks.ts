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
    for (const sample of piece) {
      block[filled] = Number.isNaN(sample) ? 0 : Math.max(-1, Math.min(1, sample));
      filled += 1;
      if (filled === block.length) {
        yield block;
        block = new Float32Array(SAMPLE_RATE);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.slice(0, filled);
}
