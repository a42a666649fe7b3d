const NOTHING = new Uint8Array(0);

/**
 * Reads exact byte counts out of chunks that may be cut anywhere. Parsers written on it cannot depend on where the
 * cuts fall, because they never see them.
 *
 * Memory: the current chunk, or the rest of the last one plus what the pending request needs. A request is bounded by
 * its caller (a frame of 65,536 bytes, an Ogg page of 65,307), never by a length read from the file alone.
 */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether `#buffer` is ours to append to; otherwise it is the source's chunk, read in place without a copy. */
  #owned = false;
  #ended = false;
  #bytesRead = 0;
  #bytesAside = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  get available(): number {
    return this.#end - this.#start;
  }

  /** The offset in the source of what is read next. */
  get position(): number {
    return this.#bytesRead - this.available;
  }

  /** Without what was put aside, since how much sound follows is guessed by the bytes that have given sound. */
  get bytesRead(): number {
    return this.#bytesRead - this.#bytesAside;
  }

  /** Bytes were taken that are not decoded before others. @param bytes negative once they are taken back */
  putAside(bytes: number): void {
    this.#bytesAside += bytes;
  }

  /** Waits until `count` bytes can be peeked. @returns false if the source ended with fewer, which stay readable */
  async fill(count: number): Promise<boolean> {
    while (this.available < count && !this.#ended) {
      // The rest is copied before the source is read again, because the source may reuse its buffer (fs.read loops do).
      if (this.available > 0 && !this.#owned) this.#own(count);
      const step = await this.#source.next();
      if (step.done) this.#ended = true;
      else this.#append(step.value, count);
    }
    return this.available >= count;
  }

  /** Returns a view that is valid until the next fill. */
  peek(count: number): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.min(this.#start + count, this.#end));
  }

  take(count: number): Uint8Array {
    const view = this.peek(count);
    this.#start += view.length;
    return view;
  }

  /** Skips bytes without holding them and says how many there were. */
  async skip(count: number): Promise<number> {
    let left = count;
    while (left > 0 && (await this.fill(1))) left -= this.take(left).length;
    return count - left;
  }

  /** Reads to the end. `fillByte` is the value that every one of these bytes has, null when they differ. */
  async drain(): Promise<{ bytes: number; fillByte: number | null }> {
    let bytes = 0;
    let fillByte: number | null = null;
    while (await this.fill(1)) {
      const chunk = this.take(this.available);
      const first: number | null = bytes === 0 ? (chunk[0] ?? null) : fillByte;
      fillByte = first !== null && chunk.every((byte) => byte === first) ? first : null;
      bytes += chunk.length;
    }
    return { bytes, fillByte };
  }

  async close(): Promise<void> {
    this.#buffer = NOTHING;
    this.#start = this.#end = 0;
    if (this.#ended) return;
    this.#ended = true;
    await this.#source.return?.();
  }

  #append(chunk: Uint8Array, needed: number): void {
    this.#bytesRead += chunk.length;
    if (this.available === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length)
      this.#own(Math.max(needed, this.available + chunk.length));
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Moves the unread rest into a buffer with room for the request, so that many small chunks cost one allocation. */
  #own(capacity: number): void {
    const rest = this.peek(this.available);
    const buffer = new Uint8Array(Math.max(capacity, rest.length));
    buffer.set(rest);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = rest.length;
    this.#owned = true;
  }
}
