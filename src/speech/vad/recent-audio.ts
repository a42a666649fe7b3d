/**
 * Keeps the latest part of an endless stream of samples, addressed by position in the stream.
 * Its user bounds it: whoever pushes must also call `forget`.
 */
export class RecentAudio {
  #samples = new Float32Array(0);
  /** Position in the stream of `#samples[0]`. */
  #origin = 0;
  #length = 0;

  get end(): number {
    return this.#origin + this.#length;
  }

  push(chunk: Float32Array): void {
    if (this.#length + chunk.length > this.#samples.length) {
      const grown = new Float32Array(2 * (this.#length + chunk.length));
      grown.set(this.#samples.subarray(0, this.#length));
      this.#samples.buffer.transfer(0);
      this.#samples = grown;
    }
    this.#samples.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Returns a view that is valid until the next push or forget. It leaves out samples that are not kept. */
  view(from: number, to: number): Float32Array {
    const first = Math.max(0, from - this.#origin);
    return this.#samples.subarray(first, Math.max(first, Math.min(this.#length, to - this.#origin)));
  }

  copy(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.view(from, to).slice();
  }

  /** Gives its memory back at once, and not when a collector has looked. It keeps nothing any more, and is not used again. */
  free(): void {
    this.#samples.buffer.transfer(0);
    this.#length = 0;
  }

  forget(before: number): void {
    const drop = Math.min(this.#length, before - this.#origin);
    if (drop <= 0) return;
    this.#samples.copyWithin(0, drop, this.#length);
    this.#origin += drop;
    this.#length -= drop;
  }
}
