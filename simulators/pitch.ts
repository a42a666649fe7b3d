/** How high a voice is, by autocorrelation: enough to tell a low voice from a high one, and speech from noise. */
import { setImmediate as others } from 'node:timers/promises';

/** Voices lie between. */
const LOWEST_HZ = 70;
const HIGHEST_HZ = 400;
/** 4 kHz hold the fundamental of any voice, and cost a sixteenth of 16. */
const RATE = 4000;
const FRAME = 0.04 * RATE;
const SHORTEST_LAG = Math.floor(RATE / HIGHEST_HZ);
const LONGEST_LAG = Math.ceil(RATE / LOWEST_HZ);
/** -50 dBFS as a mean: below it nobody speaks. */
const QUIET = 0.003;
/** Noise resembles itself by 0.2 or less after any lag, a vowel by 0.8 or more. */
const VOICED = 0.6;

export interface Frame {
  /** Seconds. */
  start: number;
  end: number;
  isQuiet: boolean;
  /** null: no voice in it. */
  pitchHz: number | null;
}

/** A second: a minute takes 40 ms, for which a provider does not let its other callers wait. */
const FRAMES_IN_ONE_GO = 25;

/** @param pcm 16 bits, little-endian, 16 kHz */
export async function framesOf(pcm: Uint8Array): Promise<Frame[]> {
  const samples = slowed(pcm);
  const frames: Frame[] = [];
  for (let at = 0; at + FRAME + LONGEST_LAG <= samples.length; at += FRAME) {
    if (frames.length % FRAMES_IN_ONE_GO === 0) await others();
    const isQuiet = loudness(samples.subarray(at, at + FRAME)) < QUIET;
    frames.push({
      start: at / RATE,
      end: (at + FRAME) / RATE,
      isQuiet,
      pitchHz: isQuiet ? null : pitchAt(samples, at),
    });
  }
  return frames;
}

/** Every four samples become their mean. */
function slowed(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const slow = new Float32Array(Math.floor(pcm.byteLength / 8));
  for (let at = 0; at < slow.length; at++) {
    let sum = 0;
    for (let n = 0; n < 4; n++) sum += view.getInt16(8 * at + 2 * n, true);
    slow[at] = sum / 4 / 0x8000;
  }
  return slow;
}

function pitchAt(samples: Float32Array, at: number): number | null {
  const likeness = Array.from({ length: LONGEST_LAG - SHORTEST_LAG + 1 }, (_, n) =>
    alike(samples, at, SHORTEST_LAG + n),
  );
  const best = Math.max(...likeness);
  if (best < VOICED) return null;
  // A multiple of the period is as good as the period itself: the first peak that comes near the best is it.
  const n = likeness.findIndex(
    (value, index) =>
      value > 0.9 * best && value >= (likeness[index - 1] ?? -1) && value >= (likeness[index + 1] ?? -1),
  );
  return RATE / (SHORTEST_LAG + n);
}

/** In [-1, 1]: how much a frame is like what comes a lag later. */
function alike(samples: Float32Array, at: number, lag: number): number {
  let [both, here, there] = [0, 0, 0];
  for (let n = at; n < at + FRAME; n++) {
    const a = samples[n] ?? 0;
    const b = samples[n + lag] ?? 0;
    both += a * b;
    here += a * a;
    there += b * b;
  }
  return here === 0 || there === 0 ? 0 : both / Math.sqrt(here * there);
}

function loudness(frame: Float32Array): number {
  return Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
}
