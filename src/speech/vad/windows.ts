/** Cuts an endless stream into windows that can each be listened to on its own. */
import { SAMPLE_RATE } from '../../audio/hint.ts';

export interface AudioWindow {
  /** Position of its first sample in the recording. */
  startSample: number;
  samples: Float32Array;
  /** The part for which its detector is believed, from the window's start. */
  believed: { from: number; to: number };
  isLast: boolean;
}

/** A window is a megabyte as a WAV. A late answer costs no more than one window. */
const WINDOW_SAMPLES = 30 * SAMPLE_RATE;
/** The part at each inner edge in which a detector is not believed, because it has not heard enough. A trail fits into it. */
const MARGIN_SAMPLES = SAMPLE_RATE;
/**
 * Two windows overlap by two margins, and by as much again in which both are believed: speech is what either has found. A
 * word that lies across an edge is whole in both.
 */
const OVERLAP_SAMPLES = 4 * MARGIN_SAMPLES;
/** The distance from the start of one window to that of the next. */
export const WINDOW_STEP_SAMPLES = WINDOW_SAMPLES - OVERLAP_SAMPLES;
/** The length in which two windows are both believed. */
export const SHARED_SAMPLES = OVERLAP_SAMPLES - 2 * MARGIN_SAMPLES;

/**
 * Yields windows whose places do not depend on the sizes of the chunks.
 *
 * @param pause called after each chunk, to let others run
 * @param from where the first window starts; what comes before is passed over
 */
export async function* windowsOf(
  audio: AsyncIterable<Float32Array>,
  pause: () => Promise<unknown>,
  from = 0,
): AsyncGenerator<AudioWindow, void, void> {
  let startSample = from;
  let passed = 0;
  const samples = new Float32Array(WINDOW_SAMPLES);
  let filled = 0;
  const window = (length: number, isLast: boolean): AudioWindow => ({
    startSample,
    samples: samples.slice(0, length),
    believed: {
      from: startSample === 0 ? 0 : MARGIN_SAMPLES,
      to: isLast ? length : length - MARGIN_SAMPLES,
    },
    isLast,
  });

  for await (const chunk of audio) {
    const first = Math.min(chunk.length, Math.max(0, from - passed));
    passed += chunk.length;
    for (let at = first; at < chunk.length; ) {
      if (filled === WINDOW_SAMPLES) {
        // The window is yielded when another sample comes, which shows that it was not the last.
        yield window(WINDOW_SAMPLES, false);
        samples.copyWithin(0, WINDOW_SAMPLES - OVERLAP_SAMPLES);
        startSample += WINDOW_SAMPLES - OVERLAP_SAMPLES;
        filled = OVERLAP_SAMPLES;
      }
      const part = chunk.subarray(at, at + WINDOW_SAMPLES - filled);
      samples.set(part, filled);
      filled += part.length;
      at += part.length;
    }
    await pause();
  }
  if (filled > 0) yield window(filled, true);
}
