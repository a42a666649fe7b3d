/**
 * A worker writes through `commit` only. The stages get a database handle that can only read. `commit` takes the
 * attempt, opens the transaction, asserts the worker's lease and checks that the attempt is still wanted. So nothing is
 * written into a tombstone, into another attempt's recording, or by a process whose work others have taken over.
 */
import { transact } from '../store/announcements.ts';
import { queryable, type Reader, type Tx, writerOf } from '../store/database.ts';
import type { Conversation, Recording } from '../store/schema.ts';
import type { PipelineContext } from './context.ts';

export interface RecordingAttempt {
  recordingId: string;
  attempt: number;
}

/** Identifies one version of a conversation's words, whether or not it is understood. */
export interface WordsVersion {
  conversationId: string;
  revision: number;
}

/** Identifies one attempt to understand one version of a conversation's words. */
export interface ConversationAttempt extends WordsVersion {
  attempt: number;
}

/** Names the person whose timeline is written as a whole. */
export interface PersonAttempt {
  userId: string;
}

/**
 * Nothing was written, because the recording or conversation is finished, deleted, or belongs to another attempt by
 * now.
 */
export const STALE = 'stale';

/** Says the same from within work whose result is not wanted any more. */
export class StaleAttempt extends Error {
  override readonly name = 'StaleAttempt';
}

interface CommitOptions {
  /**
   * Takes the lock of the person's timeline, which is needed to change segments or who speaks them. Writes about a
   * conversation take it unless this is false: then the conversation is only kept from being deleted, which is enough
   * for a row that is added beside it. Writes about a person keep others from writing about them unless this is false.
   */
  timeline?: boolean;
  /** Runs even if the attempt is no longer wanted, for example to record the cost of an answer. */
  ifStale?: (tx: Tx) => Promise<void>;
}

export async function commit<T>(
  context: Pick<PipelineContext, 'db' | 'lease'>,
  attempt: RecordingAttempt,
  write: (tx: Tx, recording: Recording) => Promise<T>,
  options?: CommitOptions,
): Promise<T | typeof STALE>;
export async function commit<T>(
  context: Pick<PipelineContext, 'db' | 'lease'>,
  attempt: ConversationAttempt | WordsVersion,
  write: (tx: Tx, conversation: Conversation) => Promise<T>,
  options?: CommitOptions,
): Promise<T | typeof STALE>;
export async function commit<T>(
  context: Pick<PipelineContext, 'db' | 'lease'>,
  attempt: PersonAttempt,
  write: (tx: Tx, userId: string) => Promise<T>,
  options?: CommitOptions,
): Promise<T | typeof STALE>;
export async function commit<T>(
  { db, lease }: Pick<PipelineContext, 'db' | 'lease'>,
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion | PersonAttempt,
  write: (tx: Tx, subject: never) => Promise<T>,
  { timeline, ifStale }: CommitOptions = {},
): Promise<T | typeof STALE> {
  return await transact(writerOf(db), async (tx) => {
    const [subject, values] = subjectOf(attempt, timeline);
    const row = await lease.lockHeld<{ id: string | null }>(queryable(tx), subject, values);
    // What names a conversation may name its person as well.
    const isPerson = !('recordingId' in attempt || 'conversationId' in attempt);
    if (row.id !== null) return await write(tx, (isPerson ? row.id : row) as never);
    await ifStale?.(tx);
    return STALE;
  });
}

type AnyAttempt = RecordingAttempt | ConversationAttempt | WordsVersion | PersonAttempt;

/**
 * Selects what a transaction is about, behind the fence. Every transaction locks the person first and then that person's
 * rows, so that two transactions cannot deadlock: a condition without a column is decided before a row is read. A row that
 * was changed while its lock was waited for is read and judged as it is then.
 */
function subjectOf(attempt: AnyAttempt, timeline: boolean | undefined): [subject: string, values: unknown[]] {
  if ('recordingId' in attempt) {
    const { recordingId, attempt: number } = attempt;
    const subject = `SELECT * FROM recordings
      WHERE id = $2 AND attempt = $3 AND finished_at_ms IS NULL AND EXISTS (SELECT FROM owner) FOR UPDATE`;
    return [behindOwner('recordings', timeline ?? false, subject), [recordingId, number]];
  }
  if ('conversationId' in attempt) {
    const { conversationId, revision } = attempt;
    const isToUnderstand = 'attempt' in attempt ? 'AND attempt = $4 AND understood_revision < $3' : '';
    const subject = `SELECT * FROM conversations
      WHERE id = $2 AND revision = $3 AND merged_into IS NULL ${isToUnderstand} AND EXISTS (SELECT FROM owner)
        FOR ${timeline === false ? 'KEY SHARE' : 'NO KEY UPDATE'}`;
    const values = [conversationId, revision, ...('attempt' in attempt ? [attempt.attempt] : [])];
    return [behindOwner('conversations', timeline ?? true, subject), values];
  }
  const person = `subject AS MATERIALIZED (
    SELECT id FROM users WHERE id = $2 AND deleted_at_ms IS NULL AND EXISTS (SELECT FROM fence)
       FOR ${timeline === false ? 'KEY SHARE' : 'NO KEY UPDATE'})`;
  return [person, [attempt.userId]];
}

/** Locks the timeline of whoever has this, as `lockTimeline` does, or only keeps the person from being deleted. */
function behindOwner(table: 'recordings' | 'conversations', timeline: boolean, subject: string): string {
  return `owner AS MATERIALIZED (
      SELECT id FROM users
       WHERE id = (SELECT user_id FROM ${table} WHERE id = $2) AND EXISTS (SELECT FROM fence)
         FOR ${timeline ? 'NO KEY UPDATE' : 'KEY SHARE'}),
    subject AS MATERIALIZED (${subject})`;
}

/** A worker that stops in order must not count as a crash of the work it did not finish. */
export async function takeNameOff({ db, lease }: Pick<PipelineContext, 'db' | 'lease'>): Promise<void> {
  await transact(writerOf(db), async (tx) => {
    await lease.assertHeld(queryable(tx));
    for (const table of ['recordings', 'conversations'] as const) {
      await tx.updateTable(table).set({ held_by: null }).where('held_by', '=', lease.executorId).execute();
    }
  });
}

/**
 * Selects the conversation if this attempt is still wanted: its words have not changed, and nobody has understood them
 * yet. For work on the words themselves only the first counts.
 */
export function selectWanted(db: Reader, wanted: ConversationAttempt | WordsVersion) {
  const { conversationId, revision } = wanted;
  const current = db
    .selectFrom('conversations')
    .where('conversations.id', '=', conversationId)
    .where('conversations.revision', '=', revision)
    .where('conversations.merged_into', 'is', null);
  if (!('attempt' in wanted)) return current;
  return current
    .where('conversations.attempt', '=', wanted.attempt)
    .where('conversations.understood_revision', '<', revision);
}
