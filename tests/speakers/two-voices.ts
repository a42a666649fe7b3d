/** Two people from one: a man who reads aloud, as he is and played faster, so that he sounds like somebody else. */

import { joinedFloats } from '../../src/audio/pcm16.ts';
import { atTempo } from '../../src/audio/resample.ts';
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

type Who = 'low' | 'high';
export type Line = { who: Who; phrase: number };

/** Before each line and after the last: no more than what is bridged for who tells voices apart. */
const PAUSE_S = 2;
const tale = await clip('two-cities');

/** What is said one after the other. */
export function spoken(lines: readonly Line[]): Float32Array {
  const pause = new Float32Array(PAUSE_S * RATE);
  const parts = [...lines.flatMap((line) => [pause, soundOf(line)]), pause];
  return joinedFloats(parts);
}

/** Who speaks at a time, in milliseconds from the start of what is spoken. */
export function whoSpeaksAt(lines: readonly Line[], ms: number): Who | null {
  let fromMs = 0;
  for (const line of lines) {
    const toMs = fromMs + PAUSE_S * 1000 + soundOf(line).length / 16;
    if (ms >= fromMs && ms < toMs) return line.who;
    fromMs = toMs;
  }
  return null;
}

function soundOf({ who, phrase }: Line): Float32Array {
  return phraseAt(phrase, who === 'low' ? 1 : FASTER);
}

/** One of his phrases, as he says it or at another tempo. */
export function phraseAt(phrase: number, tempo: number): Float32Array {
  const [from, to] = PHRASES[phrase] ?? [0, 0];
  const said = tale.slice(from * RATE, to * RATE);
  return tempo === 1 ? said : atTempo(said, tempo);
}
