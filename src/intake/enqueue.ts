import { enqueueInTransaction } from '../engine/enqueue.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { Conversation, Lane, Recording } from '../store/schema.ts';
import { lockTurn, moveTurn, noteCharge } from './charge.ts';
import { priorityOf, takeTurns } from './fair-queue.ts';

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
  /** The request that asked for it, for the log. */
  requestId?: string | undefined;
}

/** Enqueues a recording's work inside the transaction that writes its row: both exist, or neither. */
export async function enqueueIngest(tx: Tx, turn: IngestTurn, delayMs = 0): Promise<void> {
  await enqueueInTransaction(queryable(tx), {
    workflowName: WORKFLOWS.ingest,
    queueName: QUEUES[turn.lane],
    workflowId: ingestId(turn.recordingId, turn.attempt),
    args: [turn.recordingId, turn.attempt, ...(turn.requestId === undefined ? [] : [turn.requestId])],
    priority: priorityOf(turn.dueAtMs),
    delayMs,
  });
}

/** It has had its turn already: when its time comes, it is due. */
export async function enqueueAnotherTry(
  tx: Tx,
  recording: Recording,
  next: Pick<IngestTurn, 'attempt' | 'requestId'>,
  delayMs: number,
): Promise<void> {
  const { id: recordingId, lane } = recording;
  await enqueueIngest(tx, { recordingId, ...next, lane, dueAtMs: Date.now() + delayMs }, delayMs);
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

/** One attempt at a recording, to be queued. */
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
 * Gives each its turn and enqueues it. Called after all recordings are locked, and the lanes always in one order:
 * nobody who holds a turn waits for a recording, so that there is no circle to wait in.
 */
export async function queueUp(tx: Tx, userId: string, work: readonly Work[], nowMs: number): Promise<void> {
  for (const lane of ['backfill', 'fresh'] as const) {
    // Newest first: of a backlog, today is what its person looks for.
    const line = work.filter((item) => item.lane === lane).sort((a, b) => b.startedAtMs - a.startedAtMs);
    if (line.length === 0) continue;
    const servedMs = await lockTurn(tx, userId, lane);
    const turn = takeTurns(
      servedMs,
      nowMs,
      line.map((item) => item.lengthMs),
    );
    await moveTurn(tx, userId, lane, turn.servedMs);
    for (const [index, item] of line.entries()) {
      const dueAtMs = turn.dueAtMs[index] ?? nowMs;
      await noteCharge(tx, item.recordingId, { due_at_ms: dueAtMs, charged_ms: item.lengthMs });
      await enqueueIngest(tx, { ...item, dueAtMs });
    }
  }
}
