/** Two people from one: a man who reads aloud, as he is and played faster, so that he sounds like somebody else. */

import { toWav } from '../../src/speech/remote/wav.ts';
import { atTempo } from '../../src/speech/tempo.ts';
import { clip } from '../speech/clips.ts';

const RATE = 16_000;
const FASTER = 1.7;
/** Where his phrases lie in the clip, in seconds. */
const PHRASES = [
  [1.1, 4.5],
  [17.5, 20.5],
  [21.1, 23.9],
  [29, 32.3],
  [32.7, 36.6],
  [36.9, 41.7],
] as const;

export type Who = 'low' | 'high';
export type Line = { who: Who; phrase: number; pauseS?: number };

const tale = await clip('two-cities');

/** What is said one after the other, each after its pause (1 s). */
export function spoken(lines: readonly Line[], lengthS?: number): Float32Array {
  const parts = lines.flatMap(({ who, phrase, pauseS = 1 }) => {
    const [from, to] = PHRASES[phrase] ?? [0, 0];
    const said = tale.slice(from * RATE, to * RATE);
    return [new Float32Array(Math.round(pauseS * RATE)), who === 'low' ? said : atTempo(said, FASTER)];
  });
  const end = parts.reduce((sum, { length }) => sum + length, RATE);
  const samples = new Float32Array(Math.max(end, (lengthS ?? 0) * RATE));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

export function wavOf(samples: Float32Array): Uint8Array<ArrayBuffer> {
  return toWav(samples);
}
