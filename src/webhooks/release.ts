/**
 * Decides which deliveries of an endpoint are in the queue. The others are held: in order, one goes at a time; otherwise a few
 * do, and while the endpoint fails only one beside those that are tried again. So no endpoint takes the places of others.
 */
import { enqueueInTransaction, WORK_CHANNEL } from '../engine/enqueue.ts';
import { announce } from '../store/announcements.ts';
import { queryable, type Tx } from '../store/database.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../store/schema.ts';

/** Stored with the work, so they never change. */
export const DELIVER = 'deliver';
export const WEBHOOK_QUEUE = 'webhooks';

/** On their way to one endpoint at once. */
const AT_ONCE = 8;
/** What comes so soon after the end of a pause comes at its end. */
const PAUSE_SLACK_MS = 1_000;

export function deliverId({ id, attempt }: Pick<WebhookDelivery, 'id' | 'attempt'>): string {
  return `${DELIVER}:${id}:${attempt}`;
}

/** Enqueues the next attempt of a delivery, whose row the caller has locked. */
export async function enqueueDelivery(
  tx: Tx,
  delivery: Pick<WebhookDelivery, 'id' | 'attempt'>,
  delayMs: number,
): Promise<void> {
  const { id, attempt } = delivery;
  await tx
    .updateTable('webhook_deliveries')
    .set({
      state: delayMs > 0 ? 'delayed' : 'queued',
      attempt,
      next_try_at_ms: Date.now() + Math.round(delayMs),
    })
    .where('id', '=', id)
    .execute();
  await enqueueInTransaction(queryable(tx), {
    workflowName: DELIVER,
    queueName: WEBHOOK_QUEUE,
    workflowId: deliverId(delivery),
    args: [id, attempt],
    delayMs,
  });
  if (delayMs === 0) announce(tx, WORK_CHANNEL, WEBHOOK_QUEUE);
}

/** Every change of deliveries begins with this, so that two of one endpoint never wait for each other. */
export async function lockEndpoint(tx: Tx, userId: string, id: string): Promise<WebhookEndpoint | null> {
  const endpoint = await tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  return endpoint ?? null;
}

/** Puts what may go now into the queue. The endpoint is locked, and read after its last change. */
export async function release(tx: Tx, endpoint: WebhookEndpoint): Promise<void> {
  if (endpoint.disabled_at_ms !== null) return;
  const nowMs = Date.now();
  const pausedMs = Math.max(0, (endpoint.paused_until_ms ?? 0) - nowMs);
  const underWay = await tx
    .selectFrom('webhook_deliveries')
    .select(({ fn, eb }) => [
      fn.countAll<number>().filterWhere('state', '=', 'queued').as('queued'),
      fn.countAll<number>().filterWhere('state', '=', 'delayed').as('delayed'),
      fn
        .countAll<number>()
        .filterWhere(
          eb('state', '=', 'delayed').and('next_try_at_ms', '<=', nowMs + pausedMs + PAUSE_SLACK_MS),
        )
        .as('soon'),
    ])
    .where('endpoint_id', '=', endpoint.id)
    .where('finished_at_ms', 'is', null)
    .where('number', 'is not', null)
    .executeTakeFirstOrThrow();
  const free = placesOf(endpoint, pausedMs > 0, underWay);
  if (free <= 0) return;
  const next = await tx
    .selectFrom('webhook_deliveries')
    .select(['id', 'attempt'])
    .where('endpoint_id', '=', endpoint.id)
    .where('finished_at_ms', 'is', null)
    .where('state', '=', 'held')
    .orderBy('number')
    .limit(free)
    .execute();
  for (const delivery of next) await enqueueDelivery(tx, delivery, pausedMs);
}

function placesOf(
  { ordered, failing_since_ms: failingSinceMs }: WebhookEndpoint,
  isPaused: boolean,
  { queued, delayed, soon }: { queued: number; delayed: number; soon: number },
): number {
  if (ordered) return 1 - queued - delayed;
  // One finds out when the pause is over; then the others follow.
  if (isPaused) return 1 - queued - soon;
  return (failingSinceMs === null ? AT_ONCE : 1) - queued;
}

/** Ends what waits, as the endpoint is disabled or its filter was narrowed. */
export async function endWaiting(tx: Tx, endpointId: string, code: string): Promise<void> {
  await tx
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', code, finished_at_ms: Date.now(), next_try_at_ms: null })
    .where('endpoint_id', '=', endpointId)
    .where('finished_at_ms', 'is', null)
    .where('number', 'is not', null)
    .execute();
}
