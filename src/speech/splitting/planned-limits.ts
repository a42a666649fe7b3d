/** The limits of one recording's pieces: those of an earlier attempt first, then the best ones by what is known so far. */
import { type CutLimits, limitOf } from './cut.ts';
import { type PlanGiven, planPieceSeconds } from './plan.ts';

/** What is known of a recording before anybody listens to it. */
export interface PlanTask extends Omit<PlanGiven, 'speechSeconds'> {
  /** Of the whole file. */
  sizeBytes: number;
  /** The limits, in samples, at which an earlier attempt cut its pieces, by ordinal; null for those that ended by themselves. */
  decided: readonly (number | null)[];
}

/** How far the file is read. */
export interface ReadSoFar {
  bytes: number;
  /** Sound decoded from them. */
  ms: number;
  /** Of it, what is listened to now: less where an earlier attempt is gone on from. */
  heardMs: number;
}

const SAMPLES_PER_MS = 16;

export class PlannedLimits implements CutLimits {
  readonly #task: PlanTask;
  readonly #read: () => ReadSoFar;

  constructor(task: PlanTask, read: () => ReadSoFar) {
    this.#task = task;
    this.#read = read;
  }

  /** What was cut is cut there again, whatever calls cost by now: its answers are stored. */
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
