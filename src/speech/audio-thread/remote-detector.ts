/**
 * Lets a listening thread call a detector over a port. The thread has the audio; keys, connections and what all recordings
 * share (the breaker, the limit) stay in the main thread.
 */
import type { MessagePort } from 'node:worker_threads';
import type { DetectOptions, Span, VoiceActivityDetector } from '../voice-activity.ts';
import type { FromThread, ToThread } from './protocol.ts';

export type DetectorRequest = Extract<FromThread, { type: 'detect' }>;
type Answer = Extract<ToThread, { type: 'detected' }>;

/** The thread's side. */
export class AskingDetector implements VoiceActivityDetector {
  readonly #port: MessagePort;
  readonly #open = new Map<number, PromiseWithResolvers<Span[]>>();
  #asked = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  async detect(samples: Float32Array, { signal }: { signal: AbortSignal }): Promise<Span[]> {
    signal.throwIfAborted();
    const window = this.#asked++;
    const answer = Promise.withResolvers<Span[]>();
    const giveUp = () => answer.reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#open.set(window, answer);
    // The samples are copied and not handed over, because this side needs them if there is no answer.
    const question: DetectorRequest = { type: 'detect', window, samples };
    this.#port.postMessage(question);
    return await answer.promise.finally(() => {
      signal.removeEventListener('abort', giveUp);
      this.#open.delete(window);
    });
  }

  answered({ window, spans }: Answer): void {
    const answer = this.#open.get(window);
    if (spans) answer?.resolve(spans);
    else answer?.reject(new Error('the detector has no answer'));
  }

  async close(): Promise<void> {}
}

/** The main thread's side, for one recording. */
export class AnsweringDetector {
  readonly #detector: VoiceActivityDetector;
  readonly #port: MessagePort;
  readonly #options: DetectOptions;
  #open = 0;

  /** @param options with a signal that is aborted when the recording ends, however it does */
  constructor(detector: VoiceActivityDetector, port: MessagePort, options: DetectOptions) {
    this.#detector = detector;
    this.#port = port;
    this.#options = options;
  }

  /** Whether the thread may be waiting for an answer. */
  get isAsked(): boolean {
    return this.#open > 0;
  }

  /** Never rejects: the detector logs why there is no answer, and the thread then uses Silero. */
  async answer({ window, samples }: DetectorRequest): Promise<void> {
    this.#open++;
    const spans = await this.#detector.detect(samples, this.#options).catch(() => null);
    this.#open--;
    const answer: Answer = { type: 'detected', window, spans };
    this.#port.postMessage(answer);
  }
}
