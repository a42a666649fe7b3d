/** Lists who speaks in a conversation, in the order in which they first speak. Pure. */

/** A segment with the speaker of its voice, in the order spoken. */
export interface HeardSegment {
  /** null if speakers were not told apart. */
  speakerId: string | null;
  speakerName: string | null;
  voiceId: string | null;
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

type Told<S extends HeardSegment> = Omit<S, 'speakerName' | 'voiceId'> & { speaker: string | null };

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

/** Returns the segments with their speakers' names or labels, and the same by voice. */
export function tellSpeakers<S extends HeardSegment>(
  segments: readonly S[],
): { speakers: Speaker[]; segments: Told<S>[]; called: Map<string, string> } {
  const speakers = speakersIn(segments);
  const names = new Map(speakers.map(({ id, name, label }) => [id, name ?? label]));
  const called = new Map<string, string>();
  const told = segments.map(({ speakerName: _, voiceId, ...segment }) => {
    const speaker = segment.speakerId === null ? null : (names.get(segment.speakerId) ?? null);
    // By whom its person has named for a segment, a mark stands for the speaker and not for a voice.
    const meant = voiceId ?? segment.speakerId;
    if (meant !== null && speaker !== null) called.set(meant, speaker);
    return { ...segment, speaker };
  });
  return { speakers, segments: told, called };
}
