/** A conversation as it will be after a change, until the server has answered. Pure. */
import type { Conversation } from '@afterword/client';

type Segment = Conversation['segments'][number];

/** Somebody who may speak: of this conversation, or a person from elsewhere. */
export interface Somebody {
  id: string;
  name: string | null;
}

export function withSpeaker(
  conversation: Conversation,
  segmentIds: readonly string[],
  somebody: Somebody,
): Conversation {
  const chosen = new Set(segmentIds);
  return spokenAnew(
    conversation,
    conversation.segments.map((segment) =>
      chosen.has(segment.id) ? { ...segment, speakerId: somebody.id, speakerDecided: true } : segment,
    ),
    [somebody],
  );
}

export function withName(conversation: Conversation, speakerId: string, name: string | null): Conversation {
  return spokenAnew(conversation, conversation.segments, [{ id: speakerId, name }]);
}

/** The second one stays; it gets the name of the first where it has none. */
export function united(conversation: Conversation, goneId: string, stays: Somebody): Conversation {
  const gone = conversation.speakers.find(({ id }) => id === goneId);
  return spokenAnew(
    conversation,
    conversation.segments.map((segment) =>
      segment.speakerId === goneId ? { ...segment, speakerId: stays.id } : segment,
    ),
    [{ id: stays.id, name: stays.name ?? gone?.name ?? null }],
  );
}

/** Lists the speakers in the order in which they speak now, and tells each segment the name of its own. */
function spokenAnew(
  conversation: Conversation,
  segments: readonly Segment[],
  changed: readonly Somebody[],
): Conversation {
  const known = new Map(conversation.speakers.map((speaker) => [speaker.id, speaker]));
  for (const { id, name } of changed)
    known.set(id, { ...(known.get(id) ?? { isOwner: false, label: '', spokenMs: 0 }), id, name });
  const speakers = new Map<string, Conversation['speakers'][number]>();
  for (const { speakerId, startedAtMs, endedAtMs } of segments) {
    const speaker = speakerId === null ? undefined : known.get(speakerId);
    if (!speaker) continue;
    const before = speakers.get(speaker.id) ?? {
      ...speaker,
      label: `Speaker ${speakers.size + 1}`,
      spokenMs: 0,
    };
    speakers.set(speaker.id, { ...before, spokenMs: before.spokenMs + endedAtMs - startedAtMs });
  }
  return {
    ...conversation,
    speakers: [...speakers.values()],
    segments: segments.map((segment) => {
      const speaker = segment.speakerId === null ? undefined : speakers.get(segment.speakerId);
      const name = speaker ? (speaker.name ?? speaker.label) : null;
      return segment.speaker === name ? segment : { ...segment, speaker: name };
    }),
  };
}
