/** Lets a listening thread have windows heard by other threads, over a port for each window that the main thread gives. */
import type { MessagePort } from 'node:worker_threads';
import type { HeardWindow } from '../vad/heard-window.ts';
import type { Elsewhere } from '../vad/hearers.ts';
import type { Speech } from '../vad/speech.ts';
import type { FinderOptions } from '../vad/speech-finder.ts';
import { Inbox } from './channel.ts';
import type { FromThread, FromWindow, ToThread, ToWindow } from './protocol.ts';

type Answer = Pick<Extract<ToThread, { type: 'idle' }>, 'port' | 'free'>;

export class OtherThreads {
  readonly #port: MessagePort;
  readonly #answers = new Inbox<Answer>();
  readonly #heard = new Set<HeardElsewhere>();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  async hear(window: FinderOptions): Promise<Elsewhere> {
    const question: FromThread = { type: 'window', window };
    this.#port.postMessage(question);
    const { port, free } = await this.#answers.take();
    if (!port) return { heard: null, free };
    const heard = new HeardElsewhere(port, () => this.#heard.delete(heard));
    this.#heard.add(heard);
    return { heard, free };
  }

  answered(answer: Answer): void {
    this.#answers.put(answer);
  }

  /** Ends the windows too: a thread that does not answer must not be waited for when nobody waits for the recording. */
  fail(error: unknown): void {
    this.#answers.fail(error);
    for (const heard of this.#heard) heard.lose();
  }
}

class HeardElsewhere implements HeardWindow {
  readonly speech: Speech[] = [];
  isDone = false;
  unheardSamples = 0;
  readonly #port: MessagePort;
  /** The lengths of the chunks that are not answered yet. */
  readonly #lengths: number[] = [];
  #isLost = false;
  #isClosed = false;
  #change = Promise.withResolvers<void>();

  constructor(port: MessagePort, ended: () => void) {
    this.#port = port;
    port.on('message', ({ speech, isDone }: FromWindow) => {
      this.speech.push(...speech);
      this.isDone = isDone;
      this.unheardSamples -= this.#lengths.shift() ?? 0;
      // The thread is free for the next window, however long the ones before this one take.
      if (isDone) this.close();
      this.#changes();
    });
    port.on('close', () => {
      ended();
      this.#isLost = true;
      this.#changes();
    });
  }

  push(chunk: Float32Array): void {
    this.#lengths.push(chunk.length);
    this.unheardSamples += chunk.length;
    this.#say(chunk.slice());
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

  lose(): void {
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
