/**
 * Splits and merges conversations. Both only add a decision and place the timeline anew: the same rule that places words
 * says which conversation they belong to then, and which id stays.
 */
import { lockConversation } from '../conversations/lock.ts';
import { rebuildTimeline } from '../conversations/rebuild.ts';
import { enqueueChanged } from '../conversations/settled.ts';
import { type Anchor, addDecisions, type Decider, type NewDecision } from '../decisions/facts.ts';
import { AfterwordError } from '../errors.ts';
import type { Database, Tx } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { isAfterCut } from '../timeline/forced.ts';
import { byTime, SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import { anyState, type Precondition } from './precondition.ts';

interface Said {
  id: string;
  conversationId: string | null;
  recordingId: string;
  recordingStartedAtMs: number;
  startedAtMs: number;
  endedAtMs: number;
}

/** By the first segment of the second part, or by a time. */
export type SplitAt = { segmentId: string } | { atMs: number };

export interface Split {
  before: string;
  after: string;
}

/**
 * Splits a conversation in two. The first part keeps the id. Splitting again where it was split changes nothing.
 * @throws AfterwordError `not_found`, `cannot_split`, `too_many_decisions`, or what the precondition throws
 */
export async function splitConversation(
  db: Database,
  decider: Decider,
  id: string,
  at: SplitAt,
  require: Precondition = anyState,
): Promise<Split> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living = await lockConversation(tx, userId, id);
    const segments = await segmentsOf(tx, userId, [living]);
    const first =
      'atMs' in at ? segments.find((one) => isAfterCut(one, at.atMs)) : byId(segments, at.segmentId);
    if (!first && 'segmentId' in at) return await alreadySplit(tx, userId, living, at.segmentId);
    if (!first) throw new AfterwordError('cannot_split');
    await require(tx, living);
    const cutAtMs = cutBefore(segments, first);
    const parts = [
      segments.filter((one) => !isAfterCut(one, cutAtMs)),
      segments.filter((one) => isAfterCut(one, cutAtMs)),
    ] as const;
    if (parts.some((part) => part.length === 0)) throw new AfterwordError('cannot_split');
    const anchor = { ...anchorAt(first), fromMs: cutAtMs - first.recordingStartedAtMs };
    await addDecisions(tx, decider, [{ kind: 'cut', anchor, value: null }]);
    await rebuildAround(tx, userId, living, segments);
    await reunite(tx, decider, living, parts);
    const [before, after] = await Promise.all(parts.map(async (part) => await homeOf(tx, part)));
    await enqueueChanged(tx, [before ?? living, after ?? living]);
    return { before: before ?? living, after: after ?? living };
  });
}

/**
 * In the silence between the two, so that the border stays between them when the sound is cut in another way. Conversations
 * that were merged may lie hours apart: a cut that is a silence or more away from all words would belong to none of them.
 */
function cutBefore(segments: readonly Said[], first: Said): number {
  const before = segments.slice(0, segments.indexOf(first));
  const heardUntilMs = before.reduce((last, one) => Math.max(last, one.endedAtMs), 0);
  if (heardUntilMs === 0 || heardUntilMs > first.startedAtMs) return first.startedAtMs;
  const middleMs = Math.round((heardUntilMs + first.startedAtMs) / 2);
  return Math.max(middleMs, first.startedAtMs - SILENCE_THAT_SPLITS_MS / 2);
}

