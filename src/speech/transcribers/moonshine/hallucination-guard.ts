import { SAMPLE_RATE } from '../../../audio/hint.ts';
import { atTempo } from '../../../audio/resample.ts';
import { quietestPoint } from '../../splitting/quietest-point.ts';
import type { Segment, Transcript } from '../../transcriber.ts';
import {
  comparableWords,
  contradiction,
  isLoop,
  spokenWords,
  textBeforeLoop,
  tooManyTokens,
} from './hallucination-signs.ts';
import { readableText } from './moonshine-text.ts';
import type { RecognizerAnswer } from './sherpa.ts';

const RATE = SAMPLE_RATE;

/** Under 0.1 s the encoder throws; twice that holds no word either. */
const SHORTEST = 0.2 * RATE;
/** Halves shorter than this lose the context that words need. */
const SHORTEST_HALF = 0.5 * RATE;
/** Three cuts make 8 parts: 15 s come down to 2 s. Each level runs over the audio once more, so 4 times at most. */
const CUTS = 3;
/** Where all that was heard before is of an unknown language, one cut tells whether this is too. */
const CUTS_WHEN_UNKNOWN = 1;
/** -60 dBFS, 33 steps of 16 bits: nobody speaks this softly, and what a model hears there it makes up. */
const SILENT_PEAK = 0.001;

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
const EVIDENCE_FROM = 2 * RATE;
/** Hearings that differ by no more agree, and no others are asked for. */
const AGREED = 0.2;
const END_LONGEST = 3.5 * RATE;
const END_SHORTEST = 2 * RATE;
const CONTRADICTED = 0.5;
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
const CONTRADICTED_PART = 1 / 3;

type Guard =
  | 'too_short' // below what the encoder takes; nothing was run
  | 'silence' // nothing audible in it; nothing was run
  | 'empty' // no answer to audible sound; cut and tried again
  | 'too_many_tokens' // more than can be said in the time; cut and tried again
  | 'loop' // a phrase over and over; cut and tried again, and what came before it is kept
  | 'unsteady' // other words each time; dropped, or left to the pieces around it
  | 'lost_part'; // some of the piece stayed without words to the end

interface GuardOptions {
  /** Asked before every run. */
  stopped?: () => boolean;
  /** What was heard before is of a language that the recognizer does not know: it is asked less often. */
  isUnknownSoFar?: boolean;
}

/**
 * Transcribes a piece with a recognizer that sometimes says nothing and sometimes says too much. An answer that is
 * empty or impossible is cut at the quietest point of its middle and each half tried again; what stays empty or
 * impossible is dropped, and the result says so. Blocks.
 *
 * `unsteadiness` is how much hearings of the same sound contradict each other, by the two that agree most: English is
 * sometimes heard otherwise from elsewhere or at another tempo, but hardly each time. Sound of which no word came at all
 * contradicts itself fully.
 */
