/**
 * A worker writes its name on work before it begins and removes it at the end. A worker that finds another one's name
 * knows that the other one crashed over this work (`crashes.ts`). The name is written only when the work really begins,
 * so that work that waits beside a suspect is not blamed.
 */

import type { Updateable } from 'kysely';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { noteConversation, noteRecording } from '../events/note.ts';
import { enqueueNextAttempt, enqueueUnderstandAgain } from '../intake/enqueue.ts';
import type { Tx } from '../store/database.ts';
import type { Conversation, Recording, Schema } from '../store/schema.ts';
import { type ConversationAttempt, commit, type RecordingAttempt, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { type CrashVerdict, crashesOf, type Held, judge, SUSPECT_AFTER, UNHELD } from './crashes.ts';
import { commitEnding, fail } from './finish.ts';
import type { Inside } from './solo.ts';
import { whileWanted } from './wanted.ts';

type Context = Pick<PipelineContext, 'db' | 'changes' | 'lease' | 'solo' | 'log' | 'quietMs' | 'requestId'>;

/** The work is not done now: it waits to be run alone, or has become a dead letter. */
export const SET_ASIDE = 'set-aside';

type NotNow = typeof STALE | typeof SET_ASIDE;

/**
 * Runs work on a recording while it is wanted, unless too many workers have crashed over it; runs it alone if some have.
 * @param begin says what is written into its row, and told, in the transaction that takes it; the work gets the row
 */
export async function holdRecording<T>(
  context: Context,
  attempt: RecordingAttempt,
  signal: AbortSignal,
  work: (signal: AbortSignal, inside: Inside, begun: Recording | null) => Promise<T>,
  begin?: (recording: Recording) => Beginning,
): Promise<T | NotNow> {
  return await whileWanted(context, attempt, signal, async (until, seen) => {
    let begun: Recording | null = null;
    return await hold(context, seen, until, {
      work: async (inside) => await work(until, inside, begun),
      take: async (held) => {
        // Its name stands there since an earlier step, and the work finds out by itself whether it is still wanted.
        if (!begin && isSame(seen, held)) return undefined;
        return await commit(context, attempt, async (tx, recording) => {
          const { id, user_id: userId } = recording;
          const { columns, known } = begin?.(recording) ?? {};
          await tx
            .updateTable('recordings')
            .set({ ...held, ...columns })
            .where('id', '=', id)
            .execute();
          if (begin) noteRecording(tx, userId, id);
          begun = { ...recording, ...known };
        });
      },
      later: async (waitMs, reason) => {
        await commit(context, attempt, async (tx, recording) => {
          const crashes = crashesHere(context, recording);
          await putOff(tx, recording, { waitMs, reason, crashes, requestId: context.requestId });
        });
      },
      poison: async (reason) => {
        await commitEnding(context, attempt.recordingId, attempt.attempt, async (tx, recording) => {
          const { quietMs } = context;
          return await fail(tx, recording, { code: 'poison', reason, quietMs });
        });
      },
    });
  });
}

/** What is written when the work begins, and what of it the work needs to know. */
export interface Beginning {
  columns: Updateable<Schema['recordings']>;
  known: Partial<Recording>;
}

function isSame(seen: Held, held: Held): boolean {
  return (
    seen.held_by === held.held_by &&
    seen.crashes === held.crashes &&
    seen.alone_from_ms === held.alone_from_ms
  );
}

/** Does the same for a conversation that is to be understood. Its words stay readable in any case. */
export async function holdConversation<T>(
  context: Context,
  attempt: ConversationAttempt,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | NotNow> {
  return await whileWanted(context, attempt, signal, async (until, seen) => {
    return await hold(context, seen, until, {
      work: async () => await work(until),
      take: async (held) =>
        await commit(context, attempt, async (tx, { id, user_id }) => {
          await tx.updateTable('conversations').set(held).where('id', '=', id).execute();
          noteConversation(tx, user_id, id, 'understanding');
        }),
      putDown: async () =>
        await commit(context, attempt, async (tx, { id }) => {
          await tx.updateTable('conversations').set({ held_by: null }).where('id', '=', id).execute();
        }),
      later: async (waitMs, reason) => {
        await commit(context, attempt, async (tx, conversation) => {
          const { id, revision } = conversation;
          const next = { ...(await failAttempt(tx, conversation, 'internal', reason)), id, revision };
          const nowMs = Date.now();
          await tx
            .updateTable('conversations')
            .set({
              crashes: crashesHere(context, conversation),
              alone_from_ms: nowMs + waitMs,
              next_try_at_ms: nowMs + waitMs,
            })
            .where('id', '=', id)
            .execute();
          await enqueueUnderstandAgain(tx, next, waitMs);
        });
      },
      poison: async (reason) => {
        await commit(context, attempt, async (tx, conversation) => {
          await failAttempt(tx, conversation, 'poison', reason);
        });
      },
    });
  });
}

/**
 * An older version counted crashes in the engine, which then set the work aside. Such a recording is run again, alone.
 */
export async function suspectRecording(tx: Tx, recording: Recording): Promise<void> {
  const crashes = Math.max(recording.crashes, SUSPECT_AFTER);
  await putOff(tx, recording, { waitMs: 0, reason: reasonOf(crashes), crashes });
}

interface Ways<T> {
  work: (inside: Inside) => Promise<T>;
  take: (held: Held) => Promise<unknown>;
  /** Removes the name where the work ends without a result, for example because it is not wanted yet. */
  putDown?: () => Promise<unknown>;
  later: (waitMs: number, reason: string) => Promise<void>;
  poison: (reason: string) => Promise<void>;
}

async function hold<T>(
  context: Context,
  seen: Held,
  signal: AbortSignal,
  { work, take, putDown, later, poison }: Ways<T>,
): Promise<T | NotNow> {
  const { lease, solo, log } = context;
  const crashes = crashesHere(context, seen);
  const verdict: CrashVerdict = judge(seen, lease.executorId);
  const reason = reasonOf(crashes);
  if (verdict.as !== 'any') log.warn({ crashes, verdict }, reason);
  if (verdict.as === 'poison') {
    await poison(`${reason}, the last of them with nothing beside it`);
    return SET_ASIDE;
  }
  if (verdict.as === 'later') {
    await later(verdict.waitMs, reason);
    return SET_ASIDE;
  }
  const inside = await solo.enter(verdict.as === 'alone', signal);
  try {
    const held = { held_by: lease.executorId, crashes, alone_from_ms: null };
    if ((await take(held)) === STALE) return STALE;
    const done = await work(inside);
    await putDown?.();
    return done;
  } finally {
    inside.leave();
  }
}

function crashesHere({ lease }: Pick<PipelineContext, 'lease'>, held: Held): number {
  return crashesOf(held, lease.executorId);
}

function reasonOf(crashes: number): string {
  return `${crashes} processes died while they worked on it`;
}

async function putOff(
  tx: Tx,
  recording: Recording,
  {
    waitMs,
    reason,
    crashes,
    requestId,
  }: { waitMs: number; reason: string; crashes: number; requestId?: string | undefined },
): Promise<void> {
  const attempt = recording.attempt + 1;
  const fromMs = Date.now() + waitMs;
  await tx
    .updateTable('recordings')
    .set({
      outcome: 'waiting',
      code: 'internal',
      reason,
      retryable: ERRORS.internal.retryable,
      attempt,
      next_try_at_ms: fromMs,
      held_by: null,
      crashes,
      alone_from_ms: fromMs,
    })
    .where('id', '=', recording.id)
    .execute();
  await enqueueNextAttempt(tx, recording, { attempt, requestId }, waitMs);
  noteRecording(tx, recording.user_id, recording.id);
}

/** @returns the next attempt; its caller has to enqueue it */
async function failAttempt(
  tx: Tx,
  conversation: Conversation,
  code: ErrorCode,
  reason: string,
): Promise<{ attempt: number }> {
  const attempt = conversation.attempt + 1;
  await tx
    .updateTable('conversations')
    .set({
      ...UNHELD,
      failure: reason,
      failure_code: code,
      attempt,
      next_try_at_ms: null,
      updated_at_ms: Date.now(),
    })
    .where('id', '=', conversation.id)
    .execute();
  noteConversation(tx, conversation.user_id, conversation.id);
  return { attempt };
}
