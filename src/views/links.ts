/** Which conversations recordings have become part of. */
import type { Database } from '../store/database.ts';

interface LinkedConversation {
  id: string;
  firstRecordingId: string;
  /** It has been understood since these words came, or could not be: what comes later keeps nobody waiting. */
  settled: boolean;
}

export async function conversationsOf(db: Database, userId: string, recordingIds: string[]) {
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
          .select(({ fn, or, eb, ref }) =>
            or([
              eb('conversations.understood_revision', '>=', fn.max(ref('segments.revision'))),
              eb('conversations.failure', 'is not', null),
            ]).as('settled'),
          )
          .groupBy(['segments.recording_id', 'conversations.id'])
          .where('segments.recording_id', 'in', recordingIds)
          .where('segments.user_id', '=', userId)
          .orderBy('conversations.started_at_ms')
          .orderBy('conversations.id')
          .execute();
  const all = new Map<string, LinkedConversation>();
  const byRecording = new Map<string, string[]>();
  for (const link of links) {
    all.set(link.id, {
      id: link.id,
      firstRecordingId: link.first_recording_id,
      settled: Boolean(link.settled) && (all.get(link.id)?.settled ?? true),
    });
    byRecording.set(link.recording_id, [...(byRecording.get(link.recording_id) ?? []), link.id]);
  }
  return { all: [...all.values()], idsOf: (recordingId: string) => byRecording.get(recordingId) ?? [] };
}
