/**
 * Delivers as a durable workflow: one for each attempt. It is sent at least once, for a process can die after the request and
 * before it is noted; it is noted once, since only the attempt that the row names may be.
 */
import { lastStep, registerWorkflow, step } from '../engine/dbos.ts';
import { noteWebhook } from '../events/note.ts';
import { commit } from '../pipeline/commit.ts';
import type { PipelineContext } from '../pipeline/context.ts';
import { SealBroken, type SecretBox } from '../sign-in/secret-box.ts';
import { type Tx, writerOf } from '../store/database.ts';
import type { WebhookDelivery, WebhookEndpoint } from '../store/schema.ts';
import { wordFreeError } from '../word-free.ts';
import { messageOf } from './body.ts';
import { TEST_TYPE } from './deliveries.ts';
import { signingSecrets } from './endpoints.ts';
import { type Outcome, post } from './post.ts';
import type { Reach } from './reachable.ts';
import { DELIVER, endWaiting, enqueueDelivery, lockEndpoint, release } from './release.ts';
import { afterFailure, pauseMs, stillFailing } from './schedule.ts';
import { signedHeaders } from './signature.ts';

/** A database that restarts is back within a minute and a half. */
const RESTART = { attempts: 12, intervalMs: 500, backoff: 1.5 };
const GONE = 410;

export interface DeliveryContext
  extends Pick<PipelineContext, 'db' | 'lease' | 'log' | 'changes' | 'stopping'> {
  box: SecretBox;
  reach: Reach;
}

/** What one attempt has come to; the engine stores it, so it names nobody. */
interface Sent extends Outcome {
  startedAtMs: number;
  tookMs: number;
}

export function registerDeliveries(context: DeliveryContext): void {
  registerWorkflow(DELIVER, async (deliveryId: string, attempt: number) => {
    const options = { ...RESTART, recorded: wordFreeError };
    const sent = await step('send', (signal) => send(context, deliveryId, attempt, signal), options);
    if (sent) await lastStep(() => note(context, deliveryId, attempt, sent), context.stopping, options);
  });
}

/** @returns null if this attempt is not wanted any more */
async function send(
  { db, box, reach }: DeliveryContext,
  deliveryId: string,
  attempt: number,
  signal: AbortSignal,
): Promise<Sent | null> {
  const delivery = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('id', '=', deliveryId)
    .where('attempt', '=', attempt)
    .where('finished_at_ms', 'is', null)
    .executeTakeFirst();
  if (!delivery) return null;
  const endpoint = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', delivery.endpoint_id)
    .where('user_id', '=', delivery.user_id)
    .executeTakeFirst();
  if (!endpoint) return null;
  const startedAtMs = Date.now();
  const since = performance.now();
  const outcome = await sendNow({ db, box, reach }, { endpoint, delivery, startedAtMs }, signal);
  const tookMs = Math.round(performance.now() - since);
  return { ...outcome, startedAtMs, tookMs };
}

async function sendNow(
  { db, box, reach }: Pick<DeliveryContext, 'db' | 'box' | 'reach'>,
  {
    endpoint,
    delivery,
    startedAtMs,
  }: { endpoint: WebhookEndpoint; delivery: WebhookDelivery; startedAtMs: number },
  signal: AbortSignal,
): Promise<Outcome> {
  // The views read with a whole database; nothing here writes with it.
  const message = await messageOf(writerOf(db), endpoint, delivery);
  if (typeof message === 'string') return { status: null, failure: message };
  const { url, body } = message;
  let secrets: string[];
  try {
    secrets = signingSecrets(box, endpoint, startedAtMs);
  } catch (error) {
    if (error instanceof SealBroken) return { status: null, failure: 'secret_unreadable' };
    throw error;
  }
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Afterword-Webhooks/1.0',
    ...signedHeaders({ id: delivery.id, atMs: startedAtMs, body }, secrets),
  };
  return await post({ url, headers, body }, { reach, signal });
}

async function note(
  context: DeliveryContext,
  deliveryId: string,
  attempt: number,
  sent: Sent,
): Promise<void> {
  const owner = await context.db
    .selectFrom('webhook_deliveries')
    .select(['user_id as userId', 'endpoint_id as endpointId'])
    .where('id', '=', deliveryId)
    .executeTakeFirst();
  // The endpoint was deleted, or the person.
  if (!owner) return;
  await commit(
    context,
    { userId: owner.userId },
    async (tx) => {
      const endpoint = await lockEndpoint(tx, owner.userId, owner.endpointId);
      const delivery =
        endpoint &&
        (await tx
          .selectFrom('webhook_deliveries')
          .selectAll()
          .where('id', '=', deliveryId)
          .where('attempt', '=', attempt)
          .where('finished_at_ms', 'is', null)
          .forUpdate()
          .executeTakeFirst());
      if (!delivery) return;
      await tx
        .insertInto('webhook_attempts')
        .values({
          delivery_id: deliveryId,
          attempt,
          started_at_ms: sent.startedAtMs,
          took_ms: sent.tookMs,
          status: sent.status,
          failure: sent.failure,
        })
        .execute();
      if (sent.failure === null) await taken(tx, endpoint, delivery);
      else await failed(tx, endpoint, delivery, { ...sent, failure: sent.failure });
    },
    { timeline: false },
  );
}

