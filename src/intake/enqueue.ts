import { enqueueInTransaction } from '../engine/enqueue.ts';
import { queryable, type Tx } from '../store/database.ts';

/** Names that rows in the queue carry across deployments: an api and a worker of two versions agree on them. */
export const WORKFLOWS = { ingest: 'ingest', understand: 'understand' } as const;
/** One queue for each, so that long hearing does not keep a quiet conversation waiting. */
export const QUEUES = { ingest: 'ingest', understand: 'understand' } as const;

/** Enqueues a recording's work inside the transaction that writes its row: both exist, or neither. */
export async function enqueueIngest(tx: Tx, recordingId: string, attempt: number): Promise<void> {
  await enqueueInTransaction(queryable(tx), {
    workflowName: WORKFLOWS.ingest,
    queueName: QUEUES.ingest,
    workflowId: `ingest:${recordingId}:${attempt}`,
    args: [recordingId, attempt],
  });
}

/**
 * Enqueues the understanding of a conversation that nothing on its way can touch, for when it has been quiet for a
 * while. `occasion` is the recording that made it so: another one may make the same words quiet again later.
 */
export async function enqueueUnderstand(
  tx: Tx,
  conversationId: string,
  revision: number,
  occasion: string,
  quietMs: number,
): Promise<void> {
  await enqueueInTransaction(queryable(tx), {
    workflowName: WORKFLOWS.understand,
    queueName: QUEUES.understand,
    workflowId: `understand:${conversationId}:${revision}:${occasion}`,
    args: [conversationId, revision],
    delayMs: quietMs,
  });
}
