/**
 * Goes on with what waits for a provider as soon as that answers somebody again. Waits grow to hours, and after a long outage
 * the words of a person would be hours away from a provider that is well. Only what was not even asked goes on sooner, and only
 * where its provider was down for everybody: a recording at which a provider that is well fails would be asked for again and
 * again, and paid for each time, and the attempts of a day would be used up within minutes.
 */
import { noteConversation } from '../events/note.ts';
import { enqueueUnderstandAgain } from '../intake/enqueue.ts';
import { goOnNow } from '../intake/redrive.ts';
import { queryable } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log'>;

/** Of each kind in a round, so that a provider that has just come back is not asked for all of a backlog at once. */
const AT_ONCE = 20;
/** An answer says for so long that a provider is there. */
const ANSWER_COUNTS_MS = 60_000;
/** What goes on so soon goes on by itself. */
const SOON_MS = 20_000;
/** The longest that a call takes whose answer counts. */
const LONGEST_CALL_MS = 3_600_000;

const ANSWERS = `'answered', 'unintelligible'`;

/** Each provider that has answered lately, with when it did. $1: now. */
const BACK = `
  WITH back AS MATERIALIZED (
    SELECT provider, max(finished_at_ms) AS at_ms FROM provider_calls
     WHERE started_at_ms > $1::bigint - ${LONGEST_CALL_MS} AND finished_at_ms > $1::bigint - ${ANSWER_COUNTS_MS}
       AND outcome IN (${ANSWERS}) GROUP BY provider)`;

const LAST_CALL = 'SELECT provider, outcome, started_at_ms FROM provider_calls';
const LAST_FIRST = 'ORDER BY started_at_ms DESC, id DESC LIMIT 1';

/** The last call was not made, its provider had answered nobody for a time, and has answered somebody since. */
const IS_SPARED = `last.outcome = 'not_asked' AND back.at_ms > last.started_at_ms AND (
         SELECT id FROM provider_calls
          WHERE started_at_ms BETWEEN last.started_at_ms - ${ANSWER_COUNTS_MS} AND last.started_at_ms
            AND provider = last.provider AND outcome IN (${ANSWERS}) LIMIT 1) IS NULL`;

interface SparedRecording {
  id: string;
  userId: string;
  provider: string;
}

export async function sparedRecordings(db: Context['db']): Promise<SparedRecording[]> {
  const { rows } = await queryable(db).query(
    `${BACK}
    SELECT r.id, r.user_id AS "userId", last.provider FROM recordings r
      CROSS JOIN LATERAL (${LAST_CALL} WHERE recording_id = r.id ${LAST_FIRST}) last
      JOIN back ON back.provider = last.provider
     WHERE r.outcome = 'waiting' AND r.next_try_at_ms > $1::bigint + ${SOON_MS} AND r.code IN ('upstream', 'timeout')
       AND ${IS_SPARED} ORDER BY r.next_try_at_ms LIMIT ${AT_ONCE}`,
    [Date.now()],
  );
  return rows as SparedRecording[];
}

export async function goOnWithRecording(
  context: Context,
  { id, userId, provider }: SparedRecording,
): Promise<void> {
  const begun = await commit(context, { userId }, async (tx) => await goOnNow(tx, userId, id));
  if (begun !== true) return;
  context.log.info({ recordingId: id, provider }, `Recording ${id} goes on: ${provider} answers again`);
}

type SparedConversation = Pick<Conversation, 'id' | 'revision' | 'attempt'> & { provider: string };

export async function sparedConversations(db: Context['db']): Promise<SparedConversation[]> {
  const { rows } = await queryable(db).query(
    `${BACK}
    SELECT v.id, v.revision, v.attempt, last.provider FROM conversations v
      CROSS JOIN LATERAL (${LAST_CALL} WHERE conversation_id = v.id ${LAST_FIRST}) last
      JOIN back ON back.provider = last.provider
     WHERE v.next_try_at_ms > $1::bigint + ${SOON_MS} AND v.failure_code IN ('upstream', 'timeout')
       AND v.merged_into IS NULL AND v.understood_revision < v.revision
       AND ${IS_SPARED} ORDER BY v.next_try_at_ms LIMIT ${AT_ONCE}`,
    [Date.now()],
  );
  return rows as SparedConversation[];
}

export async function goOnWithConversation(
  context: Context,
  { id, revision, attempt, provider }: SparedConversation,
): Promise<void> {
  const begun = await commit(context, { conversationId: id, revision, attempt }, async (tx, { user_id }) => {
    const nowMs = Date.now();
    const change = { attempt: attempt + 1, next_try_at_ms: nowMs, updated_at_ms: nowMs };
    await tx.updateTable('conversations').set(change).where('id', '=', id).execute();
    await enqueueUnderstandAgain(tx, { id, revision, attempt: attempt + 1 }, 0);
    noteConversation(tx, user_id, id);
  });
  if (begun === STALE) return;
  context.log.info({ conversationId: id, provider }, `Conversation ${id} goes on: ${provider} answers again`);
}
