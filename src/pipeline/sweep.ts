/**
 * The last net. Every recording on its way has work in the queue, and every conversation that is not understood has
 * or gets some: both are written in one transaction with it. What falls through all the same (a workflow that the
 * engine set aside because its process died again and again, one whose very ending failed) is found here and decided.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { unfinishedNear } from '../conversations/quiet.ts';
import { hasLiveWork, statesOf } from '../engine/internals.ts';
import { enqueueUnderstand, ingestId, understandPrefix } from '../intake/enqueue.ts';
import { queryable } from '../store/database.ts';
import { commit } from './commit.ts';
import { endAttempt, endTry, finishRecording } from './finish.ts';
import type { Stages } from './stages.ts';

const EVERY_MS = 15_000;
/** Younger ones are being dealt with by whoever wrote them. */
const OLDER_THAN_MS = 30_000;
const LIVE = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

export interface Sweeping {
  stop(): Promise<void>;
}

export function startSweeping(stages: Stages, everyMs = EVERY_MS): Sweeping {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      await sweep(stages).catch((error) => stages.log.warn({ err: error }, 'sweeping broke off'));
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

/** Several workers may sweep at once: each decision is made under the timeline's lock and checked again there. */
export async function sweep(stages: Stages, olderThanMs = OLDER_THAN_MS): Promise<void> {
  await decideAbandonedRecordings(stages, olderThanMs);
  await understandForgottenConversations(stages, olderThanMs);
}

async function decideAbandonedRecordings(stages: Stages, olderThanMs: number): Promise<void> {
  const { db, log } = stages;
  const unfinished = await db
    .selectFrom('recordings')
    .select(['id', 'attempt'])
    .where('finished_at_ms', 'is', null)
    .where('accepted_at_ms', '<', Date.now() - olderThanMs)
    .execute();
  const states = await statesOf(
    queryable(db),
    unfinished.map(({ id, attempt }) => ingestId(id, attempt)),
  );
  for (const { id, attempt } of unfinished) {
    const state = states.get(ingestId(id, attempt));
    if (state && LIVE.has(state)) continue;
    log.error({ recordingId: id, attempt, state }, 'a recording had no work in the queue any more');
    await endAttempt(stages, id, attempt, async (tx, recording) => {
      const { quietMs } = stages;
      if (state === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') {
        await finishRecording(tx, recording, { outcome: 'failed', code: 'poison', quietMs });
      } else {
        await endTry(tx, recording, {
          code: 'internal',
          reason: `Its work ended as ${state ?? 'missing'}`,
          quietMs,
        });
      }
    });
  }
}

async function understandForgottenConversations(stages: Stages, olderThanMs: number): Promise<void> {
  const { db, log, quietMs } = stages;
  const nowMs = Date.now();
  const unsettled = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt'])
    .whereRef('understood_revision', '<', 'revision')
    .where('merged_into', 'is', null)
    .where('updated_at_ms', '<', nowMs - olderThanMs - quietMs)
    .where(({ or, eb }) => or([eb('failure', 'is', null), eb('next_try_at_ms', '<', nowMs - olderThanMs)]))
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .execute();
  for (const turn of unsettled) {
    const { id, revision, attempt } = turn;
    if (await hasLiveWork(queryable(db), understandPrefix(id))) continue;
    log.error({ conversationId: id, revision }, 'a quiet conversation had been forgotten');
    await commit(stages, { conversationId: id, revision, attempt }, async (tx) => {
      await enqueueUnderstand(tx, turn, `sweep-${nowMs}`, 0);
    });
  }
}
