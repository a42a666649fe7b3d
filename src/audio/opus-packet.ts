/** Reads what an Opus packet says about itself without being decoded (RFC 6716 section 3). */

type OpusMode = 'silk' | 'hybrid' | 'celt';

export interface OpusPacket {
  /** TOC without its frame-count code: configuration and stereo flag, 0..63. */
  shape: number;
  mode: OpusMode;
  /** 0 narrow, 1 medium, 2 wide, 3 super-wide, 4 full. */
  bandwidth: number;
  stereo: boolean;
  /** The whole packet's length at 16 kHz, at most 1920 (120 ms). */
  samples: number;
}

/** 120 ms at 16 kHz: the longest packet that there is ([R5]). */
export const MAX_PACKET_SAMPLES = 1920;
/** 2.5 ms at 16 kHz: every Opus duration is a multiple of it. */
export const OPUS_QUANTUM = 40;
const MAX_FRAME_LENGTH = 1275;

/**
 * Checks [R1] to [R7] and returns null for a packet that breaks one. This is not left to libopus, which decodes many a
 * damaged packet to plausible noise without an error.
 */
export function parseOpusPacket(packet: Uint8Array): OpusPacket | null {
  const toc = packet[0];
  if (toc === undefined) return null; // [R1]
  const config = toc >> 3;
  const frameSamples = frameSamplesOf(config);
  const frameCount = countFrames(packet, toc & 3);
  if (frameCount === null || frameCount * frameSamples > MAX_PACKET_SAMPLES) return null; // [R5]
  return {
    shape: toc >> 2,
    mode: config < 12 ? 'silk' : config < 16 ? 'hybrid' : 'celt',
    bandwidth: bandwidthOf(config),
    stereo: (toc & 4) !== 0,
    samples: frameCount * frameSamples,
  };
}

/** Table 2 of the RFC, in samples at 16 kHz. */
function frameSamplesOf(config: number): number {
  if (config < 12) return [160, 320, 640, 960][config & 3] ?? 0;
  if (config < 16) return (config & 1) === 0 ? 160 : 320;
  return OPUS_QUANTUM << (config & 3);
}

function bandwidthOf(config: number): number {
  if (config < 12) return config >> 2;
  if (config < 16) return config < 14 ? 3 : 4;
  const step = (config - 16) >> 2;
  return step === 0 ? 0 : step + 1; // CELT has no medium band
}

function countFrames(packet: Uint8Array, code: number): number | null {
  const size = packet.length;
  if (code === 0) return size - 1 <= MAX_FRAME_LENGTH ? 1 : null; // [R2]
  if (code === 1) return (size - 1) % 2 === 0 && (size - 1) / 2 <= MAX_FRAME_LENGTH ? 2 : null; // [R3]
  if (code === 2) return twoFrames(packet);
  return manyFrames(packet);
}

/** Code 2 has a length for the first frame, and the second takes the rest ([R4]). */
function twoFrames(packet: Uint8Array): number | null {
  const first = frameLength(packet, 1);
  if (first === null) return null;
  const second = packet.length - first.next - first.length;
  return second >= 0 && second <= MAX_FRAME_LENGTH ? 2 : null;
}

/** Code 3 has a count byte, optional padding, then frames of equal ([R6]) or own ([R7]) lengths. */
function manyFrames(packet: Uint8Array): number | null {
  const header = packet[1];
  if (header === undefined) return null; // [R6], [R7]: at least two bytes
  const count = header & 0x3f;
  if (count === 0) return null; // [R5]
  let next = 2;
  let end = packet.length;
  if ((header & 0x40) !== 0) {
    // 255 says "254 bytes of padding, and another length byte follows".
    for (let more = true; more; ) {
      const value = packet[next];
      if (value === undefined) return null;
      next += 1;
      more = value === 255;
      end -= more ? 254 : value;
    }
  }
  const isVbr = (header & 0x80) !== 0;
  if (!isVbr) {
    const each = (end - next) / count;
    return each >= 0 && Number.isInteger(each) && each <= MAX_FRAME_LENGTH ? count : null;
  }
  let total = 0;
  for (let frame = 0; frame < count - 1; frame += 1) {
    const coded = frameLength(packet, next);
    if (coded === null) return null;
    next = coded.next;
    total += coded.length;
  }
  const last = end - next - total;
  return last >= 0 && last <= MAX_FRAME_LENGTH ? count : null;
}

/**
 * Splits the first packet off several that are stored in one (appendix B: all but the last state their length).
 * @returns null if they break off
 */
export function splitFirst(packets: Uint8Array): { first: Uint8Array; rest: Uint8Array } | null {
  const toc = packets[0];
  if (toc === undefined) return null;
  const code = toc & 3;
  let next = 1;
  let known = 0;
  let frames: number = code === 1 ? 2 : 1;
  let padding = 0;
  if (code === 2) {
    const coded = frameLength(packets, next);
    if (coded === null) return null;
    known = coded.length;
    next = coded.next;
  } else if (code === 3) {
    const header = packets[1];
    if (header === undefined) return null;
    next = 2;
    frames = header & 0x3f;
    for (let more = (header & 0x40) !== 0; more; next += 1) {
      const value = packets[next];
      if (value === undefined) return null;
      more = value === 255;
      padding += more ? 254 : value;
    }
    for (; (header & 0x80) !== 0 && frames > 1; frames -= 1) {
      const coded = frameLength(packets, next);
      if (coded === null) return null;
      known += coded.length;
      next = coded.next;
    }
  }
  const stated = frameLength(packets, next);
  if (stated === null) return null;
  const end = stated.next + known + frames * stated.length + padding;
  if (end > packets.length) return null;
  const first = new Uint8Array(next + end - stated.next);
  first.set(packets.subarray(0, next));
  first.set(packets.subarray(stated.next, end), next);
  return { first, rest: packets.subarray(end) };
}

/** Section 3.2.1: one byte up to 251, else two. Two bytes reach 255 * 4 + 255 = 1275, which is [R2] by itself. */
function frameLength(packet: Uint8Array, at: number): { length: number; next: number } | null {
  const first = packet[at];
  if (first === undefined) return null;
  if (first < 252) return { length: first, next: at + 1 };
  const second = packet[at + 1];
  return second === undefined ? null : { length: second * 4 + first, next: at + 2 };
}
