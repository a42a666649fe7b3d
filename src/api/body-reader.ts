/** Reads the body of a request chunk by chunk, so that neither a fast sender nor a slow store lets it grow in memory. */
import type { IncomingMessage } from 'node:http';

/** Beside what the connection reads ahead by itself; of each request, with 200 at once 25 MB. */
const HELD_BYTES = 128 * 1024;

class BodyBroke extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE';
}

/**
 * Gives what has come in its order, and only then tells how it ended. A chunk is valid until the next one is asked for: then its
 * memory is freed. Left to the garbage collector, a body costs one collection of the whole heap for each 30 MB, as much time as
 * all else of receiving it.
 */
export class BodyReader implements AsyncIterableIterator<Uint8Array> {
  readonly #raw: IncomingMessage;
  readonly #refuse: (chunk: Uint8Array) => Error | null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #given: Buffer | null = null;
  #ended: { why: unknown } | null = null;
  #wake: () => void = () => {};

  /** @param refuse ends the body before this chunk with an error */
  constructor(raw: IncomingMessage, refuse: (chunk: Uint8Array) => Error | null = () => null) {
    this.#raw = raw;
    this.#refuse = refuse;
    raw.on('data', this.#take).on('end', this.#over).on('error', this.stop).on('close', this.#broke);
    if (raw.readableEnded) this.stop(null);
    else if (raw.destroyed) this.#broke();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#free();
    for (;;) {
      const chunk = this.#held.shift();
      if (chunk) {
        this.#given = chunk;
        this.#heldBytes -= chunk.byteLength;
        if (!this.#ended && this.#heldBytes < HELD_BYTES) this.#raw.resume();
        return { done: false, value: chunk };
      }
      if (this.#ended) {
        const { why } = this.#ended;
        this.#ended.why = null;
        if (why !== null) throw why;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Reads no more. What has come is still given, and after it the error, if there is one. */
  readonly stop = (why: unknown): void => {
    if (this.#ended) return;
    this.#ended = { why };
    const raw = this.#raw;
    raw.off('data', this.#take).off('end', this.#over).off('error', this.stop).off('close', this.#broke);
    raw.pause();
    this.#wake();
  };

  /** Drops what has come and was not asked for. The connection stays open, because it carries the answer. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.stop(null);
    this.#held = [];
    if (this.#ended) this.#ended.why = null;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #take = (chunk: Buffer): void => {
    const refusal = this.#refuse(chunk);
    if (refusal) {
      this.stop(refusal);
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
    if (this.#heldBytes >= HELD_BYTES) this.#raw.pause();
    this.#wake();
  };

  readonly #over = (): void => this.stop(null);

  readonly #broke = (): void => this.stop(new BodyBroke('the connection was closed within a body'));

  #free(): void {
    const chunk = this.#given;
    this.#given = null;
    // Memory that this chunk shares with others is not its own to free.
    if (chunk && chunk.byteLength === chunk.buffer.byteLength && chunk.buffer instanceof ArrayBuffer)
      chunk.buffer.transfer(0);
  }
}
