import { SAMPLE_RATE } from '../../audio/hint.ts';

/**
 * Brings soft voices to the loudness that the models were trained with: at -59 dBFS they lose a fifth of the words and
 * at -69 dBFS more than half, which come back when the sound is amplified before anybody listens.
 *
 * The gain follows from spans that lie at fixed places of the file, so that neither the sizes of chunks and windows nor
 * how many are worked on at once can change what is heard. Holds one span: 2 MB.
 */
const SPAN_SAMPLES = 30 * SAMPLE_RATE;
const FRAME_SAMPLES = 0.02 * SAMPLE_RATE;
/** The level of a span is its 95th percentile: it follows the speech, whatever the pauses. A bang is shorter than 5 %. */
const LOUD_SHARE = 0.95;
const SOFT_SHARE = 0.2;
/** People who speak near a microphone are louder than this, so their sound stays as it is. */
const WANTED_DB = -26;
const MOST_GAIN_DB = 50;
/** Sound below three steps of 16 bits is silence and is not amplified. */
const SILENCE_DB = -80;
/** Speech varies by more than this. A steady noise varies by 1 or 2 dB, and amplifying it would not make it speech. */
const LEAST_RANGE_DB = 5;
/** The gain changes gradually within the first second of a span, so that the sound has no step. */
const RAMP_SAMPLES = SAMPLE_RATE;

/** Finds the first sample that the gain at this one depends on: it depends on its span and on the one before. */
export function gainIsFrom(sample: number): number {
  return Math.max(0, (Math.floor(sample / SPAN_SAMPLES) - 1) * SPAN_SAMPLES);
}

/** @param audio is changed where it lies: each block is to be the reader's own */
export async function* amplified(audio: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let span: Float32Array[] = [];
  let filled = 0;
  let before: number | null = null;
  for await (let chunk of audio) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, SPAN_SAMPLES - filled);
      chunk = chunk.subarray(part.length);
      span.push(part);
      filled += part.length;
      if (filled < SPAN_SAMPLES) continue;
      const gain = gainOf(span);
      yield* applied(span, before ?? gain, gain);
      before = gain;
      span = [];
      filled = 0;
    }
  }
  // A short rest has too little sound to measure a level, so it keeps the gain of the span before it.
  const gain = before !== null && filled < SPAN_SAMPLES / 4 ? before : gainOf(span);
  yield* applied(span, before ?? gain, gain);
}

/** @returns 1 where nothing is to be amplified */
function gainOf(span: readonly Float32Array[]): number {
  // A typed array is sorted by its numbers, without a call for each comparison.
  const levels = Float64Array.from(framesOf(span)).sort();
  const loud = levels[Math.floor(levels.length * LOUD_SHARE)] ?? SILENCE_DB;
  const soft = levels[Math.floor(levels.length * SOFT_SHARE)] ?? SILENCE_DB;
  if (loud <= SILENCE_DB || loud - soft < LEAST_RANGE_DB) return 1;
  return 10 ** (Math.max(0, Math.min(MOST_GAIN_DB, WANTED_DB - loud)) / 20);
}

/** Measures the level of each frame in dB. A frame may reach from one part into the next. */
function framesOf(span: readonly Float32Array[]): number[] {
  const levels: number[] = [];
  let energy = 0;
  let count = 0;
  for (const part of span) {
    for (let at = 0; at < part.length; ) {
      const end = Math.min(part.length, at + FRAME_SAMPLES - count);
      count += end - at;
      // The thread that listens does this to each sample: an iterator costs three times as much.
      for (; at < end; at += 1) {
        const sample = part[at] as number;
        energy += sample * sample;
      }
      if (count < FRAME_SAMPLES) continue;
      levels.push(10 * Math.log10(energy / count + 1e-12));
      energy = 0;
      count = 0;
    }
  }
  if (levels.length === 0 && count > 0) levels.push(10 * Math.log10(energy / count + 1e-12));
  return levels;
}

function* applied(span: readonly Float32Array[], before: number, gain: number): Generator<Float32Array> {
  let at = 0;
  for (const part of span) {
    if (before !== 1 || gain !== 1) {
      const ramped = Math.max(0, Math.min(part.length, RAMP_SAMPLES - at));
      for (let i = 0; i < ramped; i += 1, at += 1)
        part[i] = bounded((part[i] as number) * (before + ((gain - before) * at) / RAMP_SAMPLES));
      for (let i = ramped; i < part.length; i += 1) part[i] = bounded((part[i] as number) * gain);
      at += part.length - ramped;
    }
    yield part;
  }
}

/** It compares because that takes half the time of `Math.min` and `Math.max`. */
function bounded(sample: number): number {
  if (sample > 1) return 1;
  if (sample < -1) return -1;
  return sample;
}
