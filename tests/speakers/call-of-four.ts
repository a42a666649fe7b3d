/** A call of four people, made of one: each plays his phrases at another tempo, which the simulated diarizer tells apart. */
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { phraseAt } from './two-voices.ts';

const RATE = 16_000;
const TEMPOS = [1, 1.7, 0.7, 2.4] as const;
/** Shorter than what ends a piece, longer than what parts two utterances. */
const PAUSE_S = 1;

export interface CallLine {
  /** From 0, in the order in which they first speak. */
  who: number;
  fromMs: number;
  toMs: number;
}

/** Twelve lines of about 35 s. The third phrase is as deep played slowly as another at his own tempo, and is left out. */
const LINES = [
  [0, 0],
  [1, 1],
  [2, 0],
  [3, 1],
  [1, 4],
  [0, 1],
  [3, 0],
  [2, 1],
  [0, 4],
  [3, 5],
  [1, 5],
  [2, 4],
] as const;

/** @returns the sound, the same as a WAV file, and who speaks when */
export function callOfFour(): { samples: Float32Array; wav: Uint8Array<ArrayBuffer>; lines: CallLine[] } {
  const pause = new Float32Array(PAUSE_S * RATE);
  const lines: CallLine[] = [];
  const parts: Float32Array[] = [pause];
  let at = pause.length;
  for (const [who, phrase] of LINES) {
    const said = phraseAt(phrase, TEMPOS[who]);
    lines.push({ who, fromMs: at / 16, toMs: (at + said.length) / 16 });
    parts.push(said, pause);
    at += said.length + pause.length;
  }
  const samples = new Float32Array(at);
  let to = 0;
  for (const part of parts) {
    samples.set(part, to);
    to += part.length;
  }
  return { samples, wav: toWav(samples), lines };
}
