/** Lists who speaks in a conversation, in the order in which they first speak. Pure. */

/** A segment with the speaker of its voice, in the order spoken. */
export interface HeardSegment {
  /** null if speakers were not told apart. */
  speakerId: string | null;
  speakerName: string | null;
  startedAtMs: number;
  endedAtMs: number;
}

export interface Speaker {
  id: string;
  /** The name given by the user. */
  name: string | null;
  /** The label without a name; its number is the speaker's position in this conversation at present. */
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

/** Returns the segments with their speakers' names or labels. */
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
