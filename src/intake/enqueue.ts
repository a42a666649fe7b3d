import { enqueueInTransaction } from '../engine/enqueue.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { Conversation, Lane, Recording } from '../store/schema.ts';
import { priorityOf } from './fair-queue.ts';

/** Names that rows in the queue carry across deployments: an api and a worker of two versions agree on them. */
export const WORKFLOWS = { ingest: 'ingest', understand: 'understand' } as const;
/** Each has places of its own, so that no backlog keeps a fresh recording or a quiet conversation waiting. */
export const QUEUES = {
  fresh: 'ingest-fresh',
  backfill: 'ingest-backfill',
  understand: 'understand',
} as const;

/** The row of one attempt's work; `<id>:<attempt>` is also what finds it again. */
export function ingestId(recordingId: string, attempt: number): string {
  return `ingest:${recordingId}:${attempt}`;
}

/** The recording that such a row is about. */
export function recordingOf(workflowId: string): string {
  return workflowId.split(':')[1] ?? '';
}

/** What the ids of all understandings of one conversation begin with. */
export function understandPrefix(conversationId: string): string {
  return `understand:${conversationId}:`;
}

interface IngestTurn {
  recordingId: string;
  attempt: number;
  lane: Lane;
  dueAtMs: number;
}

/** Enqueues a recording's work inside the transaction that writes its row: both exist, or neither. */
export async function enqueueIngest(tx: Tx, turn: IngestTurn, delayMs = 0): Promise<void> {
  await enqueueInTransaction(queryable(tx), {
    workflowName: WORKFLOWS.ingest,
    queueName: QUEUES[turn.lane],
    workflowId: ingestId(turn.recordingId, turn.attempt),
    args: [turn.recordingId, turn.attempt],
    priority: priorityOf(turn.dueAtMs),
    delayMs,
  });
}

/** It has had its turn already: when its time comes, it is due. */
export async function enqueueAnotherTry(
  tx: Tx,
  recording: Recording,
  attempt: number,
  delayMs: number,
): Promise<void> {
  const { id: recordingId, lane } = recording;
  await enqueueIngest(tx, { recordingId, attempt, lane, dueAtMs: Date.now() + delayMs }, delayMs);
}

/** Of a conversation: one attempt at one version of its words. */
type UnderstandTurn = Pick<Conversation, 'id' | 'revision' | 'attempt'>;

/**
 * Enqueues the understanding of a conversation that nothing on its way can touch, for when its sender is quiet.
 * `occasion` is the recording that made it so: another one may make the same words quiet again later.
 */
export async function enqueueUnderstand(
  tx: Tx,
  { id, revision, attempt }: UnderstandTurn,
  occasion: string,
  delayMs: number,
): Promise<void> {
  await enqueueInTransaction(queryable(tx), {
    workflowName: WORKFLOWS.understand,
    queueName: QUEUES.understand,
    workflowId: understandId({ id, revision }, occasion),
    args: [id, revision, attempt],
    delayMs,
  });
}

/** The occasion is the attempt itself: it is made once, whoever asks for it. */
export async function enqueueUnderstandAgain(tx: Tx, turn: UnderstandTurn, delayMs: number): Promise<void> {
  await enqueueUnderstand(tx, turn, againOccasion(turn), delayMs);
}

function againOccasion({ attempt }: Pick<UnderstandTurn, 'attempt'>): string {
  return `attempt-${attempt}`;
}

/** The row of a conversation's further attempt, to find it again. */
export function understandAgainId(turn: UnderstandTurn): string {
  return understandId(turn, againOccasion(turn));
}

function understandId({ id, revision }: Pick<UnderstandTurn, 'id' | 'revision'>, occasion: string): string {
  return `${understandPrefix(id)}${revision}:${occasion}`;
}
