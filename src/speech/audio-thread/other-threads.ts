/** Lets a listening thread have windows heard by other threads, over a port for each window that the main thread gives. */
import type { MessagePort } from 'node:worker_threads';
import type { HeardWindow } from '../vad/heard-window.ts';
import type { Speech } from '../vad/speech.ts';
import type { FinderOptions } from '../vad/speech-finder.ts';
import { Inbox } from './channel.ts';
import type { FromThread, FromWindow, ToWindow } from './protocol.ts';

export class OtherThreads {
  readonly #port: MessagePort;
  readonly #answers = new Inbox<MessagePort | 'none'>();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** @returns null if each thread has something else to do */
  async hear(window: FinderOptions): Promise<HeardWindow | null> {
    const question: FromThread = { type: 'window', window };
    this.#port.postMessage(question);
    const port = await this.#answers.take();
    return port === 'none' ? null : new HeardElsewhere(port);
  }

  answered(port: MessagePort | null): void {
    this.#answers.put(port ?? 'none');
  }

  fail(error: unknown): void {
    this.#answers.fail(error);
  }
}

class HeardElsewhere implements HeardWindow {
  readonly speech: Speech[] = [];
  isDone = false;
  readonly #port: MessagePort;
  #isLost = false;
  #isClosed = false;
  #change = Promise.withResolvers<void>();

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', ({ speech, isDone }: FromWindow) => {
      this.speech.push(...speech);
      this.isDone = isDone;
      this.#changes();
    });
    port.on('close', () => {
      this.#isLost = true;
      this.#changes();
    });
  }

  push(chunk: Float32Array<ArrayBuffer>): void {
    this.#say(chunk);
  }

  end(): void {
    this.#say(null);
  }

  async changed(): Promise<void> {
    if (this.isDone || this.speech.length > 0) return;
    if (!this.#isLost) await this.#change.promise;
    if (this.#isLost && !this.isDone && !this.#isClosed)
      throw new Error('the thread that heard a window was lost');
  }

  close(): void {
    this.#isClosed = true;
    this.#port.close();
  }

  #say(chunk: ToWindow): void {
    this.#port.postMessage(chunk, chunk ? [chunk.buffer] : []);
  }

  #changes(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
