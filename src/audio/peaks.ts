/** The shape of a sound for a picture: the lowest and the highest sample of each 40 ms, in 8 bits. Pure. */

/** Of the finest zoom: 25 a second, which take 180 kB an hour. */
export const PEAK_SAMPLES = 640;
/** How many of the finest one of each zoom covers: 40 ms, 200 ms, 1 s, 10 s. */
export const ZOOMS = [1, 5, 25, 250] as const;

/** Samples are taken as they come, in blocks of any length. */
export class PeakMeter {
  #bytes = new Int8Array(4_096);
  #length = 0;
  #low = 0;
  #high = 0;
  #filled = 0;

  add(samples: Float32Array): void {
    for (let at = 0; at < samples.length; ) {
      const end = Math.min(samples.length, at + PEAK_SAMPLES - this.#filled);
      // The thread that listens does this to each sample, and a private field costs as much as the comparison.
      let low = this.#filled === 0 ? Number.POSITIVE_INFINITY : this.#low;
      let high = this.#filled === 0 ? Number.NEGATIVE_INFINITY : this.#high;
      this.#filled += end - at;
      for (; at < end; at += 1) {
        const sample = samples[at] ?? 0;
        if (sample < low) low = sample;
        if (sample > high) high = sample;
      }
      this.#low = low;
      this.#high = high;
      if (this.#filled === PEAK_SAMPLES) this.#close();
    }
  }

  /** Pairs of the lowest and the highest. */
  end(): Int8Array {
    if (this.#filled > 0) this.#close();
    return this.#bytes.slice(0, this.#length);
  }

  #close(): void {
    if (this.#length + 2 > this.#bytes.length) {
      const larger = new Int8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length] = toByte(this.#low);
    this.#bytes[this.#length + 1] = toByte(this.#high);
    this.#length += 2;
    this.#filled = 0;
  }
}

function toByte(sample: number): number {
  return Math.max(-128, Math.min(127, Math.round(sample * 127)));
}

/** Makes a coarser picture: each pair covers `factor` pairs of the finer one. */
export function coarser(peaks: Int8Array, factor: number): Int8Array {
  if (factor === 1) return peaks;
  const pairs = Math.ceil(peaks.length / 2 / factor);
  const coarse = new Int8Array(2 * pairs);
  for (let pair = 0; pair < pairs; pair += 1) {
    let [low, high] = [127, -128];
    const end = Math.min(peaks.length, 2 * (pair + 1) * factor);
    for (let at = 2 * pair * factor; at < end; at += 2) {
      low = Math.min(low, peaks[at] ?? 0);
      high = Math.max(high, peaks[at + 1] ?? 0);
    }
    coarse[2 * pair] = low;
    coarse[2 * pair + 1] = high;
  }
  return coarse;
}
