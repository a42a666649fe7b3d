/**
 * Second hearings tell words that a recognizer heard from words that it made up: it hears the same sound again, begun
 * elsewhere or played at another tempo, and the two texts are compared. Blocks.
 */
import { SAMPLE_RATE } from '../../../audio/hint.ts';
import { atTempo } from '../../../audio/resample.ts';
import { quietestPoint } from '../../splitting/quietest-point.ts';
import { comparableWords, contradiction, textBeforeLoop } from './hallucination-signs.ts';
import type { RecognizerAnswer } from './sherpa.ts';
import { readableText } from './sherpa.ts';

const RATE = SAMPLE_RATE;

/**
 * Asks a second time about the end of an answer long enough to compare. A language the model does not know, or no
 * language at all, comes out as fluent English, but as other English whenever the audio begins elsewhere; English
 * stays what it is. On a contradiction both halves are asked, and they decide.
 *
 * Contradiction of the end / of the halves, measured on pieces of 3 s and more: 36 of clean English at most 0.33 / 0.2;
 * 12 in 10 dB of noise 1.0 / 0.31; 12 in 3 dB 0.71 / 0.38; a Swedish sentence, from 7 places, at least 0.8 / 0.7;
 * English played backwards, 6 pieces, 0.82 / 0.73. The end costs a quarter more time.
 *
 * Played a little faster decides at last: 9 pieces of synthetic English contradict themselves by at most 0.17 then, and
 * synthetic speech in 12 other languages by at least 0.42.
 */
const STEADY_FROM = 4 * RATE;
const STEADY_WORDS = 5;
/** Of less than this a second hearing says little. */
export const EVIDENCE_FROM = 2 * RATE;
/** Hearings that differ by no more agree, and no others are asked for. */
const AGREED = 0.2;
const END_LONGEST = 3.5 * RATE;
const END_SHORTEST = 2 * RATE;
export const CONTRADICTED = 0.5;
/**
 * Where no other hearing agrees with as much as a quarter, the words are not of the audio, whatever is spoken around it. What
 * is contradicted less keeps its words, and the pieces around it decide (`timeline/unknown-language.ts`): noise makes clear
 * English contradict itself too. By itself it counts as much as it takes not to be shown.
 */
const HOPELESS = 0.75;
const DOUBTED = 0.65;
/**
 * Before anything is doubted it is heard once more without its first 0.4 s. English in 3 dB of noise, of which a model made a loop
 * when it was played faster, contradicts itself by 0.56 then, and other languages by nearly 1.
 */
const LATE_BY = 0.4 * RATE;
const CONTRADICTED_LATE = 0.6;

/**
 * What is only heard after cutting is doubted more, for an unknown language is often silent as a whole and talkative
 * in parts. It must come out the same when played a little slower and a little faster. Of parts of 2 s that kept 46 of
 * 52 English ones, none of 8 Swedish ones and 3 of 51 backwards.
 */
const FASTER = 1.07;
const SLOWER = 0.93;
export const CONTRADICTED_PART = 1 / 3;

export interface Judgement {
  /** The words are not of the audio. */
  dropped: boolean;
  /** Other hearings contradict the words enough to doubt them. */
  isDoubted: boolean;
  /** How much the hearings contradict each other; undefined where the audio is too short to say. */
  unsteadiness?: number;
}

/** Thrown when the caller no longer wants the answer. */
export class Stopped extends Error {
  constructor() {
    super('nobody waits for this transcription any more');
    this.name = 'Stopped';
  }
}

/** Runs the recognizer on parts of one piece and counts how often. */
export class Hearings {
  attempts = 0;
  readonly #recognize: (samples: Float32Array) => RecognizerAnswer;
  readonly #stopped: () => boolean;

  /** @param stopped is asked before every run */
  constructor(recognize: (samples: Float32Array) => RecognizerAnswer, stopped: () => boolean) {
    this.#recognize = recognize;
    this.#stopped = stopped;
  }

