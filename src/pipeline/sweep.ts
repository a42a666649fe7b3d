/**
 * Periodically finds recordings and conversations that have no queued work any more, and requeues or fails them.
 * Normally a row and its work are written in one transaction. This finds the rest, such as a workflow that the engine
 * set aside because its process died repeatedly, or one whose last step failed.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { peopleWithOtherItems, renewOtherItems } from '../conversations/action-items.ts';
import { enqueueSettled, unfinishedNear } from '../conversations/settled.ts';
import { peopleWithOlderRule, upgradeTimeline } from '../conversations/timeline-rule.ts';
import { hasLiveWork, remainingDelays, statesOf } from '../engine/internals.ts';
import { noteConversation, noteRecording, noteUpload } from '../events/note.ts';
import { untoldUploads } from '../events/untold.ts';
import { failureFields } from '../failure.ts';
import { enqueueUnderstand, ingestId, understandAgainId, understandPrefix } from '../intake/enqueue.ts';
import { hearOneAgain, personToHearAgain } from '../intake/hear-again.ts';
import { dropUnheard } from '../placing/borders.ts';
import { recordingThatIsKept } from '../placing/place-again.ts';
import { addOlderWords, personWithOlderWords } from '../search/older-words.ts';
import { queryable, type Tx } from '../store/database.ts';
import {
  goOnWithConversation,
  goOnWithRecording,
  sparedConversations,
  sparedRecordings,
} from './after-outage.ts';
import { commit, STALE } from './commit.ts';
import { forAttempt, type PipelineContext } from './context.ts';
import { commitEnding, scheduleRetry } from './finish.ts';
import { suspectRecording } from './hold.ts';
import { OneByOne } from './one-by-one.ts';

const EVERY_MS = 15_000;
/**
 * Number of people whose timelines are placed again by a new rule in each round, and of those with whom an old recording is
 * begun anew; the others follow in later rounds or with their next words.
 */
const PEOPLE_AT_ONCE = 20;
/** Number of conversations of one person whose tasks become rows in each round. */
const TASKS_AT_ONCE = 100;
/** Number of transactions in each round that add older words to the search index, of up to a second each. */
const OLDER_WORDS_AT_ONCE = 20;
/** Number of uploads that are told to be done after all in each round. */
const UPLOADS_AT_ONCE = 100;
/** Number of recordings whose neighbours are heard alone after all in each round. */
const RECORDINGS_AT_ONCE = 100;
const LIVE = new Set(['ENQUEUED', 'DELAYED', 'PENDING']);

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log' | 'quietMs'>;

export interface Sweeping {
  stop(): Promise<void>;
}

