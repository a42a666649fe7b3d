/**
 * Finds the sound to which a decision belongs. Decisions lie at a moment of a recording and not at a segment, because
 * another cut of the same audio gives other segments. Pure.
 */
import { FARTHEST_OFFSET_MS } from './copies.ts';
import { SILENCE_THAT_SPLITS_MS, type TimelineSegment } from './silence.ts';

/** A moment of a recording, as its clock has it now. */
export interface Spot {
  recordingId: string;
  atMs: number;
}

export interface Sound extends TimelineSegment {
  recordingId: string;
  /** The recording that contains the same words, if any. */
  repeats: string | null;
  isUnknownLanguage?: boolean;
}

/** A chain of copies is short: each one began earlier than the one before. */
const MOST_STEPS = 8;

/**
 * Returns a function that finds the shown segment nearest to a spot. Of a copy it finds what is shown in its place. Words
 * that are a silence or more away are not what the decision was about: then there is none, until such words come.
 */
export function soundFinder<S extends Sound>(sounds: readonly S[]): (spot: Spot) => S | null {
  const byRecording = Map.groupBy(
    sounds.filter(({ isUnknownLanguage }) => !isUnknownLanguage),
    ({ recordingId }) => recordingId,
  );
  return ({ recordingId, atMs }) => {
    let [of, reachMs] = [recordingId, SILENCE_THAT_SPLITS_MS];
    for (let step = 0; step < MOST_STEPS; step++) {
      const found = nearest(byRecording.get(of) ?? [], atMs, reachMs);
      if (found === null || found.repeats === null) return found;
      // The clocks of the two may differ by as much.
      of = found.repeats;
      reachMs = SILENCE_THAT_SPLITS_MS + FARTHEST_OFFSET_MS;
    }
    return null;
  };
}

function nearest<S extends Sound>(sounds: readonly S[], atMs: number, reachMs: number): S | null {
  let best: { sound: S; awayMs: number } | null = null;
  for (const sound of sounds) {
    const awayMs = Math.max(sound.startedAtMs - atMs, atMs - sound.endedAtMs, 0);
    if (awayMs >= reachMs) continue;
    if (best === null || awayMs < best.awayMs || (awayMs === best.awayMs && isBefore(sound, best.sound)))
      best = { sound, awayMs };
  }
  return best?.sound ?? null;
}

/** Of equally near ones the later start counts: a moment at the border of two belongs to the one that begins there. */
function isBefore(a: Sound, b: Sound): boolean {
  return a.startedAtMs > b.startedAtMs || (a.startedAtMs === b.startedAtMs && a.id < b.id);
}