  hear(part: Float32Array): { text: string; tokens: number } {
    if (this.#stopped()) throw new Stopped();
    this.attempts++;
    const { text, tokens } = this.#recognize(part);
    return { text: readableText(text), tokens };
  }

  /** Judges the words of a whole piece by other hearings of the same sound, from the cheapest on, until one agrees. */
  judge(part: Float32Array, text: string): Judgement {
    if (part.length < EVIDENCE_FROM) return { dropped: false, isDoubted: false };
    const words = comparableWords(text);
    if (part.length < STEADY_FROM || words.length < STEADY_WORDS) {
      const fast = this.#atTempo(FASTER, part, words);
      const unsteadiness = fast <= AGREED ? fast : Math.min(fast, this.#atTempo(SLOWER, part, words));
      return { dropped: false, isDoubted: false, unsteadiness };
    }
    const end = this.#fromItsEnd(part, words);
    if (end <= AGREED) return { dropped: false, isDoubted: false, unsteadiness: end };
    const halves = this.#byHalves(part, words);
    if (halves <= AGREED) return { dropped: false, isDoubted: false, unsteadiness: halves };
    return this.#judgeDoubtful(part, words, Math.min(end, halves));
  }

  /** Clear English can be heard otherwise from elsewhere, but not when it is played a little faster. */
  #judgeDoubtful(part: Float32Array, words: string[], elsewhere: number): Judgement {
    const again = this.#words(atTempo(part, FASTER));
    const isDoubted = elsewhere > CONTRADICTED && contradiction(words, again) > CONTRADICTED_PART;
    const fast = Math.max(contradiction(words, again), contradiction(again, words));
    // That one hearing of three agrees may be chance: it is no more than a doubt.
    const least = Math.min(elsewhere, Math.max(fast, CONTRADICTED_PART));
    if (!isDoubted) return { dropped: false, isDoubted, unsteadiness: least };
    const late = contradiction(words, this.#words(part.subarray(LATE_BY)));
    if (late <= CONTRADICTED_LATE)
      return { dropped: false, isDoubted: false, unsteadiness: Math.min(least, late) };
    return { dropped: least >= HOPELESS, isDoubted, unsteadiness: Math.max(least, DOUBTED) };
  }

  /** Says whether the words of a part that was cut change with the tempo: a part is doubted more than a whole. */
  isTempoBound(part: Float32Array, text: string): boolean {
    const words = comparableWords(text);
    return [SLOWER, FASTER].some((tempo) => this.#atTempo(tempo, part, words) > CONTRADICTED_PART);
  }

  /** What was said before a phrase went round, if it is heard again when the sound is played a little faster. */
  beforeLoop(part: Float32Array, text: string): string | null {
    const kept = textBeforeLoop(text);
    const words = comparableWords(kept);
    if (words.length < STEADY_WORDS) return null;
    return contradiction(this.#words(atTempo(part, FASTER)), words) <= CONTRADICTED_PART ? kept : null;
  }

  #fromItsEnd(part: Float32Array, words: string[]): number {
    const end = part.subarray(quietestPoint(part, part.length - END_LONGEST, part.length - END_SHORTEST));
    return contradiction(words, this.#words(end));
  }

  #byHalves(part: Float32Array, words: string[]): number {
    const middle = middleOf(part);
    const halves = [...this.#words(part.subarray(0, middle)), ...this.#words(part.subarray(middle))];
    return contradiction(words, halves);
  }

  #atTempo(tempo: number, part: Float32Array, words: string[]): number {
    const again = this.#words(atTempo(part, tempo));
    return Math.max(contradiction(words, again), contradiction(again, words));
  }

  #words(part: Float32Array): string[] {
    return comparableWords(this.hear(part).text);
  }
}

/** The quietest point around the middle, where a cut harms the least. */
export function middleOf(part: Float32Array): number {
  return quietestPoint(part, Math.floor(part.length * 0.3), Math.floor(part.length * 0.7));
}
