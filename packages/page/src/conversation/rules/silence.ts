/** Where a listener who wants no silence goes on. Pure. */

export interface SoundSpan {
  fromMs: number;
  toMs: number;
}

/** A shorter pause belongs to how people speak. */
const SHORTEST_SILENCE_MS = 1_500;
/** Words begin softly, and end so. */
const MARGIN_MS = 350;

/**
 * The silences of a sound, in its own time, with what is left of them for the ear at both ends taken off.
 * @param spoken where somebody speaks, also without words, in any order
 */
export function silencesOf(spoken: readonly SoundSpan[], durationMs: number): SoundSpan[] {
  const silences: SoundSpan[] = [];
  let heardMs = 0;
  const end = { fromMs: durationMs, toMs: durationMs };
  for (const { fromMs, toMs } of [...spoken].sort((a, b) => a.fromMs - b.fromMs).concat(end)) {
    if (fromMs - heardMs >= SHORTEST_SILENCE_MS) {
      const from = heardMs === 0 ? 0 : heardMs + MARGIN_MS;
      const to = fromMs === durationMs ? durationMs : fromMs - MARGIN_MS;
      if (to > from) silences.push({ fromMs: from, toMs: to });
    }
    heardMs = Math.max(heardMs, toMs);
  }
  return silences;
}

/** @returns where to go on instead of here; null if this is no silence */
export function goOnAt(silences: readonly SoundSpan[], soundMs: number): number | null {
  let [low, high] = [0, silences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((silences[middle]?.toMs ?? 0) <= soundMs) low = middle + 1;
    else high = middle;
  }
  const silence = silences[low];
  return silence && silence.fromMs <= soundMs ? silence.toMs : null;
}
