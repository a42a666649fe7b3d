import type { MessagePort } from 'node:worker_threads';
import { CHUNK_BYTES, type ToThread } from './protocol.ts';

/** A queue between a callback that puts and one consumer that waits. The protocol bounds what the other side may send. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #failure: { error: unknown } | null = null;
  #waiting: PromiseWithResolvers<T> | null = null;

  put(item: T): void {
    if (this.#waiting) this.#waiting.resolve(item);
    else this.#items.push(item);
    this.#waiting = null;
  }

  /** Ends the queue: what was put before can still be taken, then every take rejects. The first failure counts. */
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

  /** Says whether the thread has all that it asked for, so that it is the thread's turn to answer. */
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

  /** Closes the source as soon as it answers. Nobody waits for that, since a source may hang. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    for await (const chunk of this.#source) {
      for (let from = 0; from < chunk.length; from += CHUNK_BYTES) {
        await this.#asked();
        if (this.#stopped) return;
        const bytes = ownOf(chunk.subarray(from, from + CHUNK_BYTES));
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

/**
 * What goes to a thread is handed over for good. A source's chunk is often a view into a shared pool, so it is copied; a block of a
 * file is a buffer of its own, of this length, which its reader may keep: 32 MB of copies an upload would be garbage until the
 * collector of a heap with the whole program in it has looked.
 */
function ownOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isOwn =
    buffer instanceof ArrayBuffer && buffer.byteLength === CHUNK_BYTES && bytes.length === CHUNK_BYTES;
  return isOwn ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
