/** Corrects what was said and by whom, in single segments. */
import { lockConversation } from '../conversations/lock.ts';
import { renewCorrections } from '../decisions/corrected-segments.ts';
import { type Anchor, addDecisions, type Decider, type NewDecision } from '../decisions/facts.ts';
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { touch } from './about-conversation.ts';
import { anyState, type Precondition } from './precondition.ts';

/** What is missing stays, and null is as it was heard. */
export interface SegmentChange {
  id: string;
  text?: string | null | undefined;
  /** Of a speaker of this person, wherever they speak. */
  speakerId?: string | null | undefined;
}

/**
 * All or nothing. Words that are corrected are not understood again by themselves; the next title and summary are made of
 * them. Correcting the same again changes nothing.
 * @returns the id of the living conversation
 * @throws AfterwordError `not_found`, `unknown_speaker`, `too_many_decisions`, or what the precondition throws
 */
export async function changeSegments(
  db: Database,
  decider: Decider,
  conversationId: string,
  changes: readonly SegmentChange[],
  require: Precondition = anyState,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living = await lockConversation(tx, userId, conversationId);
    await require(tx, living);
    const segments = await segmentsOf(tx, living, changes);
    await requireSpeakers(tx, userId, changes);
    const decisions = changes.flatMap((change) => decisionsFor(segments.get(change.id), change));
    if (decisions.length === 0) return living;
    await addDecisions(tx, decider, decisions);
    await renewCorrections(tx, [...new Set(decisions.map(({ anchor }) => anchor.recordingId))]);
    await touch(tx, userId, [living]);
    return living;
  });
}

type Anchored = NewDecision & { anchor: Anchor };

type Stored = Awaited<ReturnType<typeof segmentsOf>> extends Map<string, infer S> ? S : never;

function decisionsFor(segment: Stored | undefined, { text, speakerId }: SegmentChange): Anchored[] {
  if (!segment) throw new AfterwordError('not_found');
  const startMs = segment.file_started_at_ms ?? 0;
  const anchor = {
    recordingId: segment.recording_id,
    fromMs: segment.started_at_ms - startMs,
    toMs: segment.ended_at_ms - startMs,
  };
  const decisions: Anchored[] = [];
  // What is as it was heard needs no correction.
  const corrected = text === segment.text ? null : text;
  if (corrected !== undefined && corrected !== segment.decided_text)
    decisions.push({ kind: 'text', anchor, value: corrected });
  if (speakerId !== undefined && speakerId !== segment.decided_speaker_id)
    decisions.push({ kind: 'speaker', anchor, value: speakerId });
  return decisions;
}

async function segmentsOf(tx: Tx, conversationId: string, changes: readonly SegmentChange[]) {
  const rows = await tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select([
      'segments.id',
      'segments.recording_id',
      'segments.started_at_ms',
      'segments.ended_at_ms',
      'segments.text',
      'segments.decided_text',
      'segments.decided_speaker_id',
      'recordings.started_at_ms as file_started_at_ms',
    ])
    .where('segments.conversation_id', '=', conversationId)
    .where(({ eb, fn, val }) => eb('segments.id', '=', fn.any(val(changes.map(({ id }) => id)))))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function requireSpeakers(tx: Tx, userId: string, changes: readonly SegmentChange[]): Promise<void> {
  const wanted = [...new Set(changes.flatMap(({ speakerId }) => speakerId ?? []))];
  if (wanted.length === 0) return;
  const known = await tx
    .selectFrom('speakers')
    .select('id')
    .where('user_id', '=', userId)
    .where('id', 'in', wanted)
    .execute();
  if (known.length < wanted.length) throw new AfterwordError('unknown_speaker');
}
