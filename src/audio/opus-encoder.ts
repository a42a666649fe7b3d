/** Opus as it is made here: mono, packets of 20 ms that all have 60 bytes, so that a place in a file is arithmetic. */
import { Application, createEncoder } from 'libopus-wasm';

export const PACKET_SAMPLES = 320;
/** 24 kbit/s are 60 bytes each 20 ms. */
const BITRATE = 24_000;
export const PACKET_BYTES = (BITRATE / 8) * 0.02;
/** An hour takes about 5 s to encode so. With 3 it takes 7 s, and the result is no nearer to the sound. */
const COMPLEXITY = 0;
/** The encoder is behind by this: what it is given must be ahead by as much. */
export const LOOKAHEAD_SAMPLES = 104;
/** An encoder that begins in the middle sounds like one that went on after this. */
export const RUN_UP_PACKETS = 4;

export async function openEncoder() {
  return await createEncoder({
    sampleRate: 16_000,
    channels: 1,
    application: Application.Audio,
    bitrate: BITRATE,
    complexity: COMPLEXITY,
    frameSize: PACKET_SAMPLES,
    vbr: false,
  });
}

/** Encodes whole packets. @param runUp so many samples at the start give no packet */
export async function encodePackets(samples: Float32Array, runUp: number): Promise<Uint8Array> {
  const encoder = await openEncoder();
  const packets = Buffer.alloc(((samples.length - runUp) / PACKET_SAMPLES) * PACKET_BYTES);
  try {
    for (let at = 0; at < samples.length; at += PACKET_SAMPLES) {
      const packet = encoder.encodeFloat(samples.subarray(at, at + PACKET_SAMPLES));
      if (at >= runUp) packets.set(packet, ((at - runUp) / PACKET_SAMPLES) * PACKET_BYTES);
    }
    return packets;
  } finally {
    encoder.free();
  }
}
