/** A copy of a recording's sound that can be played from any second, for a file whose own parts cannot be. */

import { LOOKAHEAD_SAMPLES, openEncoder, PACKET_BYTES, PACKET_SAMPLES } from './opus-encoder.ts';
import type { OpusMap } from './sound-map.ts';

/** The copy goes to the store in parts of this size, about half a minute each. */
const PART_BYTES = 96 * 1024;

/** Packets one behind the other, without anything between them. */
export async function encodeCopy(
  blocks: AsyncIterable<Float32Array>,
  part: (bytes: Uint8Array) => void,
): Promise<OpusMap> {
  const encoder = await openEncoder();
  const frame = new Float32Array(PACKET_SAMPLES);
  let filled = 0;
  let packets = 0;
  let samples = 0;
  let out = Buffer.alloc(PART_BYTES);
  let used = 0;
  const encode = () => {
    if (used + PACKET_BYTES > PART_BYTES) {
      part(out.subarray(0, used));
      out = Buffer.alloc(PART_BYTES);
      used = 0;
    }
    out.set(encoder.encodeFloat(frame), used);
    used += PACKET_BYTES;
    packets += 1;
    filled = 0;
  };
  try {
    for await (const block of blocks) {
      samples += block.length;
      for (let at = 0; at < block.length; ) {
        const some = block.subarray(at, at + PACKET_SAMPLES - filled);
        frame.set(some, filled);
        filled += some.length;
        at += some.length;
        if (filled === PACKET_SAMPLES) encode();
      }
    }
    while (packets * PACKET_SAMPLES < samples + LOOKAHEAD_SAMPLES) {
      frame.fill(0, filled);
      encode();
    }
    if (used > 0) part(out.subarray(0, used));
    return {
      kind: 'opus',
      packetSamples: PACKET_SAMPLES,
      skip: LOOKAHEAD_SAMPLES,
      channels: 1,
      gainQ8: 0,
      overhead: 0,
      sizes: new Uint16Array(packets).fill(PACKET_BYTES),
      jumps: [[0, 0]],
    };
  } finally {
    encoder.free();
  }
}
