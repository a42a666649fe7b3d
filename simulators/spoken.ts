/**
 * What the simulated providers hear: words computed from the audio. The same samples always give the same words and
 * other samples give others (256^6 sentences), so an answer that landed at the wrong piece cannot go unseen.
 */
import { createHash } from 'node:crypto';
import { littleEndianPcm16 } from '../src/audio/pcm16.ts';

const WORDS_SPOKEN = 6;
const BEGINNINGS = 'ba de fi go ku la me ni po ru sa te vi wo ya zu'.split(' ');
const ENDINGS = 'bel dan fin gor kam len mir nox pol ras sem tun vek wil yor zan'.split(' ');
/** One word for each value of a byte. */
const WORDS = BEGINNINGS.flatMap((beginning) => ENDINGS.map((ending) => beginning + ending));

/** Of the samples as they go over the wire: 16 bits, little-endian. The key of `GET /stats/calls`. */
export function pcmSha256(samples: Int16Array | Float32Array): string {
  return sha256(littleEndianPcm16(samples));
}

export function sha256(pcm: Uint8Array): string {
  return createHash('sha256').update(pcm).digest('hex');
}

/** @param pcmSha256 in hex */
export function wordsOf(pcmSha256: string): string[] {
  const bytes = Buffer.from(pcmSha256, 'hex').subarray(0, WORDS_SPOKEN);
  if (bytes.length < WORDS_SPOKEN) throw new Error(`"${pcmSha256}" is not a SHA-256 in hex`);
  return Array.from(bytes, (byte) => WORDS[byte] ?? '');
}

export function sentenceOf(pcmSha256: string): string {
  const sentence = wordsOf(pcmSha256).join(' ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** What must come out for a piece: the texts of its segments, joined with a space. */
export function spokenBy(samples: Int16Array | Float32Array): string {
  return sentenceOf(pcmSha256(samples));
}