export function withHallucinationGuard(
  samples: Float32Array,
  recognize: (samples: Float32Array) => RecognizerAnswer,
  { stopped = () => false, isUnknownSoFar = false }: GuardOptions = {},
): Transcript {
  let lost = 0;
  let evidence: number | undefined;
  let keptBeforeLoop = false;
  const guards = new Set<Guard>();
  const segments: Segment[] = [];
  let attempts = 0;

  const ask = (part: Float32Array): { text: string; tokens: number } => {
    if (stopped()) throw new Stopped();
    attempts++;
    const { text, tokens } = recognize(part);
    return { text: readableText(text), tokens };
  };

  const askWords = (part: Float32Array) => comparableWords(ask(part).text);

  /** By other hearings of the same sound, from the cheapest on, until one agrees. */
  const judge = (part: Float32Array, words: string[]): { dropped: boolean; unsteadiness?: number } => {
    if (part.length < EVIDENCE_FROM) return { dropped: false };
    if (part.length < STEADY_FROM || words.length < STEADY_WORDS) {
      const fast = faster(part, words);
      const unsteadiness = fast <= AGREED ? fast : Math.min(fast, slower(part, words));
      return { dropped: false, unsteadiness };
    }
    const end = fromItsEnd(part, words);
    if (end <= AGREED) return { dropped: false, unsteadiness: end };
    const halves = byHalves(part, words);
    if (halves <= AGREED) return { dropped: false, unsteadiness: halves };
    // Clear English can be heard otherwise from elsewhere, but not when it is played a little faster.
    const again = askWords(atTempo(part, FASTER));
    const doubted = Math.min(end, halves) > CONTRADICTED && contradiction(words, again) > CONTRADICTED_PART;
    const fast = Math.max(contradiction(words, again), contradiction(again, words));
    // That one hearing of three agrees may be chance: it is no more than a doubt.
    const least = Math.min(end, halves, Math.max(fast, CONTRADICTED_PART));
    if (!doubted) return { dropped: false, unsteadiness: least };
    const late = contradiction(words, askWords(part.subarray(LATE_BY)));
    if (late <= CONTRADICTED_LATE) return { dropped: false, unsteadiness: Math.min(least, late) };
    guards.add('unsteady');
    return { dropped: least >= HOPELESS, unsteadiness: Math.max(least, DOUBTED) };
  };

  const fromItsEnd = (part: Float32Array, words: string[]): number => {
    const end = part.subarray(quietestPoint(part, part.length - END_LONGEST, part.length - END_SHORTEST));
    return contradiction(words, askWords(end));
  };

  const byHalves = (part: Float32Array, words: string[]): number => {
    const middle = middleOf(part);
    const halves = [...askWords(part.subarray(0, middle)), ...askWords(part.subarray(middle))];
    return contradiction(words, halves);
  };

  const atAnother = (tempo: number) => (part: Float32Array, words: string[]) => {
    const again = askWords(atTempo(part, tempo));
    return Math.max(contradiction(words, again), contradiction(again, words));
  };
  const faster = atAnother(FASTER);
  const slower = atAnother(SLOWER);

  /** What was said before a phrase went round, if it is heard again when the sound is played a little faster. */
  const beforeLoop = (part: Float32Array, text: string): string | null => {
    const kept = textBeforeLoop(text);
    const words = comparableWords(kept);
    if (words.length < STEADY_WORDS) return null;
    return contradiction(askWords(atTempo(part, FASTER)), words) <= CONTRADICTED_PART ? kept : null;
  };

  const isTempoBound = (part: Float32Array, text: string): boolean => {
    const words = comparableWords(text);
    return [slower, faster].some((contradicts) => contradicts(part, words) > CONTRADICTED_PART);
  };

  /** The whole is doubted less than what is only heard after cutting. */
  const isDoubted = (part: Float32Array, text: string): boolean => {
    if (part.length < samples.length) return isTempoBound(part, text);
    const { dropped, unsteadiness } = judge(part, comparableWords(text));
    evidence = unsteadiness;
    return dropped;
  };

  /**
   * Of sound that gave no words as a whole: words of its parts have stood the test of two tempos, which some parts of any
   * language do. Where they are the lesser part, the rest counts.
   */
  const withoutAnswer = (): number | undefined => {
    if (samples.length < EVIDENCE_FROM || keptBeforeLoop || lost === 0) return undefined;
    if (segments.length === 0) return 1;
    const share = lost / samples.length;
    return share > CONTRADICTED ? share : Math.min(share, CONTRADICTED_PART);
  };

  const hear = (from: number, to: number, cutsLeft: number): void => {
    const part = samples.subarray(from, to);
    const unheard = part.length < SHORTEST ? 'too_short' : isSilent(part) ? 'silence' : null;
    if (unheard) {
      guards.add(unheard);
      return;
    }
    const { text, tokens } = ask(part);
    const fault = faultOf(text, tokens, part.length / RATE);
    if (fault === null && isDoubted(part, text)) {
      guards.add('unsteady').add('lost_part');
      lost += part.length;
      return;
    }
    if (fault === null) {
      segments.push({ startMs: toMs(from), endMs: toMs(to), text, speaker: null });
      return;
    }
    guards.add(fault);
    if (cutsLeft === 0 || part.length < 2 * SHORTEST_HALF) {
      guards.add('lost_part');
      lost += part.length;
      return;
    }
    const middle = from + middleOf(part);
    const before = segments.length;
    hear(from, middle, cutsLeft - 1);
    hear(middle, to, cutsLeft - 1);
    if (fault !== 'loop' || !guards.has('lost_part')) return;
    const said = segments.slice(before).reduce((sum, segment) => sum + spokenWords(segment.text).length, 0);
    const kept = beforeLoop(part, text);
    if (kept === null || spokenWords(kept).length <= said) return;
    keptBeforeLoop = true;
    segments.splice(before, segments.length, {
      startMs: toMs(from),
      endMs: toMs(to),
      text: kept,
      speaker: null,
    });
  };

  hear(0, samples.length, isUnknownSoFar ? CUTS_WHEN_UNKNOWN : CUTS);
  const unintelligible = segments.length === 0 && guards.has('lost_part');
  const unsteadiness = evidence ?? withoutAnswer();
  return {
    segments,
    unintelligible,
    attempts,
    guards: [...guards],
    ...(unsteadiness === undefined ? {} : { unsteadiness }),
  };
}

/** Thrown out of `insist` when the caller no longer wants the answer. */
export class Stopped extends Error {
  constructor() {
    super('nobody waits for this transcription any more');
    this.name = 'Stopped';
  }
}

function faultOf(text: string, tokens: number, seconds: number): 'empty' | 'too_many_tokens' | 'loop' | null {
  const words = spokenWords(text);
  if (words.length === 0) return 'empty';
  if (tooManyTokens(tokens, seconds)) return 'too_many_tokens';
  return isLoop(words) ? 'loop' : null;
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => Math.abs(sample) < SILENT_PEAK);
}

function middleOf(part: Float32Array): number {
  return quietestPoint(part, Math.floor(part.length * 0.3), Math.floor(part.length * 0.7));
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / RATE);
}
