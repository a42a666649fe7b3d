import type { MessagePort } from 'node:worker_threads';
import { CHUNK_BYTES, type ToThread } from './protocol.ts';

/** A queue between a callback that puts and one consumer that waits. Bounded by what the other side may send. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #failure: { error: unknown } | null = null;
  #waiting: PromiseWithResolvers<T> | null = null;

  put(item: T): void {
    if (this.#waiting) this.#waiting.resolve(item);
    else this.#items.push(item);
    this.#waiting = null;
  }

  /** Ends it: what was put before can still be taken, then every take is rejected. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#waiting?.reject(this.#failure.error);
    this.#waiting = null;
  }

  async take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#failure) throw this.#failure.error;
    this.#waiting = Promise.withResolvers<T>();
    return this.#waiting.promise;
  }
}

/**
 * Passes a byte source on to a thread, one chunk each time the thread asks for more. The source is not opened before
 * that, so a recording that waits for a thread holds no file and no connection.
 */
export class Pump {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #port: MessagePort;
  readonly #failed: (error: unknown) => void;
  #wanted = 0;
  #ended = false;
  #stopped = false;
  #running = false;
  #wake: (() => void) | null = null;

  constructor(source: AsyncIterable<Uint8Array>, port: MessagePort, failed: (error: unknown) => void) {
    this.#source = source;
    this.#port = port;
    this.#failed = failed;
  }

  /** Whether the thread has all that it asked for, so that the next word is its own. */
  get hasDelivered(): boolean {
    return this.#ended || this.#wanted === 0;
  }

  more(): void {
    this.#wanted++;
    this.#wake?.();
    if (this.#running) return;
    this.#running = true;
    this.#run().catch(this.#failed);
  }

  /** Closes the source, as soon as it answers. Not waited for: a source that hangs must not keep its user. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for await (const chunk of this.#source) {
      for (let from = 0; from < chunk.length; from += CHUNK_BYTES) {
        await this.#asked();
        if (this.#stopped) return;
        // Copied because it is handed over for good, and a source's chunk is often a view into a pool of its own.
        const bytes = new Uint8Array(chunk.subarray(from, from + CHUNK_BYTES));
        this.#wanted--;
        this.#tell({ type: 'bytes', bytes }, [bytes.buffer]);
      }
      if (this.#stopped) return;
    }
    this.#ended = true;
    this.#tell({ type: 'end' }, []);
  }

  async #asked(): Promise<void> {
    while (this.#wanted === 0 && !this.#stopped) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
      this.#wake = null;
    }
  }

  #tell(message: ToThread, transfer: ArrayBuffer[]): void {
    this.#port.postMessage(message, transfer);
  }
}
