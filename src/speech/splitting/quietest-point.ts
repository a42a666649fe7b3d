const FRAME = 160;
/** Energy is averaged over 5 frames of 10 ms: shorter than a pause, longer than the gaps within a spoken sound. */
const REACH = 2;

/**
 * Finds the middle of the quietest 50 ms between two positions, which is the best place to cut. Of equal places the
 * first one counts, so that the result is always the same.
 */
export function quietestPoint(samples: Float32Array, from: number, to: number): number {
  const frames = Math.floor((to - from) / FRAME);
  if (frames <= 2 * REACH) return Math.floor((from + to) / 2);
  const energy = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    const start = from + frame * FRAME;
    energy[frame] = energyOf(samples.subarray(start, start + FRAME));
  }
  let best = REACH;
  let least = Number.POSITIVE_INFINITY;
  for (let middle = REACH; middle < frames - REACH; middle++) {
    const sum = energy.subarray(middle - REACH, middle + REACH + 1).reduce((a, b) => a + b, 0);
    if (sum < least) {
      least = sum;
      best = middle;
    }
  }
  return from + best * FRAME + FRAME / 2;
}

export function energyOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