async function taken(tx: Tx, endpoint: WebhookEndpoint, delivery: WebhookDelivery): Promise<void> {
  const nowMs = Date.now();
  await end(tx, delivery, 'delivered', null);
  if (delivery.type === TEST_TYPE) return;
  const well = { failing_since_ms: null, last_failed_at_ms: null, paused_until_ms: null };
  await changeAndRelease(tx, endpoint, { ...well, last_delivered_at_ms: nowMs });
}

type Failed = Sent & { failure: NonNullable<Outcome['failure']> };

async function failed(
  tx: Tx,
  endpoint: WebhookEndpoint,
  delivery: WebhookDelivery,
  sent: Failed,
): Promise<void> {
  const { failure, status, retryAfterMs } = sent;
  const nowMs = Date.now();
  if (delivery.type === TEST_TYPE) return await end(tx, delivery, 'failed', failure);
  // The receiver has no part in it.
  if (failure === 'event_gone' || failure === 'conversation_gone') {
    await end(tx, delivery, failure === 'event_gone' ? 'failed' : 'skipped', failure);
    return await release(tx, endpoint);
  }
  const before = { failingSinceMs: endpoint.failing_since_ms, lastFailedAtMs: endpoint.last_failed_at_ms };
  const { sinceMs, isOver } = stillFailing(before, nowMs);
  const failing = { failing_since_ms: sinceMs, last_failed_at_ms: nowMs };
  if (status === GONE || isOver)
    return await disable(tx, endpoint, { ...failing, code: status === GONE ? 'gone' : 'failing' });
  const tries = delivery.tries + 1;
  const firstTryAtMs = delivery.first_try_at_ms ?? sent.startedAtMs;
  const next = afterFailure({ tries, firstTryAtMs, nowMs, ordered: endpoint.ordered, retryAfterMs });
  await tx
    .updateTable('webhook_deliveries')
    .set({ tries, first_try_at_ms: firstTryAtMs, code: failure })
    .where('id', '=', delivery.id)
    .execute();
  if (next === 'give-up') await end(tx, delivery, 'failed', failure);
  else if (next === 'skip') {
    await end(tx, delivery, 'skipped', failure);
    // Of a skipped report another one would have to be sent.
    if (delivery.type !== 'webhook.skipped')
      noteWebhook(tx, endpoint.user_id, 'webhook.skipped', {
        webhookId: endpoint.id,
        code: failure,
        skippedNumber: delivery.number,
      });
  } else await enqueueDelivery(tx, { id: delivery.id, attempt: delivery.attempt + 1 }, next.again);
  const pausedMs = pauseMs(retryAfterMs);
  const paused = pausedMs > 0 ? { paused_until_ms: nowMs + pausedMs } : {};
  await changeAndRelease(tx, endpoint, { ...failing, ...paused });
}

async function end(
  tx: Tx,
  { id }: WebhookDelivery,
  state: 'delivered' | 'failed' | 'skipped',
  code: string | null,
): Promise<void> {
  await tx
    .updateTable('webhook_deliveries')
    .set({ state, code, finished_at_ms: Date.now(), next_try_at_ms: null })
    .where('id', '=', id)
    .execute();
}

type Change = Partial<
  Pick<WebhookEndpoint, 'failing_since_ms' | 'last_failed_at_ms' | 'last_delivered_at_ms' | 'paused_until_ms'>
>;

async function changeAndRelease(tx: Tx, endpoint: WebhookEndpoint, change: Change): Promise<void> {
  await tx.updateTable('webhook_endpoints').set(change).where('id', '=', endpoint.id).execute();
  await release(tx, { ...endpoint, ...change });
}

async function disable(
  tx: Tx,
  endpoint: WebhookEndpoint,
  { code, ...failing }: Change & { code: 'gone' | 'failing' },
): Promise<void> {
  const { id, user_id: userId } = endpoint;
  await tx
    .updateTable('webhook_endpoints')
    .set({ ...failing, disabled_at_ms: Date.now(), disabled_code: code })
    .where('id', '=', id)
    .execute();
  await endWaiting(tx, id, 'endpoint_disabled');
  noteWebhook(tx, userId, 'webhook.disabled', { webhookId: id, code, skippedNumber: null });
}
