import { toPcm16 } from '../../src/audio/pcm16.ts';
import type { AudioPiece } from '../../src/speech/transcriber.ts';

/** Audio that is audible and differs for every number; what is "said" in it is for `spokenBy` to tell. */
export function voice(number: number, seconds = 1): Float32Array {
  const samples = new Float32Array(Math.round(seconds * 16_000));
  let state = number + 1;
  for (let at = 0; at < samples.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[at] = (state / 2 ** 32 - 0.5) / 2;
  }
  return samples;
}

export function piece(samples: Float32Array | Int16Array): AudioPiece {
  return { samples: samples instanceof Int16Array ? samples : toPcm16(samples), sampleRateHz: 16_000 };
}

export function patient(): AbortSignal {
  return new AbortController().signal;
}
