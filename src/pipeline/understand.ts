/** What a quiet conversation is about: once per version of its words (DESIGN rule 9). */

import { unfinishedNear } from '../conversations/quiet.ts';
import type { SpokenSegment } from '../meaning/understanding.ts';
import { tellSpeakers } from '../speakers/appearing.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import { notifyChange } from '../store/changes.ts';
import { queryable } from '../store/database.ts';
import type { Stages } from './stages.ts';

/** `superseded`: its words have changed or will; whoever changes them enqueues another understanding. */
export type Understood = 'understood' | 'superseded';

export async function understand(
  stages: Stages,
  conversationId: string,
  revision: number,
  signal: AbortSignal,
): Promise<Understood> {
  const { db, understander } = stages;
  const conversation = await db
    .selectFrom('conversations')
    .innerJoin('users', 'users.id', 'conversations.user_id')
    .select([
      'conversations.user_id',
      'conversations.started_at_ms',
      'conversations.ended_at_ms',
      'users.time_zone',
    ])
    .where('conversations.id', '=', conversationId)
    .where('conversations.revision', '=', revision)
    .where('conversations.understood_revision', '<', revision)
    .where('conversations.merged_into', 'is', null)
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .executeTakeFirst();
  if (!conversation) return 'superseded';
  const segments = await readSegments(stages, conversationId);
  const understanding = await understander.understand(
    {
      segments,
      startedAtMs: conversation.started_at_ms,
      endedAtMs: conversation.ended_at_ms,
      timeZone: conversation.time_zone,
      languages: [...new Set(segments.flatMap(({ language }) => language ?? []))],
    },
    { signal },
  );
  return await db.transaction().execute(async (tx) => {
    await stages.lease.assertHeld(queryable(tx));
    const { numUpdatedRows } = await tx
      .updateTable('conversations')
      .set({
        understanding: JSON.stringify(understanding),
        understood_revision: revision,
        failure: null,
        updated_at_ms: Date.now(),
      })
      .where('id', '=', conversationId)
      .where('revision', '=', revision)
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow();
    await notifyChange(tx, conversation.user_id);
    return numUpdatedRows > 0n ? 'understood' : 'superseded';
  });
}

/** The words are there and stay readable; only their meaning is missing, and the reason is shown. */
export async function giveUpUnderstanding(
  { db }: Stages,
  conversationId: string,
  revision: number,
  reason: string,
): Promise<void> {
  const row = await db
    .updateTable('conversations')
    .set({ failure: reason, updated_at_ms: Date.now() })
    .where('id', '=', conversationId)
    .where('revision', '=', revision)
    .returning('user_id')
    .executeTakeFirst();
  if (row) await notifyChange(db, row.user_id);
}

async function readSegments(
  { db }: Stages,
  conversationId: string,
): Promise<(SpokenSegment & { language: string | null })[]> {
  const segments = await segmentsWithSpeakers(db, conversationId)
    .select(['segments.text', 'segments.language'])
    .execute();
  return tellSpeakers(segments).segments;
}
