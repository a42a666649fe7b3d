import { SAMPLE_RATE } from '../../../audio/hint.ts';
import { type CallCost, LearnedCost } from '../../../providers/call-cost.ts';
import { untilAny, within } from '../../../providers/deadline.ts';
import { ProviderError } from '../../../providers/provider-error.ts';
import { Semaphore } from '../../../providers/semaphore.ts';
import type { SpeechHints } from '../../hints.ts';
import type {
  AudioPiece,
  Capabilities,
  TranscribeOptions,
  Transcriber,
  Transcription,
} from '../../transcriber.ts';
import { storable } from '../storable.ts';
import type { Said } from './answer.ts';
import { wavParts } from './wav.ts';

export interface RemoteOptions {
  provider: string;
  model: string;
  capabilities: Capabilities;
  concurrency: number;
  /** From when the piece has its permit to the end of its answer, all further requests for the same piece included. */
  deadlineMs: number;
  ask(piece: Sendable, signal: AbortSignal): Promise<Said>;
  /** What is left to do when all calls have ended. */
  close?: () => Promise<void>;
}

/** Every server of transcriptions takes these settings; its adapter adds where the server is and how to sign in. */
export interface ServerOptions {
  /** Default: the adapter's own. */
  model?: string | undefined;
  concurrency: number;
  /** BCP 47. Without it the language of each piece is detected. */
  language?: string | undefined;
  /** Names and terms to listen for. */
  keyterms?: readonly string[] | undefined;
  /** For all requests of one piece together. */
  deadlineMs: number;
}

export interface Sendable {
  /** In parts that follow each other. */
  wav: readonly Uint8Array[];
  durationMs: number;
  hints?: SpeechHints | undefined;
  /** Monotonic: when its answer began to be waited for. */
  startedAt: number;
  /** What an answer for so much sound took lately; null before the first. */
  expectedMs: number | null;
}

/** OpenAI refuses less than this. No word fits into it either. */
const SHORTEST = 0.1 * SAMPLE_RATE;
/** As for the local model: -60 dBFS, at which nobody speaks and Whisper says "Thank you for watching". */
const SILENT_PEAK = 0.001 * 0x8000;

/** Does what all providers behind a network have in common: permits, the deadline, giving up, closing. */
export class RemoteTranscriber implements Transcriber {
  readonly provider: string;
  readonly model: string;
  readonly capabilities: Capabilities;
  readonly concurrency: number;
  readonly #deadlineMs: number;
  readonly #ask: RemoteOptions['ask'];
  readonly #leave: RemoteOptions['close'];
  readonly #permits: Semaphore;
  readonly #learned = new LearnedCost();
  #answeredAt = Number.NEGATIVE_INFINITY;
  readonly #asked = new Set<Promise<Said>>();
  readonly #closed = new AbortController();

  constructor(options: RemoteOptions) {
    requirePositive('concurrency', options.concurrency);
    requirePositive('deadlineMs', options.deadlineMs);
    this.provider = options.provider;
    this.model = options.model;
    this.capabilities = options.capabilities;
    this.concurrency = options.concurrency;
    this.#deadlineMs = options.deadlineMs;
    this.#ask = options.ask;
    this.#leave = options.close;
    this.#permits = new Semaphore(options.concurrency);
  }

  async transcribe(
    { samples, sampleRateHz }: AudioPiece,
    { signal, dueAtMs, hints }: TranscribeOptions,
  ): Promise<Transcription> {
    this.#closed.signal.throwIfAborted();
    signal.throwIfAborted();
    if (sampleRateHz !== SAMPLE_RATE)
      throw new ProviderError('invalid_input', `16 kHz is needed, not ${sampleRateHz} Hz`);
    const nothing = nothingIn(samples);
    const { provider, model } = this;
    if (nothing)
      return { provider, model, segments: [], unintelligible: false, attempts: 0, guards: [nothing] };

    // The caller, the deadline and `close` all end the request in the same way: with the reason they give.
    return await untilAny([this.#closed.signal, signal], async (until) => {
      try {
        const told = await this.#withPermit(samples, { signal: until, dueAtMs, hints });
        const { segments, guards, ...heard } = storable(told, (samples.length * 1000) / SAMPLE_RATE);
        // The detector heard speech and the provider no word of it. That is an answer, and it is not silence.
        const unintelligible = segments.length === 0;
        const all = [...(told.guards ?? []), ...guards];
        return { provider, model, segments, unintelligible, attempts: 1, guards: all, ...heard };
      } catch (error) {
        throw asProviderError(error);
      }
    });
  }

  get cost(): CallCost | null {
    const { cost } = this.#learned;
    return cost && { ...cost, withinMs: this.#deadlineMs };
  }

  /** Ends every connection in use; what is under way is rejected. */
  async close(): Promise<void> {
    this.#closed.abort(new ProviderError('upstream', `the connection to ${this.provider} was closed`));
    await Promise.allSettled(this.#asked);
    await this.#leave?.();
  }

  async #withPermit(samples: Int16Array, { signal, dueAtMs, hints }: TranscribeOptions): Promise<Said> {
    const release = await this.#permits.take(signal, dueAtMs);
    const late = () => new ProviderError('timeout', `no transcription within ${this.#deadlineMs} ms`);
    const durationMs = (samples.length * 1000) / SAMPLE_RATE;
    const startedAt = performance.now();
    const answered = within([signal], { ms: this.#deadlineMs, late }, async (until) => {
      const expectedMs = expectedOf(this.cost, durationMs / 1000);
      const asked = this.#ask({ wav: wavParts(samples), durationMs, hints, startedAt, expectedMs }, until);
      this.#asked.add(asked);
      const said = await asked.finally(() => this.#asked.delete(asked));
      this.#answeredAt = performance.now();
      this.#learned.note(durationMs / 1000, this.#answeredAt - startedAt);
      return said;
    });
    try {
      return await answered;
    } catch (error) {
      // It would have taken at least as long. A provider that answers nobody is away, and that says nothing of what calls cost.
      if (error instanceof ProviderError && error.code === 'timeout' && this.#answeredAt > startedAt)
        this.#learned.note(durationMs / 1000, performance.now() - startedAt);
      throw error;
    } finally {
      release();
    }
  }
}

function expectedOf(cost: CallCost | null, seconds: number): number | null {
  return cost && cost.ms + cost.msPerSecond * seconds;
}

function requirePositive(name: string, value: number): void {
  // setTimeout takes 32 bits, and fires at once for more.
  if (!Number.isSafeInteger(value) || value < 1 || value > 0x7fff_ffff) {
    throw new ProviderError('configuration', `${name} must be a positive whole number, not ${value}`);
  }
}

function nothingIn(samples: Int16Array): 'too_short' | 'silence' | null {
  if (samples.length < SHORTEST) return 'too_short';
  return samples.every((sample) => Math.abs(sample) < SILENT_PEAK) ? 'silence' : null;
}

function asProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  // Its message may quote what was answered.
  const name = error instanceof Error ? error.name : typeof error;
  return new ProviderError('upstream', `the transcription failed (${name})`, { cause: error });
}
