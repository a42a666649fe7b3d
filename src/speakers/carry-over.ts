/**
 * Assigns speakers to a recording that was transcribed again, by what the user said about its voices before. Pure. A
 * name follows the audio, whichever pieces it is in now, and whether or not the provider tells speakers apart this
 * time.
 */

/** Speech of a voice, in milliseconds that both transcriptions share. */
interface Spoken {
  startedAtMs: number;
  endedAtMs: number;
}

export interface SpokenBefore extends Spoken {
  speakerId: string;
  /** The user has decided whose voice it is. */
  held: boolean;
}

export interface SpokenNow extends Spoken {
  /** The piece in which the provider gave the label. */
  pieceStartMs: number;
  /** null if it did not tell speakers apart. */
  label: string | null;
}

/** The label of a speaker whom only the earlier transcription has. */
function keptLabel(speakerId: string): string {
  return `kept-${speakerId}`;
}

/**
 * Gives each segment its label: a named speaker stays separate even if this transcription does not tell speakers apart.
 */
export function keepLabels<S extends SpokenNow>(now: readonly S[], before: readonly SpokenBefore[]): S[] {
  const heldBefore = before.some(({ held }) => held);
  return now.map((segment) => {
    if (segment.label !== null || !heldBefore) return segment;
    const [speakerId, sharedMs] = mostShared([segment], before);
    const isTheirs = 2 * sharedMs > segment.endedAtMs - segment.startedAtMs;
    return speakerId !== null && isTheirs ? { ...segment, label: keptLabel(speakerId) } : segment;
  });
}

/** For each voice of this transcription (see `voiceKey`), the speaker whom the user had found in the same audio. */
export function heldSpeakers(
  now: readonly SpokenNow[],
  before: readonly SpokenBefore[],
): Map<string, string> {
  const voices = Map.groupBy(
    now.filter(({ label }) => label !== null),
    voiceKey,
  );
  const claims = [...voices].flatMap(([voice, segments]) => {
    const [speakerId, sharedMs] = mostShared(segments, before);
    return speakerId === null ? [] : [{ voice, speakerId, sharedMs, piece: segments[0]?.pieceStartMs }];
  });
  const speakers = new Map<string, string>();
  const taken = new Set<string>();
  // Voices of one piece are different people, so at most one of them is that speaker: the one with more of the speech.
  for (const { voice, speakerId, piece } of claims.sort(
    (a, b) => b.sharedMs - a.sharedMs || (a.voice < b.voice ? -1 : 1),
  )) {
    if (taken.has(`${piece}:${speakerId}`)) continue;
    taken.add(`${piece}:${speakerId}`);
    speakers.set(voice, speakerId);
  }
  return speakers;
}

function voiceKey({ pieceStartMs, label }: SpokenNow): string {
  return `${pieceStartMs}:${label}`;
}

/** Finds the speaker who shares the most time with these segments, if the user has decided about that speaker. */
function mostShared(
  segments: readonly Spoken[],
  before: readonly SpokenBefore[],
): [speakerId: string | null, sharedMs: number] {
  const shared = new Map<string, number>();
  for (const { speakerId, startedAtMs, endedAtMs } of before) {
    for (const segment of segments) {
      const ms = Math.min(segment.endedAtMs, endedAtMs) - Math.max(segment.startedAtMs, startedAtMs);
      if (ms > 0) shared.set(speakerId, (shared.get(speakerId) ?? 0) + ms);
    }
  }
  const [most] = [...shared].sort(([a, aMs], [b, bMs]) => bMs - aMs || (a < b ? -1 : 1));
  const isHeld = most && before.some(({ speakerId, held }) => held && speakerId === most[0]);
  return most && isHeld ? most : [null, 0];
}
