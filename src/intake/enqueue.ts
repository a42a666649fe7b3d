import { sql } from 'kysely';
import {
  type EnqueueRequest,
  enqueueAllInTransaction,
  enqueueInTransaction,
  WORK_CHANNEL,
} from '../engine/enqueue.ts';
import { announce } from '../store/announcements.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { Conversation, Recording } from '../store/schema.ts';
import type { Lane } from '../store/tables/columns.ts';
import { passTurn } from './charge.ts';
import { assignDueTimes, priorityOf } from './fair-queue.ts';

/**
 * Names of workflows and queues are stored with the work, so an api and a worker of two versions must agree on them.
 */
export const WORKFLOWS = { ingest: 'ingest', understand: 'understand', link: 'link' } as const;
/**
 * Each queue has workers' places of its own, so that a backlog keeps no fresh recording or settled conversation
 * waiting.
 */
export const QUEUES = {
  fresh: 'ingest-fresh',
  backfill: 'ingest-backfill',
  understand: 'understand',
  link: 'link',
} as const;

/** Makes the id of one attempt's work; `<id>:<attempt>` also finds it again. */
export function ingestId(recordingId: string, attempt: number): string {
  return `ingest:${recordingId}:${attempt}`;
}

/** Reads the recording from such an id. */
export function recordingOf(workflowId: string): string {
  return workflowId.split(':')[1] ?? '';
}

/** The ids of all understandings of one conversation begin with this. */
export function understandPrefix(conversationId: string): string {
  return `understand:${conversationId}:`;
}

interface IngestAttempt {
  recordingId: string;
  attempt: number;
  lane: Lane;
  dueAtMs: number;
  /** The request that asked for it, for the log. */
  requestId?: string | undefined;
}

/** Work without a delay is announced once its transaction has committed; the queue tells when a delay is over. */
async function enqueue(tx: Tx, request: EnqueueRequest): Promise<void> {
  await enqueueInTransaction(queryable(tx), request);
  if (!request.delayMs) announce(tx, WORK_CHANNEL, request.queueName);
}

/** Enqueues a recording's work inside the transaction that writes its row, so that both exist or neither. */
export async function enqueueIngest(tx: Tx, next: IngestAttempt, delayMs = 0): Promise<void> {
  await enqueue(tx, { ...ingestOf(next), delayMs });
}

function ingestOf(next: IngestAttempt): EnqueueRequest {
  return {
    workflowName: WORKFLOWS.ingest,
    queueName: QUEUES[next.lane],
    workflowId: ingestId(next.recordingId, next.attempt),
    args: [next.recordingId, next.attempt, ...(next.requestId === undefined ? [] : [next.requestId])],
    priority: priorityOf(next.dueAtMs),
  };
}

/** Its turn was charged before, so it is due as soon as its delay ends. */
export async function enqueueNextAttempt(
  tx: Tx,
  recording: Recording,
  next: Pick<IngestAttempt, 'attempt' | 'requestId'>,
  delayMs: number,
): Promise<void> {
  const { id: recordingId, lane } = recording;
  await enqueueIngest(tx, { recordingId, ...next, lane, dueAtMs: Date.now() + delayMs }, delayMs);
}

/** Identifies one attempt at one version of a conversation's words. */
type UnderstandAttempt = Pick<Conversation, 'id' | 'revision' | 'attempt'>;

/**
 * Enqueues the understanding of a settled conversation for the time when its sender has stopped uploading. `occasion`
 * is the recording that made it settled; another one may make the same words settled again later.
 */
export async function enqueueUnderstand(
  tx: Tx,
  { id, revision, attempt }: UnderstandAttempt,
  occasion: string,
  delayMs: number,
): Promise<void> {
  await enqueue(tx, {
    workflowName: WORKFLOWS.understand,
    queueName: QUEUES.understand,
    workflowId: understandId({ id, revision }, occasion),
    args: [id, revision, attempt],
    delayMs,
  });
}

/** The attempt itself is the occasion: it is made once, whoever asks for it. */
export async function enqueueUnderstandAgain(
  tx: Tx,
  next: UnderstandAttempt,
  delayMs: number,
): Promise<void> {
  await enqueueUnderstand(tx, next, againOccasion(next), delayMs);
}

function againOccasion({ attempt }: Pick<UnderstandAttempt, 'attempt'>): string {
  return `attempt-${attempt}`;
}

/** Makes the id of a further attempt at a conversation, to find it again. */
export function understandAgainId(next: UnderstandAttempt): string {
  return understandId(next, againOccasion(next));
}

function understandId(
  { id, revision }: Pick<UnderstandAttempt, 'id' | 'revision'>,
  occasion: string,
): string {
  return `${understandPrefix(id)}${revision}:${occasion}`;
}

/** Enqueues the comparison of the voices of a conversation's pieces: once for each version of its words, whoever asks. */
export async function enqueueLink(
  tx: Tx,
  { id, revision }: Pick<Conversation, 'id' | 'revision'>,
): Promise<void> {
  await enqueue(tx, {
    workflowName: WORKFLOWS.link,
    queueName: QUEUES.link,
    workflowId: `link:${id}:${revision}`,
    args: [id, revision],
  });
}

/** One attempt at a recording that is to be queued. */
export interface Work {
  recordingId: string;
  attempt: number;
  lane: Lane;
  startedAtMs: number;
  lengthMs: number;
  /** The request that asked for it, for the log. */
  requestId?: string | undefined;
}

/**
 * Gives each recording its due time and enqueues it. It must be called after all recordings are locked, and takes the
 * lanes always in one order: nobody who holds a lane's clock waits for a recording, so there is no deadlock.
 */
export async function queueUp(tx: Tx, userId: string, work: readonly Work[], nowMs: number): Promise<void> {
  for (const lane of ['backfill', 'fresh'] as const) {
    // Newest first: from a backlog a person wants today's recordings first.
    const line = work.filter((item) => item.lane === lane).sort((a, b) => b.startedAtMs - a.startedAtMs);
    if (line.length === 0) continue;
    const lengthsMs = line.map((item) => item.lengthMs);
    const allMs = lengthsMs.reduce((sum, ms) => sum + ms, 0);
    const turn = assignDueTimes(await passTurn(tx, userId, lane, allMs, nowMs), nowMs, lengthsMs);
    const due = line.map((item, index) => ({ ...item, dueAtMs: turn.dueAtMs[index] ?? nowMs }));
    await sql`
      UPDATE recordings SET due_at_ms = due.at_ms, charged_ms = due.length_ms
        FROM unnest(${due.map(({ recordingId }) => recordingId)}::text[], ${due.map(({ dueAtMs }) => dueAtMs)}::bigint[],
                    ${lengthsMs}::bigint[]) AS due (id, at_ms, length_ms)
       WHERE recordings.id = due.id`.execute(tx);
    await enqueueAllInTransaction(queryable(tx), due.map(ingestOf));
    announce(tx, WORK_CHANNEL, QUEUES[lane]);
  }
}