export function startSweeping(context: Context, everyMs = EVERY_MS): Sweeping {
  const stopped = new AbortController();
  const { signal } = stopped;
  const sweep = new Sweep(context);
  const run = async () => {
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      await sweep
        .look()
        .catch((error) =>
          context.log.warn(`The check for work that left the queue failed: ${failureFields(error).cause}`),
        );
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

/**
 * A row is treated as forgotten when two rounds in a row find no work for it and a third check under its locks agrees.
 * Rows and their work cannot be read at the same moment, so work that just ended may look forgotten. Rounds are
 * counted, not time, so that the wall clock plays no part. Several workers may run this at once.
 */
export class Sweep {
  readonly #context: Context;
  #suspects = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  async look(): Promise<void> {
    const context = this.#context;
    const { db } = context;
    const all = new OneByOne();
    await all.each(
      () => peopleWithOlderRule(db, PEOPLE_AT_ONCE),
      (userId) => commit(context, { userId }, upgradeTimeline),
    );
    await all.each(
      () => peopleWithOtherItems(db, PEOPLE_AT_ONCE),
      (userId) => commit(context, { userId }, (tx) => renewOtherItems(tx, userId, TASKS_AT_ONCE)),
    );
    await all.each(
      () => untoldUploads(db, UPLOADS_AT_ONCE),
      ({ id, userId }) => commit(context, { userId }, async (tx) => noteUpload(tx, userId, id)),
    );
    await all.each(
      () => withUnheardBorders(db),
      ({ id, userId }) => commit(context, { userId }, (tx) => this.#leaveNeighbours(tx, id)),
    );
    await all.each(
      () => sparedRecordings(db),
      (spared) => goOnWithRecording(context, spared),
    );
    await all.each(
      () => sparedConversations(db),
      (spared) => goOnWithConversation(context, spared),
    );
    await this.#addOlderWords(all);
    await this.#hearAgain(all);
    await this.#decide(all);
    all.end();
  }

  async #decide(all: OneByOne): Promise<void> {
    const recordings = await recordingsWithoutWork(this.#context);
    const conversations = await conversationsWithoutWork(this.#context);
    const keyOf = (row: object) => JSON.stringify(row);
    const isSuspect = (row: object) => this.#suspects.has(keyOf(row));
    const decidedRecordings = recordings.filter(isSuspect);
    const decidedConversations = conversations.filter(isSuspect);
    this.#suspects = new Set([...recordings, ...conversations].map(keyOf));
    for (const recording of decidedRecordings) await all.one(() => decideAbandoned(this.#context, recording));
    for (const conversation of decidedConversations)
      await all.one(() => understandForgotten(this.#context, conversation));
  }

  async #leaveNeighbours(tx: Tx, id: string): Promise<void> {
    const recording = await recordingThatIsKept(tx, id);
    // Since it was looked for it may have begun another attempt, which hears its borders.
    if (!recording || recording.finished_at_ms === null) return;
    const elsewhere = await dropUnheard(tx, id);
    const devices = new Set([recording.device_id, ...elsewhere]);
    await enqueueSettled(tx, recording, devices, this.#context.quietMs);
  }

  async #addOlderWords(all: OneByOne): Promise<void> {
    const failed: string[] = [];
    for (let n = 0; n < OLDER_WORDS_AT_ONCE; n++) {
      const userId = await personWithOlderWords(this.#context.db, failed);
      if (userId === null) return;
      if (!(await all.one(() => commit(this.#context, { userId }, addOlderWords)))) failed.push(userId);
    }
  }

  /** As many as may be heard at once are begun, of whoever is next; those with whom it fails are passed over. */
  async #hearAgain(all: OneByOne): Promise<void> {
    const failed: string[] = [];
    let isEnough = false;
    const begin = async (userId: string) => {
      const id = await commit(this.#context, { userId }, hearOneAgain);
      isEnough = id === STALE || id === null;
      if (isEnough) return;
      this.#context.log.info(
        { recordingId: id },
        `Recording ${id} is heard again: an earlier version may have lost words of it. What is stored of it is not paid for again`,
      );
    };
    for (let n = 0; n < PEOPLE_AT_ONCE && !isEnough; n++) {
      const userId = await personToHearAgain(this.#context.db, failed);
      if (userId === null) return;
      if (!(await all.one(() => begin(userId)))) failed.push(userId);
    }
  }
}

/** A process of an earlier version hears a recording without its borders, although its neighbours wait for that. */
async function withUnheardBorders(db: Context['db']): Promise<{ id: string; userId: string }[]> {
  return await db
    .selectFrom('borders')
    .innerJoin('recordings', 'recordings.id', 'borders.asked_by')
    .select(['recordings.id', 'recordings.user_id as userId'])
    .distinct()
    .where('borders.state', 'in', ['expected', 'asked'])
    .where('recordings.finished_at_ms', 'is not', null)
    .limit(RECORDINGS_AT_ONCE)
    .execute();
}

async function recordingsWithoutWork({ db }: Context): Promise<{ id: string; attempt: number }[]> {
  const unfinished = await db
    .selectFrom('recordings')
    .select(['id', 'attempt'])
    .where('finished_at_ms', 'is', null)
    .execute();
  const states = await statesOf(
    queryable(db),
    unfinished.map(({ id, attempt }) => ingestId(id, attempt)),
  );
  return unfinished.filter(({ id, attempt }) => !LIVE.has(states.get(ingestId(id, attempt)) ?? ''));
}

async function decideAbandoned(
  parts: Context,
  { id, attempt }: { id: string; attempt: number },
): Promise<void> {
  const context = forAttempt(parts, { recordingId: id, attempt });
  const { log, quietMs } = context;
  await commitEnding(context, id, attempt, async (tx, recording) => {
    const work = ingestId(id, attempt);
    const state = (await statesOf(queryable(tx), [work])).get(work);
    if (state && LIVE.has(state)) return null;
    log.error({ state }, `Recording ${id} was unfinished, but its work had left the queue`);
    if (state === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') {
      await suspectRecording(tx, recording);
      return null;
    }
    const reason = `Its work ended as ${state ?? 'missing'}`;
    return await scheduleRetry(tx, recording, { code: 'internal', reason, quietMs });
  });
}

type Unsettled = { id: string; revision: number; attempt: number };

async function conversationsWithoutWork({ db }: Context): Promise<Unsettled[]> {
  const unsettled = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt'])
    .whereRef('understood_revision', '<', 'revision')
    .where('merged_into', 'is', null)
    .where(({ or, eb }) => or([eb('failure', 'is', null), eb('next_try_at_ms', '<', Date.now())]))
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .execute();
  const without: Unsettled[] = [];
  for (const conversation of unsettled)
    if (!(await hasLiveWork(queryable(db), understandPrefix(conversation.id)))) without.push(conversation);
  return without;
}

async function understandForgotten(context: Context, unsettled: Unsettled): Promise<void> {
  const { id, revision, attempt } = unsettled;
  await commit(context, { conversationId: id, revision, attempt }, async (tx) => {
    if (await hasLiveWork(queryable(tx), understandPrefix(id))) return;
    context.log.error(
      { conversationId: id, revision, attempt },
      `Conversation ${id} needed its title and summary, but was not in the queue: it is queued now`,
    );
    await enqueueUnderstand(tx, unsettled, `sweep-${randomUUID()}`, 0);
  });
}

/** Rows whose time differs by less than this are left alone. */
const TOLERANCE_MS = 2_000;

/**
 * Corrects the times of next attempts that people are shown. Those are times of the wall clock and become wrong when
 * the clock is set; the queue knows how long each attempt really waits.
 */
export async function correctNextAttempts(context: Pick<PipelineContext, 'db' | 'lease'>): Promise<void> {
  const { db } = context;
  const recordings = await db
    .selectFrom('recordings')
    .select(['id', 'attempt', 'next_try_at_ms'])
    .where('next_try_at_ms', 'is not', null)
    .execute();
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'revision', 'attempt', 'next_try_at_ms'])
    .where('next_try_at_ms', 'is not', null)
    .execute();
  const remaining = await remainingDelays(queryable(db), [
    ...recordings.map(({ id, attempt }) => ingestId(id, attempt)),
    ...conversations.map(understandAgainId),
  ]);
  const now = (work: string, toldMs: number | null) => {
    const leftMs = remaining.get(work);
    const nextTryAtMs = leftMs === undefined ? null : Math.round(Date.now() + leftMs);
    return nextTryAtMs === null || Math.abs(nextTryAtMs - (toldMs ?? 0)) < TOLERANCE_MS ? null : nextTryAtMs;
  };
  for (const { id, attempt, next_try_at_ms: toldMs } of recordings) {
    const nextTryAtMs = now(ingestId(id, attempt), toldMs);
    if (nextTryAtMs === null) continue;
    await commit(context, { recordingId: id, attempt }, async (tx, { user_id }) => {
      const change = tx.updateTable('recordings').set({ next_try_at_ms: nextTryAtMs });
      await change.where('id', '=', id).where('next_try_at_ms', 'is not', null).execute();
      noteRecording(tx, user_id, id);
    });
  }
  for (const { id, revision, attempt, next_try_at_ms: toldMs } of conversations) {
    const nextTryAtMs = now(understandAgainId({ id, revision, attempt }), toldMs);
    if (nextTryAtMs === null) continue;
    await commit(context, { conversationId: id, revision, attempt }, async (tx, { user_id }) => {
      const change = tx.updateTable('conversations').set({ next_try_at_ms: nextTryAtMs });
      await change.where('id', '=', id).where('next_try_at_ms', 'is not', null).execute();
      noteConversation(tx, user_id, id);
    });
  }
}
