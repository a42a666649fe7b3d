import { SAMPLE_RATE } from './hint.ts';

/**
 * A Kaiser-windowed sinc, as a polyphase filter for the exact ratio. By Kaiser's formulas 70 dB need
 * beta = 0.1102 (70 - 8.7), and H taps to each side give a transition of (70 - 8) / (2.285 * 2 pi H) of the input's
 * Nyquist frequency: 1.1 kHz for 48 -> 16 kHz, 0.5 kHz for 8 -> 16 kHz. The cut-off lies half of that below the lower
 * of the two Nyquist frequencies, so that aliases are rejected right from it.
 */
const STOPBAND_DB = 70;
const BETA = 0.1102 * (STOPBAND_DB - 8.7);
const ZERO_CROSSINGS = 32;

/** Rates above 48 kHz are multiples of 100; any other would ask for a filter of tens of megabytes. */
export function isSupportedRate(rate: number): boolean {
  return Number.isInteger(rate) && rate >= 8_000 && (rate <= 48_000 || (rate <= 192_000 && rate % 100 === 0));
}

/** Brings a stream of pieces at `rate` to 16 kHz. The samples do not depend on how the pieces are cut. */
export async function* resampled(
  pieces: AsyncIterable<Float32Array>,
  rate: number,
): AsyncGenerator<Float32Array> {
  if (rate === SAMPLE_RATE) {
    yield* pieces;
    return;
  }
  const resampler = new Resampler(rate);
  for await (const piece of pieces) yield resampler.push(piece);
  yield resampler.flush();
}

class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #half: number;
  /** `up` rows of 2 * half taps: row p weighs the inputs around a point p/up after an input sample. */
  readonly #taps: Float32Array;
  /** Inputs from index `#base` on. It starts with the zeros that precede the recording. */
  #buffer: Float32Array;
  #base: number;
  #received = 0;
  /** The next output lies at input time #index + #phase / #up. Integers add no rounding error, however long the sound is. */
  #index = 0;
  #phase = 0;

  constructor(rate: number) {
    const divisor = greatestCommonDivisor(rate, SAMPLE_RATE);
    this.#up = SAMPLE_RATE / divisor;
    this.#down = rate / divisor;
    this.#half = Math.ceil(ZERO_CROSSINGS * Math.max(1, rate / SAMPLE_RATE));
    this.#taps = tapsFor(rate, this.#up, this.#half);
    this.#buffer = new Float32Array(this.#half - 1);
    this.#base = 1 - this.#half;
  }

  push(input: Float32Array): Float32Array {
    this.#received += input.length;
    return this.#run(input, Number.POSITIVE_INFINITY);
  }

  /** The zeros after the end complete the last outputs; an output exists for every moment before the end. */
  flush(): Float32Array {
    return this.#run(new Float32Array(this.#half), this.#received);
  }

  #run(input: Float32Array, end: number): Float32Array {
    const joined = new Float32Array(this.#buffer.length + input.length);
    joined.set(this.#buffer);
    joined.set(input, this.#buffer.length);
    const last = Math.min(this.#base + joined.length - this.#half, end); // the first index that cannot be computed
    const output = new Float32Array(
      Math.max(0, Math.ceil(((last - this.#index) * this.#up - this.#phase) / this.#down)),
    );
    this.#fill(output, joined);
    const keepFrom = Math.min(joined.length, Math.max(0, this.#index - this.#half + 1 - this.#base));
    this.#buffer = joined.slice(keepFrom);
    this.#base += keepFrom;
    return output;
  }

  /** Everything that the inner loop uses is a local: it runs 11 thousand million times for an hour at 48 kHz. */
  #fill(output: Float32Array, input: Float32Array): void {
    const [up, down, taps] = [this.#up, this.#down, this.#taps];
    const width = 2 * this.#half;
    const first = 1 - this.#base - this.#half;
    let [index, phase] = [this.#index, this.#phase];
    for (let n = 0; n < output.length; n += 1) {
      const row = phase * width;
      const from = first + index;
      // Sums that do not wait for each other: one alone waits for each of its additions.
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let tap = 0;
      for (; tap + 4 <= width; tap += 4) {
        const at = from + tap;
        const weight = row + tap;
        a += (input[at] as number) * (taps[weight] as number);
        b += (input[at + 1] as number) * (taps[weight + 1] as number);
        c += (input[at + 2] as number) * (taps[weight + 2] as number);
        d += (input[at + 3] as number) * (taps[weight + 3] as number);
      }
      // The width is even.
      if (tap < width) {
        a += (input[from + tap] as number) * (taps[row + tap] as number);
        b += (input[from + tap + 1] as number) * (taps[row + tap + 1] as number);
      }
      output[n] = a + b + (c + d);
      const next = phase + down;
      phase = next % up;
      index += (next - phase) / up;
    }
    this.#index = index;
    this.#phase = phase;
  }
}

/** The filters of rates that were met: that of 44.1 kHz takes 0.1 s to make and 114 kB, and a player needs it each second. */
const KNOWN = new Map<number, Float32Array>();
const MOST_KNOWN = 8;
const LARGEST_KNOWN = 64 * 1024;

function tapsFor(rate: number, up: number, half: number): Float32Array {
  const known = KNOWN.get(rate);
  if (known) return known;
  const taps = designTaps(rate, up, half);
  if (taps.length <= LARGEST_KNOWN && KNOWN.size < MOST_KNOWN) KNOWN.set(rate, taps);
  return taps;
}

function designTaps(rate: number, up: number, half: number): Float32Array {
  const transition = (STOPBAND_DB - 8) / (2.285 * 2 * Math.PI * half);
  const cutoff = Math.min(1, SAMPLE_RATE / rate) - transition / 2;
  const width = 2 * half;
  const taps = new Float32Array(up * width);
  const peak = besselI0(BETA);
  for (let phase = 0; phase < up; phase += 1) {
    const row = taps.subarray(phase * width, (phase + 1) * width);
    let sum = 0;
    for (let tap = 0; tap < width; tap += 1) {
      const time = tap - half + 1 - phase / up;
      const edge = time / half;
      const window = Math.abs(edge) >= 1 ? 0 : besselI0(BETA * Math.sqrt(1 - edge * edge)) / peak;
      const x = Math.PI * cutoff * time;
      const weight = window * (x === 0 ? 1 : Math.sin(x) / x);
      row[tap] = weight;
      sum += weight;
    }
    // Each phase passes a constant unchanged; otherwise the differences between phases would be heard as a tone.
    for (let tap = 0; tap < width; tap += 1) row[tap] = (row[tap] ?? 0) / sum;
  }
  return taps;
}

/** Sums the power series; for x <= 7 the terms fall below 1e-12 of the sum well within 30. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k <= 30; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Plays the sound faster (over 1) or slower, with its pitch, by linear interpolation: good enough to transcribe it again. */
export function atTempo(samples: Float32Array, tempo: number): Float32Array {
  const length = Math.floor(samples.length / tempo);
  const played = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    const position = at * tempo;
    const before = Math.floor(position);
    const share = position - before;
    const sample = samples[before] ?? 0;
    played[at] = sample + share * ((samples[before + 1] ?? sample) - sample);
  }
  return played;
}
