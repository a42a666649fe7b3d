import type { CallCost } from '../providers/call-cost.ts';
import type { ProviderErrorCode } from '../providers/provider-error.ts';
import type { SpeechHints } from './hints.ts';

/**
 * The interface to everything that turns speech into words: the local model, Deepgram, AssemblyAI, any
 * OpenAI-compatible server.
 *
 * An adapter transcribes one piece at a time and keeps nothing between pieces. It must reject with the signal's reason
 * once the signal aborts, with a ProviderError for everything else, and must leave `samples` untouched, because the
 * caller may offer them to another provider. Its words pass through `storable`, so that they can be stored and are no
 * longer than can be spoken in the time.
 */
export interface Transcriber {
  readonly provider: string;
  readonly model: string;
  readonly capabilities: Capabilities;
  /** The number of pieces that are worth sending at once; more would only wait. */
  readonly concurrency: number;
  /** The duration of its latest calls; null before the first answer, undefined if it is not measured. */
  readonly cost?: CallCost | null | undefined;
  transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription>;
  close(): Promise<void>;
}

export interface TranscribeOptions {
  signal: AbortSignal;
  /** Only speaker labels are wanted, so providers that do not tell speakers apart are not asked. */
  forSpeakers?: boolean | undefined;
  /** The recording of the piece: if calls are limited, recordings with the fewest running calls come first. */
  recordingId?: string | undefined;
  /** The due time by its person's fairness clock: waiting calls that are due first come first. */
  dueAtMs?: number | undefined;
  /** Earlier speech of the recording was in a language that this machine does not know, so it may give up sooner. */
  isUnknownSoFar?: boolean | undefined;
  /** What the person says about their speech; without it the transcriber's own settings hold. */
  hints?: SpeechHints | undefined;
  /** Called as each call ends: behind one interface several providers may be called, each more than once. */
  onCall?: ((call: ProviderCall) => void) | undefined;
}

export interface ProviderCall {
  provider: string;
  model: string;
  /** `not_asked`: the provider is known to be down, and was not called. */
  outcome: 'answered' | 'not_asked' | 'cancelled' | ProviderErrorCode;
  /** 0 is the first call to a provider, higher numbers are retries. */
  round: number;
  /** 0 is the first provider, the others are fallbacks. */
  link: number;
  startedAtMs: number;
  tookMs: number;
}

export interface Capabilities {
  /** Gives a time for each word. */
  words: boolean;
  /** Tells voices apart; of several providers, whether at least one does. */
  speakers: boolean;
  /**
   * The best length of a piece, in seconds: a provider that tells speakers apart does so within one piece only. A
   * fallback gets pieces cut for another provider.
   */
  longestPieceSeconds: number;
  /** BCP 47 tags of the languages it knows. */
  languages: readonly string[];
}

export interface AudioPiece {
  /** Of 16 bits. */
  samples: Int16Array;
  sampleRateHz: 16_000;
}

export interface Segment {
  /** Milliseconds from the start of the piece. */
  startMs: number;
  endMs: number;
  text: string;
  speaker: string | null;
  /** Set if the provider gives a time for each word. */
  words?: Word[] | undefined;
}

export interface Word {
  /** Milliseconds from the start of the piece. */
  startMs: number;
  endMs: number;
  /** The word as it is written, with its punctuation. */
  text: string;
}

/** The words that a recognizer found in a piece. */
export interface Transcript {
  segments: Segment[];
  /** There was speech but no words, even after it was cut again. Never set for silence. */
  unintelligible: boolean;
  /** How often the recognizer was run. */
  attempts: number;
  /** Which guards against lost and invented words fired, each once; empty when all went well. */
  guards: string[];
  /**
   * From 0 to 1, how much several transcriptions of this audio contradict each other: a model that does not know the
   * language makes up other words each time. Only set if it was measured.
   */
  unsteadiness?: number | undefined;
}

export interface Transcription extends Transcript {
  /** The provider that answered; of several, each piece may have another one. */
  provider: string;
  model: string;
  /** BCP 47; only set if the provider names it. */
  language?: string | undefined;
}
