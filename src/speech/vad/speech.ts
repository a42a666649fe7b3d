import { SAMPLE_RATE } from '../../audio/hint.ts';

/** A time range in which somebody speaks. Positions count samples from the start of the recording. */
export interface Speech {
  startSample: number;
  endSample: number;
  /** Exactly the samples from start to end. */
  samples: Float32Array;
  /** The sound right before, up to `leadSeconds`. It never reaches into the speech before. */
  lead: Float32Array;
  /** The sound right after, up to TRAIL_SAMPLES. */
  trail: Float32Array;
}

export interface Kept {
  /**
   * The length of the sound that is kept before each span: the longest gap that cutting bridges with its sound, which only
   * the listener has. 1 is the default and the minimum.
   */
  leadSeconds?: number | undefined;
  /** Cutting ends every piece at a pause of this length. Default: what is kept. */
  joinSeconds?: number | undefined;
}

/** The sound kept before each span: for the lead of a piece, and for the gaps that cutting bridges by default. */
const LEAD_SECONDS = 1;

export function leadSamplesOf(leadSeconds: number | undefined): number {
  return Math.ceil(Math.max(LEAD_SECONDS, leadSeconds ?? 0) * SAMPLE_RATE);
}

/** Shorter than the silence that ends a span, so that it is always there then, whatever the chunks were. */
export const TRAIL_SAMPLES = 0.2 * SAMPLE_RATE;
