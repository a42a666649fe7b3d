/** Which conversations recordings have become part of. */
import type { Database } from '../store/database.ts';

interface LinkedConversation {
  id: string;
  firstRecordingId: string;
  /** It has been understood at least once, or could not be: what comes later must not keep this upload waiting. */
  settled: boolean;
}

export async function conversationsOf(db: Database, recordingIds: string[]) {
  const links =
    recordingIds.length === 0
      ? []
      : await db
          .selectFrom('segments')
          .innerJoin('conversations', 'conversations.id', 'segments.conversation_id')
          .select([
            'segments.recording_id',
            'conversations.id',
            'conversations.first_recording_id',
            'conversations.started_at_ms',
          ])
          .select(({ or, eb }) =>
            or([
              eb('conversations.understood_revision', '>', 0),
              eb('conversations.failure', 'is not', null),
            ]).as('settled'),
          )
          .distinct()
          .where('segments.recording_id', 'in', recordingIds)
          .orderBy('conversations.started_at_ms')
          .orderBy('conversations.id')
          .execute();
  const all = new Map<string, LinkedConversation>();
  const byRecording = new Map<string, string[]>();
  for (const link of links) {
    all.set(link.id, {
      id: link.id,
      firstRecordingId: link.first_recording_id,
      settled: Boolean(link.settled),
    });
    byRecording.set(link.recording_id, [...(byRecording.get(link.recording_id) ?? []), link.id]);
  }
  return { all: [...all.values()], idsOf: (recordingId: string) => byRecording.get(recordingId) ?? [] };
}
