/** Notes which of the events that were spoken of somebody has put into a calendar. */

import { eventDecisions } from '../conversations/events.ts';
import { lockConversation } from '../conversations/lock.ts';
import { addedEvents, type DecidedEvent } from '../decisions/events.ts';
import { addDecisions, type Decider, type NewDecision } from '../decisions/facts.ts';
import type { Database, Tx } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { anchorsOf, touch } from './about-conversation.ts';
import { anyState, type Precondition } from './precondition.ts';

/** By the place in the list of the conversation. */
export interface EventChange {
  place: number;
  added: boolean;
}

/**
 * Places without an event are passed over. Deciding the same again changes nothing.
 * @returns the id of the living conversation
 * @throws AfterwordError `not_found`, `too_many_decisions`, or what the precondition throws
 */
export async function changeEvents(
  db: Database,
  decider: Decider,
  id: string,
  changes: readonly EventChange[],
  require: Precondition = anyState,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living = await lockConversation(tx, userId, id);
    await require(tx, living);
    const { understanding } = await tx
      .selectFrom('conversations')
      .select('understanding')
      .where('id', '=', living)
      .executeTakeFirstOrThrow();
    const events = understanding?.events ?? [];
    const known = (await eventDecisions(tx, userId, [living])).get(living) ?? [];
    const added = addedEvents(events, known);
    const anchorOf = await anchorsIn(tx, living);
    const decisions = changes.flatMap(({ place, added: wanted }): NewDecision[] => {
      const event = events[place];
      const anchor = event && anchorOf(event.segmentId);
      if (!event || !anchor || added[place] === wanted) return [];
      added[place] = wanted;
      const value: DecidedEvent = {
        title: event.title,
        startsAtMs: event.startsAtMs,
        added: wanted,
      };
      return [{ kind: 'event', anchor, value }];
    });
    if (decisions.length === 0) return living;
    await addDecisions(tx, decider, decisions);
    await touch(tx, userId, [living]);
    return living;
  });
}

/** Where an event was spoken of, or the first words of the conversation where that was heard otherwise since. */
async function anchorsIn(tx: Tx, conversationId: string) {
  const segments = await tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select(['segments.id', 'recordings.id as recordingId', 'recordings.started_at_ms as fileStartedAtMs'])
    .select(['segments.started_at_ms as startedAtMs', 'segments.ended_at_ms as endedAtMs'])
    .where('segments.conversation_id', '=', conversationId)
    .execute();
  const first = (await anchorsOf(tx, [conversationId])).get(conversationId);
  const known = new Map(
    segments.map(({ id, recordingId, fileStartedAtMs, startedAtMs, endedAtMs }) => {
      const fromMs = (startedAtMs + endedAtMs) / 2 - (fileStartedAtMs ?? 0);
      return [id, { recordingId, fromMs, toMs: null }];
    }),
  );
  return (segmentId: string) => known.get(segmentId) ?? first;
}
