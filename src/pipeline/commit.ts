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
    await lease.assertHeld(queryable(tx));
    const subject = await lockSubject(tx, attempt, timeline);
    if (subject) return await write(tx, subject as never);
    await ifStale?.(tx);
    return STALE;
  });
}

async function lockSubject(
  tx: Tx,
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion | PersonAttempt,
  timeline: boolean | undefined,
): Promise<Recording | Conversation | string | null> {
  if ('recordingId' in attempt) return await lockRecording(tx, attempt, timeline ?? false);
  if ('conversationId' in attempt) return await lockConversation(tx, attempt, timeline ?? true);
  const person = tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', attempt.userId)
    .where('deleted_at_ms', 'is', null);
  const living = await (timeline === false
    ? person.forKeyShare()
    : person.forNoKeyUpdate()
  ).executeTakeFirst();
  return living?.id ?? null;
}

/** Every transaction locks the person first and then that person's rows, so that two transactions cannot deadlock. */
async function lockRecording(
  tx: Tx,
  { recordingId, attempt }: RecordingAttempt,
  timeline: boolean,
): Promise<Recording | null> {
  // The person was deleted.
  if (!(await lockOwner(tx, 'recordings', recordingId, timeline))) return null;
  const recording = await tx
    .selectFrom('recordings')
    .selectAll()
    .where('id', '=', recordingId)
    .where('attempt', '=', attempt)
    .where('finished_at_ms', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return recording ?? null;
}

/**
 * Locks the timeline of whoever has this, as `lockTimeline` does, or only keeps the person from being deleted.
 * @returns false if there is nobody
 */
async function lockOwner(
  tx: Tx,
  table: 'recordings' | 'conversations',
  id: string,
  timeline: boolean,
): Promise<boolean> {
  const owner = tx
    .selectFrom('users')
    .select('users.id')
    .where('users.id', '=', ({ selectFrom }) =>
      selectFrom(table).select(`${table}.user_id`).where(`${table}.id`, '=', id),
    );
  const locked = await (timeline ? owner.forNoKeyUpdate() : owner.forKeyShare()).executeTakeFirst();
  return locked !== undefined;
}

async function lockConversation(
  tx: Tx,
  attempt: ConversationAttempt | WordsVersion,
  timeline: boolean,
): Promise<Conversation | null> {
  if (!(await lockOwner(tx, 'conversations', attempt.conversationId, timeline))) return null;
  const wanted = selectWanted(tx, attempt).selectAll('conversations');
  const conversation = await (timeline ? wanted.forNoKeyUpdate() : wanted.forKeyShare()).executeTakeFirst();
  return conversation ?? null;
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
