/** Gives the limits of one recording's pieces: first those of an earlier attempt, then the planned ones. */
import { SAMPLES_PER_MS } from '../../audio/hint.ts';
import { type CutLimits, limitOf } from './cut.ts';
import { type PlanGiven, planPieceSeconds } from './plan.ts';

/** The facts about a recording that are known before it is listened to. */
export interface PlanTask extends Omit<PlanGiven, 'speechSeconds'> {
  /** The size of the whole file. */
  sizeBytes: number;
  /** The limits, in samples, at which an earlier attempt cut its pieces, by ordinal; null for those that ended by themselves. */
  decided: readonly (number | null)[];
}

/** The part of the file that has been read. */
export interface ReadSoFar {
  bytes: number;
  /** The sound decoded from these bytes. */
  ms: number;
  /** The part of it that this attempt listens to: less if it goes on from an earlier attempt. */
  heardMs: number;
}

export class PlannedLimits implements CutLimits {
  readonly #task: PlanTask;
  readonly #read: () => ReadSoFar;

  constructor(task: PlanTask, read: () => ReadSoFar) {
    this.#task = task;
    this.#read = read;
  }

  /** Cuts where an earlier attempt has cut, whatever calls cost by now, because those answers are stored. */
  of(ordinal: number, speechSamples: number): number {
    const { decided, longestSeconds, sizeBytes } = this.#task;
    const known = decided[ordinal];
    if (known !== undefined) return known ?? limitOf(longestSeconds);
    const { bytes, ms, heardMs } = this.#read();
    const wholeSeconds = (ms / 1000) * Math.max(1, sizeBytes / Math.max(1, bytes));
    const speechShare = Math.min(1, speechSamples / SAMPLES_PER_MS / Math.max(1, heardMs));
    return limitOf(planPieceSeconds({ ...this.#task, speechSeconds: wholeSeconds * speechShare }));
  }
}
