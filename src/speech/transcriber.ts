import type { ProviderErrorCode } from '../providers/provider-error.ts';

/**
 * The port to whatever turns speech into words: the local model, Deepgram, AssemblyAI, any server that speaks OpenAI's
 * dialect.
 *
 * An adapter answers about one piece at a time and keeps nothing between pieces. It must reject with the signal's
 * reason once the signal aborts, with a ProviderError for everything else, and must leave `samples` untouched:
 * the caller may offer them to another provider. Its words pass through `storable`: what a provider says can then be
 * stored, whatever it is, and is no longer than can be said in the time.
 */
export interface Transcriber {
  readonly provider: string;
  readonly model: string;
  readonly capabilities: Capabilities;
  /** How many pieces are worth having under way at once; more only wait. */
  readonly concurrency: number;
  transcribe(piece: AudioPiece, options: TranscribeOptions): Promise<Transcription>;
  close(): Promise<void>;
}

export interface TranscribeOptions {
  signal: AbortSignal;
  /** It is not the words that are wanted: whoever cannot tell voices apart need not be asked. */
  forSpeakers?: boolean | undefined;
  /** Which recording the piece is of: where calls are few, those with the fewest under way come first. */
  recordingId?: string | undefined;
  /** By the clock of the recording's person, for whoever has calls wait in line: who is due first comes first. */
  dueAtMs?: number | undefined;
  /** What was heard of the recording before is of a language that this machine does not know: it may give up sooner. */
  isUnknownSoFar?: boolean | undefined;
  /** Told of every call as it ends: behind one port several may be asked, and each more than once. */
  onCall?: ((call: ProviderCall) => void) | undefined;
}

export interface ProviderCall {
  provider: string;
  model: string;
  /** `not_asked`: it is known to be down, and was not called. */
  outcome: 'answered' | 'not_asked' | 'cancelled' | ProviderErrorCode;
  /** 0 is the first time around, later ones are retries. */
  round: number;
  /** 0 is the first provider, the others are fallbacks. */
  link: number;
  startedAtMs: number;
  tookMs: number;
}

export interface Capabilities {
  /** Gives a time for each word. */
  words: boolean;
  /** Tells voices apart; of several, whether one of them does. */
  speakers: boolean;
  /**
   * What it is best given at once, in seconds: who tells voices apart does so within one piece only. As a fallback it
   * takes what was cut for another.
   */
  longestPieceSeconds: number;
  /** BCP 47 tags of the languages it knows. */
  languages: readonly string[];
}

export interface AudioPiece {
  samples: Float32Array;
  sampleRateHz: 16_000;
}

export interface Segment {
  /** Milliseconds from the start of the piece. */
  startMs: number;
  endMs: number;
  text: string;
  speaker: string | null;
  /** Where the provider gives a time for each. */
  words?: Word[] | undefined;
}

export interface Word {
  /** Milliseconds from the start of the piece. */
  startMs: number;
  endMs: number;
  /** As it is written, with its punctuation. */
  text: string;
}

/** What a recognizer made of a piece. */
export interface Transcript {
  segments: Segment[];
  /** There was speech and no words came of it, even after cutting it again. Never set for silence. */
  unintelligible: boolean;
  /** How often the recognizer was run. */
  attempts: number;
  /** Which guards against lost and invented words fired, each once; empty when all went well. */
  guards: string[];
  /**
   * How much several hearings of this sound contradict each other, from 0 to 1: a model that does not know the language
   * invents other words each time. Only where it was measured.
   */
  unsteadiness?: number | undefined;
}

export interface Transcription extends Transcript {
  /** Who answered: of several behind one port, not the same for every piece. */
  provider: string;
  model: string;
  /** BCP 47; only where the provider tells it. */
  language?: string | undefined;
}
