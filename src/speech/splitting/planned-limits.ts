/** Gives the limits of one recording's pieces: first those of an earlier attempt, then the planned ones. */
import { SAMPLES_PER_MS } from '../../audio/hint.ts';
import { type CutLimits, type CutOptions, type Growth, limitOf, SHORTEST_PIECE_SECONDS } from './cut.ts';
import { CUT_WINDOW_SECONDS, type PlanGiven, planPieceSeconds, UNKNOWN_COST } from './plan.ts';

/** The facts about a recording that are known before it is listened to. */
export interface PlanTask extends Omit<PlanGiven, 'speechSeconds'> {
  /** The size of the whole file. */
  sizeBytes: number;
  /** The limits, in samples, at which an earlier attempt cut its pieces, by ordinal; null for those that ended by themselves. */
  decided: readonly (number | null)[];
  /** Those of an attempt that lost some of its pieces, by where each piece begins: others have their ordinals now. */
  earlier?: readonly { startMs: number; limit: number | null }[] | undefined;
}

/** The part of the file that has been read. */
export interface ReadSoFar {
  bytes: number;
  /** The sound decoded from these bytes. */
  ms: number;
  /** The part of it that this attempt listens to: less if it goes on from an earlier attempt. */
  heardMs: number;
  /** How long that took. */
  tookMs: number;
}

/**
 * Speech is held for as long as the whole of it is not known, up to this much: 61 MB, as much as its pieces would take if
 * they were under way.
 */
const HELD_SAMPLES = 960_000 * SAMPLES_PER_MS;

/** An earlier version heard without windows, so that its pieces may begin or end some windows of the detector elsewhere. */
export const SAME_PLACE_MS = 100;
/** A piece begins up to 0.3 s before its speech. */
const SAME_START_MS = 300 + SAME_PLACE_MS;

export class PlannedLimits implements CutLimits {
  readonly #task: PlanTask;
  readonly #read: () => ReadSoFar;
  /** No piece of any attempt is longer, whatever the provider takes by now. */
  readonly #longestOfCut: number;
  /** The first piece that no earlier attempt has cut. */
  #firstOrdinal: number | null = null;
  #silenceBeforeMs: number | null = null;
  #isWaiting = true;

  /** @param cut how the recording is cut, in every attempt */
  constructor(
    task: PlanTask,
    read: () => ReadSoFar,
    { maxSeconds = SHORTEST_PIECE_SECONDS }: Pick<CutOptions, 'maxSeconds'>,
  ) {
    this.#task = task;
    this.#read = read;
    this.#longestOfCut = limitOf(maxSeconds);
  }

  /** Cuts where an earlier attempt has cut, whatever calls cost by now, because those answers are stored. */
  of({ ordinal, startSample, soundSamples, heldSamples, isOver }: Growth): number {
    const { decided, longestSeconds, callsAtOnce } = this.#task;
    const { heardMs } = this.#read();
    this.#silenceBeforeMs ??= Math.max(0, heardMs - soundSamples / SAMPLES_PER_MS);
    const decidedHere = decided[ordinal];
    const known = decidedHere === undefined ? this.#earlierAt(startSample) : decidedHere;
    // One that ended by itself ends there again, unless more of it was found than then: no provider takes that in one call.
    if (known !== undefined) return known ?? this.#longestOfCut;
    this.#firstOrdinal ??= ordinal;
    const leftSeconds =
      (this.#wholeSamples(soundSamples) - soundSamples + heldSamples) / SAMPLES_PER_MS / 1000;
    // What is left goes to the calls that the round has left, if it fits into them, so that none begins a round of its own.
    const callsLeft = callsAtOnce - ((ordinal - this.#firstOrdinal) % callsAtOnce);
    const fits = callsLeft === 1 || leftSeconds <= callsLeft * (longestSeconds - CUT_WINDOW_SECONDS / 2);
    const seconds = planPieceSeconds({
      ...this.#task,
      speechSeconds: leftSeconds,
      callsAtOnce: fits ? callsLeft : callsAtOnce,
    });
    this.#isWaiting &&= heldSamples < HELD_SAMPLES && this.#endsWithinCall(seconds);
    return this.#isWaiting && !isOver ? Number.POSITIVE_INFINITY : limitOf(seconds);
  }

  #earlierAt(startSample: number): number | null | undefined {
    const atMs = startSample / SAMPLES_PER_MS;
    return this.#task.earlier?.find(
      ({ startMs }) => atMs >= startMs - SAME_PLACE_MS && atMs <= startMs + SAME_START_MS,
    )?.limit;
  }

  /** Guesses the sound of all pieces of this attempt, by what there was since somebody first spoke. */
  #wholeSamples(soundSamples: number): number {
    const { heardMs } = this.#read();
    const soFarMs = soundSamples / SAMPLES_PER_MS;
    const share = soFarMs / Math.max(1, soFarMs, heardMs - (this.#silenceBeforeMs ?? 0));
    return soundSamples + this.#unheardMs() * share * SAMPLES_PER_MS;
  }

  #unheardMs(): number {
    return unreadMs(this.#task.sizeBytes, this.#read());
  }

  /**
   * The words are there a call after the end of listening at the soonest, so nothing is gained by cutting before that, as
   * long as the rest is heard within the time of a call.
   */
  #endsWithinCall(pieceSeconds: number): boolean {
    const { heardMs, tookMs } = this.#read();
    const { ms, msPerSecond } = this.#task.cost ?? UNKNOWN_COST;
    return (this.#unheardMs() * tookMs) / Math.max(1, heardMs) <= ms + msPerSecond * pieceSeconds;
  }
}

/** Guesses the sound in the bytes that have not been read, by what those before them held. */
export function unreadMs(sizeBytes: number, { bytes, ms }: ReadSoFar): number {
  return ms * Math.max(0, sizeBytes / Math.max(1, bytes) - 1);
}
