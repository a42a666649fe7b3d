/** Omi's own case as one file: 32 MB of WAV, 1,000 s long, with 487 s of speech in eight stretches. */
import { readFileSync } from 'node:fs';
import { readWav } from '../../simulators/wav.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';

const RATE = 16_000;
const STRETCHES = 8;
export const SPEECH_SECONDS = 487;
export const FILE_SECONDS = 1000;
/** 64 s, less than what splits a conversation: all eight are one, as they were at Omi. */
const PAUSE_SECONDS = (FILE_SECONDS - SPEECH_SECONDS) / STRETCHES;
/** Loud enough that the file does not count as digital silence, and far below what a detector takes for speech. */
const ROOM_NOISE = 2 / 0x8000;

/** @param run makes the bytes, and so the content's hash, differ from those of every other run */
export function omiCase(run: number): Uint8Array<ArrayBuffer> {
  const speech = readSpeech();
  const samples = new Float32Array(FILE_SECONDS * RATE);
  for (let at = 0; at < samples.length; at++) samples[at] = ROOM_NOISE * (((at * 7919) % 5) - 2);
  const stretchLength = Math.floor((SPEECH_SECONDS / STRETCHES) * RATE);
  let from = 0;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const start = Math.floor(stretch * (stretchLength + PAUSE_SECONDS * RATE) + (PAUSE_SECONDS * RATE) / 2);
    // Each stretch and each run is a little louder than the last: a provider knows no two of them by their bytes.
    const gain = 0.7 + 0.01 * stretch + 0.003 * run;
    for (let at = 0; at < stretchLength; at++) {
      samples[start + at] = (speech[from] ?? 0) * gain;
      from = (from + 1) % speech.length;
    }
  }
  return toWav(samples);
}

/** @returns a WAV of so many seconds whose first part is speech; `nth` makes its bytes differ from those of the others */
export function speechFile({
  seconds,
  speechShare,
  nth,
}: {
  seconds: number;
  speechShare: number;
  nth: number;
}): Uint8Array<ArrayBuffer> {
  const speech = readSpeech();
  const samples = new Float32Array(seconds * RATE);
  const gain = 0.6 + 0.0001 * (nth % 3000);
  const from = (nth * 1931 * 7) % speech.length;
  for (let at = 0; at < seconds * speechShare * RATE; at++)
    samples[at] = (speech[(from + at) % speech.length] ?? 0) * gain;
  return toWav(samples);
}

function readSpeech(): Float32Array {
  const wav = readWav(readFileSync(new URL('../../tests/fixtures/speech/two-cities.wav', import.meta.url)));
  if (!wav) throw new Error('the sample of speech cannot be read');
  return Float32Array.from({ length: wav.pcm.length / 2 }, (_, at) => wav.pcm.readInt16LE(at * 2) / 0x8000);
}
