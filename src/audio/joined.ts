import { SAMPLE_RATE } from './hint.ts';

/**
 * Puts short pieces of sound together, into pieces of one second (the last one shorter). A decoder makes one piece of each
 * packet, and an asynchronous step for each would cost a quarter of what decoding it costs.
 */
export function* joined(pieces: Iterable<Float32Array>): Generator<Float32Array> {
  let second = new Float32Array(SAMPLE_RATE);
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + second.length - filled);
      second.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === second.length) {
        yield second;
        second = new Float32Array(SAMPLE_RATE);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield second.subarray(0, filled);
}
