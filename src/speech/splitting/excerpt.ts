import { SAMPLE_RATE } from '../../audio/hint.ts';
import type { PieceInParts } from './piece.ts';

/** Milliseconds from the start of the recording. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/**
 * Yields the sound of some time ranges of a recording, one piece for each, in their order. It reads no further than it
 * must. Sound past the end is silence, so that a piece is always as long as its range.
 *
 * @param stretches by their start; they may overlap
 * @param pause called after each chunk, to let others run
 */
export async function* excerpts(
  audio: AsyncIterable<Float32Array>,
  stretches: readonly TimeRange[],
  pause: () => Promise<unknown>,
): AsyncGenerator<PieceInParts, void, void> {
  const wanted = stretches.map(({ fromMs, toMs }) => {
    const from = sampleAt(fromMs);
    return { fromMs, toMs, from, samples: new Float32Array(Math.max(0, sampleAt(toMs) - from)) };
  });
  let given = 0;
  let heard = 0;
  for await (const chunk of audio) {
    if (given === wanted.length) return;
    for (const { from, samples } of wanted.slice(given)) {
      const first = Math.max(from, heard);
      const until = Math.min(from + samples.length, heard + chunk.length);
      if (until > first) samples.set(chunk.subarray(first - heard, until - heard), first - from);
    }
    heard += chunk.length;
    for (let next = wanted[given]; next && next.from + next.samples.length <= heard; next = wanted[given]) {
      yield toPiece(next, given++);
    }
    await pause();
  }
  for (const rest of wanted.slice(given)) yield toPiece(rest, given++);
}

function toPiece(
  { fromMs, toMs, samples }: TimeRange & { samples: Float32Array<ArrayBuffer> },
  ordinal: number,
): PieceInParts {
  return {
    ordinal,
    startMs: fromMs,
    endMs: toMs,
    speechMs: toMs - fromMs,
    limitSamples: null,
    parts: [samples],
  };
}

function sampleAt(ms: number): number {
  return Math.round((ms * SAMPLE_RATE) / 1000);
}
