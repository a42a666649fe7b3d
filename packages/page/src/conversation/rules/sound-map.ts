/** Leads from a time of the clock to its place in the sound and back, by the map that the server gives. Pure. */

interface SoundPart {
  /** In the sound. */
  fromMs: number;
  toMs: number;
  /** When that was; null where no clock told. */
  startedAtMs: number | null;
  recordings: readonly { id: string; fromMs: number }[];
}

export interface SoundMap {
  durationMs: number;
  parts: readonly SoundPart[];
}

/** Times during which nothing was recorded, by the clock. */
export interface Gap {
  fromMs: number;
  toMs: number;
}

/** A pause that is shorter is how recorders begin their next file. */
const SHORTEST_GAP_MS = 10_000;

/** @returns a time at which nothing was recorded is where the next sound begins */
export function toSound({ durationMs, parts }: SoundMap, clockMs: number): number {
  const at = firstPart(parts, (part) => endOf(part) > clockMs);
  const part = parts[at];
  if (!part) return durationMs;
  return part.fromMs + Math.max(0, clockMs - startOf(part));
}

/** @returns the time of the clock that sounds at this place */
export function toClock({ parts }: SoundMap, soundMs: number): number {
  const at = firstPart(parts, ({ toMs }) => toMs > soundMs);
  const part = parts[at] ?? parts.at(-1);
  if (!part) return soundMs;
  return startOf(part) + Math.min(soundMs, part.toMs) - part.fromMs;
}

export function gapsIn({ parts }: SoundMap): Gap[] {
  return parts.flatMap((part, index) => {
    const next = parts[index + 1];
    if (!next) return [];
    const gap = { fromMs: endOf(part), toMs: startOf(next) };
    return gap.toMs - gap.fromMs >= SHORTEST_GAP_MS ? [gap] : [];
  });
}

/** A recording without a time counts from its start, as its words do. */
function startOf({ startedAtMs, fromMs }: SoundPart): number {
  return startedAtMs ?? fromMs;
}

function endOf(part: SoundPart): number {
  return startOf(part) + part.toMs - part.fromMs;
}

/** @returns the index of the first part for which it holds, as for all that follow; their number if it holds for none */
function firstPart(parts: readonly SoundPart[], holds: (part: SoundPart) => boolean): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const part = parts[middle];
    if (part && !holds(part)) low = middle + 1;
    else high = middle;
  }
  return low;
}
