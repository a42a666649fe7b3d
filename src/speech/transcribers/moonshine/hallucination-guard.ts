import { SAMPLE_RATE } from '../../../audio/hint.ts';
import type { Segment, Transcript } from '../../transcriber.ts';
import { isLoop, spokenWords, tooManyTokens } from './hallucination-signs.ts';
import { CONTRADICTED, CONTRADICTED_PART, EVIDENCE_FROM, Hearings, middleOf } from './second-hearing.ts';
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
  const piece = new GuardedPiece(samples, new Hearings(recognize, stopped));
  piece.hear(0, samples.length, isUnknownSoFar ? CUTS_WHEN_UNKNOWN : CUTS);
  return piece.transcript();
}

class GuardedPiece {
  readonly #samples: Float32Array;
  readonly #hearings: Hearings;
  readonly #guards = new Set<Guard>();
  readonly #segments: Segment[] = [];
  /** Samples that stayed without words. */
  #lost = 0;
  #evidence: number | undefined;
  #keptBeforeLoop = false;

  constructor(samples: Float32Array, hearings: Hearings) {
    this.#samples = samples;
    this.#hearings = hearings;
  }

  hear(from: number, to: number, cutsLeft: number): void {
    const part = this.#samples.subarray(from, to);
    const unheard = part.length < SHORTEST ? 'too_short' : isSilent(part) ? 'silence' : null;
    if (unheard) {
      this.#guards.add(unheard);
      return;
    }
    const { text, tokens } = this.#hearings.hear(part);
    const fault = faultOf(text, tokens, part.length / RATE);
    if (fault === null && this.#isDropped(part, text)) {
      this.#guards.add('unsteady').add('lost_part');
      this.#lost += part.length;
      return;
    }
    if (fault === null) {
      this.#segments.push(segmentOf(from, to, text));
      return;
    }
    this.#guards.add(fault);
    if (cutsLeft === 0 || part.length < 2 * SHORTEST_HALF) {
      this.#guards.add('lost_part');
      this.#lost += part.length;
      return;
    }
    const middle = from + middleOf(part);
    const before = this.#segments.length;
    this.hear(from, middle, cutsLeft - 1);
    this.hear(middle, to, cutsLeft - 1);
    if (fault === 'loop' && this.#guards.has('lost_part')) this.#keepBeforeLoop(from, to, text, before);
  }

  transcript(): Transcript {
    const unsteadiness = this.#evidence ?? this.#unsteadinessOfLost();
    return {
      segments: this.#segments,
      unintelligible: this.#segments.length === 0 && this.#guards.has('lost_part'),
      attempts: this.#hearings.attempts,
      guards: [...this.#guards],
      ...(unsteadiness === undefined ? {} : { unsteadiness }),
    };
  }

  /** Judges the whole by other hearings of it, and a part, which is doubted more, by two tempos. */
  #isDropped(part: Float32Array, text: string): boolean {
    if (part.length < this.#samples.length) return this.#hearings.isTempoBound(part, text);
    const { dropped, isDoubted, unsteadiness } = this.#hearings.judge(part, text);
    if (isDoubted) this.#guards.add('unsteady');
    this.#evidence = unsteadiness;
    return dropped;
  }

  /** Keeps the words before a loop, where they are more than what the halves have given. */
  #keepBeforeLoop(from: number, to: number, text: string, firstSegment: number): void {
    const ofHalves = this.#segments.slice(firstSegment);
    const said = ofHalves.reduce((sum, segment) => sum + spokenWords(segment.text).length, 0);
    const kept = this.#hearings.beforeLoop(this.#samples.subarray(from, to), text);
    if (kept === null || spokenWords(kept).length <= said) return;
    this.#keptBeforeLoop = true;
    this.#segments.splice(firstSegment, this.#segments.length, segmentOf(from, to, kept));
  }

  /**
   * Counts sound that gave no words as a whole by the share that it lost. The words of its parts have stood the test of two
   * tempos, which some parts of any language do; where they are the lesser part, the rest counts.
   */
  #unsteadinessOfLost(): number | undefined {
    const { length } = this.#samples;
    if (length < EVIDENCE_FROM || this.#keptBeforeLoop || this.#lost === 0) return undefined;
    if (this.#segments.length === 0) return 1;
    const share = this.#lost / length;
    return share > CONTRADICTED ? share : Math.min(share, CONTRADICTED_PART);
  }
}

function segmentOf(from: number, to: number, text: string): Segment {
  return { startMs: toMs(from), endMs: toMs(to), text, speaker: null };
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

function toMs(samples: number): number {
  return Math.round((samples * 1000) / RATE);
}
