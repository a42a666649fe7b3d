import type { Faults } from './behaviour.ts';
import type { Question } from './dialect.ts';

export interface Stats {
  /** Transcriptions asked for, whatever came of it. */
  calls: number;
  /** Went out whole; empty ones too, which are counted as faults as well. */
  answered: number;
  /** Not to be answered: a wrong key, no such model, no audio. */
  refused: number;
  /** 429 because the limit was reached, not by chance. */
  limited: number;
  /** By the fault that was dealt, when it is dealt. */
  faults: Record<keyof Faults, number>;
  /** The client was gone before its answer; hangs too, for they have no other end. */
  abandoned: number;
  inFlight: number;
  maxInFlight: number;
  /** What would be on the bill: of answers that went out whole. */
  billed: { audioMs: number; inputTokens: number; outputTokens: number };
  /** Transcripts whose words can still be read here. */
  kept: number;
}

/** By the SHA-256 of the PCM. More than one answer to the same audio is work done twice. */
export type CallsByAudio = Record<string, { calls: number; answered: number }>;

/** Counts, and nothing else; the server says what happened. */
export class Counters {
  readonly stats: Stats = {
    calls: 0,
    answered: 0,
    refused: 0,
    limited: 0,
    faults: { rate429: 0, rate5xx: 0, hangRate: 0, halfAnswerRate: 0, wrongJsonRate: 0, emptyRate: 0 },
    abandoned: 0,
    inFlight: 0,
    maxInFlight: 0,
    billed: { audioMs: 0, inputTokens: 0, outputTokens: 0 },
    kept: 0,
  };
  readonly #byAudio = new Map<string, { calls: number; answered: number }>();

  asked(): void {
    this.stats.calls++;
  }

  begin(): void {
    this.stats.inFlight++;
    this.stats.maxInFlight = Math.max(this.stats.maxInFlight, this.stats.inFlight);
  }

  end(): void {
    this.stats.inFlight--;
  }

  /** @returns how often this audio was asked about, this time included */
  heard(sha256: string): number {
    const audio = this.#byAudio.get(sha256) ?? { calls: 0, answered: 0 };
    this.#byAudio.set(sha256, audio);
    return ++audio.calls;
  }

  answered(sha256: string, { seconds, tokens }: Pick<Question, 'seconds' | 'tokens'>): void {
    const { billed } = this.stats;
    this.stats.answered++;
    if (!tokens) billed.audioMs += seconds * 1000;
    billed.inputTokens += tokens?.input ?? 0;
    billed.outputTokens += tokens?.output ?? 0;
    const audio = this.#byAudio.get(sha256);
    if (audio) audio.answered++;
  }

  byAudio(): CallsByAudio {
    return Object.fromEntries([...this.#byAudio].map(([sha256, audio]) => [sha256, { ...audio }]));
  }
}
