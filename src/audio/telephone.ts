/**
 * Tells 8-bit samples from mu-law. Omi's app names both `pcm8`, since its firmware can send either. Pure.
 */

/** Half a second at 8 kHz: in the one that it is not, speech jumps to the other side at each of its zero crossings. */
export const TELLING_SAMPLES = 4_000;
const LEVEL_WEIGHT = 0.1;

export function isMulaw(bytes: Uint8Array): boolean {
  return roughness(bytes, (byte) => signedMulaw(byte)) < roughness(bytes, (byte) => byte - 128);
}

/** How far the samples move and how loud they are, on the scale of their codes. */
function roughness(bytes: Uint8Array, read: (byte: number) => number): number {
  let [moved, level] = [0, 0];
  let before = read(bytes[0] ?? 0);
  for (const byte of bytes) {
    const now = read(byte);
    moved += Math.abs(now - before);
    level += Math.abs(now);
    before = now;
  }
  return moved + LEVEL_WEIGHT * level;
}

/** The code as a number that grows with the sample: mu-law counts down from 255 and from 127. */
function signedMulaw(byte: number): number {
  return byte >= 128 ? 255 - byte : byte - 127;
}
