/** Who speaks in a conversation, in the order in which they are first heard. Pure. */

/** A segment with whoever its voice belongs to, in the order spoken. */
export interface HeardSegment {
  /** null where nobody was told apart. */
  speakerId: string | null;
  speakerName: string | null;
  startedAtMs: number;
  endedAtMs: number;
}

export interface Speaker {
  id: string;
  /** As the user named them. */
  name: string | null;
  /** What they are called without a name; the number is their place in this conversation, as it is now. */
  label: string;
  spokenMs: number;
}

type Told<S extends HeardSegment> = Omit<S, 'speakerName'> & { speaker: string | null };

function speakersIn(segments: readonly HeardSegment[]): Speaker[] {
  const speakers = new Map<string, Speaker>();
  for (const { speakerId: id, speakerName: name, startedAtMs, endedAtMs } of segments) {
    if (id === null) continue;
    const speaker = speakers.get(id) ?? { id, name, label: `Speaker ${speakers.size + 1}`, spokenMs: 0 };
    speaker.spokenMs += endedAtMs - startedAtMs;
    speakers.set(id, speaker);
  }
  return [...speakers.values()];
}

/** The segments with what their speaker is called. */
export function tellSpeakers<S extends HeardSegment>(
  segments: readonly S[],
): { speakers: Speaker[]; segments: Told<S>[] } {
  const speakers = speakersIn(segments);
  const called = new Map(speakers.map(({ id, name, label }) => [id, name ?? label]));
  return {
    speakers,
    segments: segments.map(({ speakerName: _, ...segment }) => ({
      ...segment,
      speaker: segment.speakerId === null ? null : (called.get(segment.speakerId) ?? null),
    })),
  };
}