/** Whoever asked may not have got the answer, and asks again. */
async function alreadySplit(tx: Tx, userId: string, id: string, segmentId: string): Promise<Split> {
  const segment = await tx
    .selectFrom('segments')
    .select('conversation_id')
    .where('id', '=', segmentId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (segment?.conversation_id == null) throw new AfterwordError('not_found');
  const [first] = await segmentsOf(tx, userId, [segment.conversation_id]);
  if (first?.id !== segmentId) throw new AfterwordError('not_found');
  return { before: id, after: segment.conversation_id };
}

/**
 * A cut also ends a join that it lies in. What of either part was only held together by that join is joined anew, since the
 * person wanted two parts and not three.
 */
async function reunite(
  tx: Tx,
  decider: Decider,
  id: string,
  parts: readonly (readonly Said[])[],
): Promise<void> {
  const now = new Map(
    (await homesOf(tx, parts.flat())).map(({ id: segment, conversationId }) => [segment, conversationId]),
  );
  const joins: NewDecision[] = [];
  for (const part of parts) {
    for (const [index, one] of part.entries()) {
      const next = part[index + 1];
      if (next && now.get(one.id) !== now.get(next.id)) joins.push(joinOf(one, next));
    }
  }
  if (joins.length === 0) return;
  await addDecisions(tx, decider, joins);
  await rebuildAround(tx, decider.userId, id, parts.flat());
}

/**
 * Merges conversations into the earliest one. Others that lie between them stay what they are. Merging again changes
 * nothing.
 * @returns the id of the one that is left
 * @throws AfterwordError `not_found`, `cannot_merge`, `too_many_decisions`, or what the precondition throws
 */
export async function mergeConversations(
  db: Database,
  decider: Decider,
  ids: readonly string[],
  require: Precondition = anyState,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    const living = new Set<string>();
    for (const id of ids) living.add(await lockConversation(tx, userId, id));
    const [only] = living;
    if (only === undefined) throw new AfterwordError('not_found');
    for (const id of living) await require(tx, id);
    if (living.size === 1) return only;
    const rows = await tx
      .selectFrom('conversations')
      .select(['id', 'device_id'])
      .where('user_id', '=', userId)
      .where('id', 'in', [...living])
      .orderBy('started_at_ms')
      .orderBy('id')
      .execute();
    if (new Set(rows.map(({ device_id }) => device_id)).size > 1) throw new AfterwordError('cannot_merge');
    const segments = await segmentsOf(tx, userId, [...living]);
    const own = Map.groupBy(segments, ({ conversationId }) => conversationId);
    const joins = rows
      .slice(1)
      .flatMap(({ id }, index) => facing(own.get(rows[index]?.id ?? ''), own.get(id)));
    await addDecisions(tx, decider, joins);
    await rebuildAround(tx, userId, only, segments);
    const survivor = (await homeOf(tx, segments)) ?? only;
    await enqueueChanged(tx, [survivor]);
    return survivor;
  });
}

/** Joins the ends that face each other, so that a later cut within one of the two does not lie between them. */
function facing(earlier: readonly Said[] = [], later: readonly Said[] = []): NewDecision[] {
  const [first] = later;
  if (!first) return [];
  const middleMs = (first.startedAtMs + first.endedAtMs) / 2;
  const last = earlier.filter((one) => !isAfterCut(one, middleMs)).at(-1) ?? earlier[0];
  return last ? [joinOf(last, first)] : [];
}

function joinOf(one: Said, other: Said): NewDecision {
  return { kind: 'join', anchor: anchorAt(one), other: anchorAt(other), value: null };
}

function anchorAt({ recordingId, recordingStartedAtMs, startedAtMs, endedAtMs }: Said): Anchor {
  return { recordingId, fromMs: (startedAtMs + endedAtMs) / 2 - recordingStartedAtMs, toMs: null };
}

async function rebuildAround(tx: Tx, userId: string, id: string, segments: readonly Said[]): Promise<void> {
  const { device_id: deviceId } = await tx
    .selectFrom('conversations')
    .select('device_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const fromMs = segments.reduce((first, one) => Math.min(first, one.startedAtMs), Number.POSITIVE_INFINITY);
  const toMs = segments.reduce((last, one) => Math.max(last, one.endedAtMs), 0);
  await rebuildTimeline(tx, { userId, deviceId }, { fromMs, toMs });
}

async function homesOf(tx: Tx, segments: readonly Said[]) {
  return await tx
    .selectFrom('segments')
    .select(['id', 'conversation_id as conversationId'])
    .where(({ eb, fn, val }) => eb('id', '=', fn.any(val(segments.map(({ id }) => id)))))
    .execute();
}

async function homeOf(tx: Tx, [first]: readonly Said[]): Promise<string | null> {
  return first ? ((await homesOf(tx, [first]))[0]?.conversationId ?? null) : null;
}

function byId(segments: readonly Said[], id: string): Said | undefined {
  return segments.find((segment) => segment.id === id);
}

async function segmentsOf(tx: Tx, userId: string, ids: readonly string[]): Promise<Said[]> {
  const rows = await tx
    .selectFrom('segments')
    .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
    .select(({ fn, val }) => [
      'segments.id',
      'segments.conversation_id as conversationId',
      'segments.recording_id as recordingId',
      fn.coalesce('recordings.started_at_ms', val(0)).as('recordingStartedAtMs'),
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
    ])
    .where('segments.user_id', '=', userId)
    .where('segments.conversation_id', 'in', ids)
    .execute();
  return rows.sort(byTime);
}
