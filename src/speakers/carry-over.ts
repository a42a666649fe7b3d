/**
 * Who speaks in a recording that was heard again, by what the user said of its voices before. Pure. A name stays with
 * the sound: whichever pieces it is heard in now, and whether or not the provider tells voices apart this time.
 */

/** Speech of a voice, in milliseconds of whatever both hearings count by. */
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
  /** The piece in which the provider told voices apart. */
  pieceStartMs: number;
  /** null where it told nobody apart. */
  label: string | null;
}

/** The label of somebody whom only the hearing before knew. */
function keptLabel(speakerId: string): string {
  return `kept-${speakerId}`;
}

/** Each segment with the label that it gets: who was named stays told apart where this hearing tells nobody apart. */
export function keepLabels<S extends SpokenNow>(now: readonly S[], before: readonly SpokenBefore[]): S[] {
  const heldBefore = before.some(({ held }) => held);
  return now.map((segment) => {
    if (segment.label !== null || !heldBefore) return segment;
    const [speakerId, sharedMs] = mostShared([segment], before);
    const isTheirs = 2 * sharedMs > segment.endedAtMs - segment.startedAtMs;
    return speakerId !== null && isTheirs ? { ...segment, label: keptLabel(speakerId) } : segment;
  });
}

/** By voice of this hearing (see `voiceKey`), the speaker whom the user had found in the same sound. */
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
  // Voices of one piece were told apart, so one of them at most is that speaker: the one with more of their speech.
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

/** Of all who spoke then, the one who shares the most time with these segments, if that is one whom the user holds. */
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
