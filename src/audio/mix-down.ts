/**
 * Mixes several channels into one: their average, or the loudest of them while they cancel each other out, as the two
 * wires of one microphone do when one of them is reversed.
 */

/** The choice is made for a block of this length, by the energies of about ten blocks, so that it does not flutter. */
export const MIX_BLOCK_SECONDS = 0.02;
const MEMORY = 0.9;
/**
 * -9 dB. A voice in only one of two channels is 6 dB weaker in their average, and unrelated channels 3 dB. Of more than
 * two channels one alone is weaker than this: then the loudest is taken, which is the voice.
 */
const CANCELLED = 1 / 8;

export class MixDown {
  readonly #channels: number;
  readonly #energies: Float64Array;
  #mixEnergy = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#energies = new Float64Array(channels);
  }

  /**
   * Mixes interleaved frames, block by block, the last of which may be shorter. The caller begins each call at the start of
   * a block, so that the result is always the same.
   *
   * @param blockFrames the frames of a block of 20 ms
   */
  mixAll(interleaved: Float32Array, blockFrames: number): Float32Array {
    if (this.#channels === 1) return interleaved;
    const mixed = new Float32Array(interleaved.length / this.#channels);
    const step = blockFrames * this.#channels;
    for (let from = 0, at = 0; from < interleaved.length; from += step, at += blockFrames)
      mixed.set(this.mix(interleaved.subarray(from, from + step)), at);
    return mixed;
  }

  /** Mixes one block of interleaved frames. The caller cuts blocks at fixed positions, so that the result is always the same. */
  mix(interleaved: Float32Array): Float32Array {
    const channels = this.#channels;
    if (channels === 1) return interleaved;
    const mixed = new Float32Array(interleaved.length / channels);
    const now = new Float64Array(channels);
    let mixEnergy = 0;
    for (let frame = 0, at = 0; frame < mixed.length; frame += 1) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        const sample = clean(interleaved[at] ?? 0);
        sum += sample;
        now[channel] = (now[channel] ?? 0) + sample * sample;
      }
      mixed[frame] = sum / channels;
      mixEnergy += (sum / channels) ** 2;
    }
    this.#mixEnergy = MEMORY * this.#mixEnergy + mixEnergy;
    for (const [channel, energy] of now.entries())
      this.#energies[channel] = MEMORY * (this.#energies[channel] ?? 0) + energy;
    const loudest = this.#energies.reduce(
      (best, energy, channel, all) => (energy > (all[best] ?? 0) ? channel : best),
      0,
    );
    if (this.#mixEnergy >= CANCELLED * (this.#energies[loudest] ?? 0)) return mixed;
    return mixed.map((_, frame) => interleaved[frame * channels + loudest] ?? 0);
  }
}

/** Replaces NaN and infinities, which a float WAV can hold and which would stay in the energies for ever. */
function clean(sample: number): number {
  return Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
}
