/** The log of deliveries, and what a person does with them: try the endpoint, send one again, send what was missed. */
import { randomUUID } from 'node:crypto';
import { AfterwordError } from '../errors.ts';
import { notifyChange, notifyFollowed } from '../store/changes.ts';
import type { Database, Tx } from '../store/database.ts';
import type { WebhookDelivery } from '../store/schema.ts';
import { inEndpoint } from './endpoints.ts';
import { enqueueDelivery, release } from './release.ts';

/** The type of what is sent to try an endpoint; it is no event. */
export const TEST_TYPE = 'webhook.test';

/** What a delivery is when it is sent again from the beginning of the schedule. */
export const AGAIN = {
  state: 'held',
  tries: 0,
  first_try_at_ms: null,
  next_try_at_ms: null,
  finished_at_ms: null,
  code: null,
} as const;

interface LoggedAttempt {
  attempt: number;
  startedAtMs: number;
  tookMs: number;
  status: number | null;
  failure: string | null;
}

export interface LoggedDelivery {
  delivery: WebhookDelivery;
  attempts: LoggedAttempt[];
}

interface Page {
  state: 'waiting' | 'delivered' | 'failed' | 'skipped' | null;
  limit: number;
  after: { atMs: number; id: string } | null;
}

/** Latest first; with the last twenty attempts of each. */
export async function listDeliveries(
  db: Database,
  userId: string,
  endpointId: string,
  { state, limit, after }: Page,
): Promise<LoggedDelivery[]> {
  let query = db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('user_id', '=', userId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (state === 'waiting') query = query.where('finished_at_ms', 'is', null);
  else if (state !== null) query = query.where('state', '=', state);
  if (after)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('created_at_ms', 'id'), '<', tuple(after.atMs, after.id)),
    );
  const deliveries = await query.execute();
  const attempts = await attemptsOf(
    db,
    deliveries.map(({ id }) => id),
  );
  return deliveries.map((delivery) => ({ delivery, attempts: (attempts.get(delivery.id) ?? []).slice(-20) }));
}

async function attemptsOf(db: Database, ids: readonly string[]): Promise<Map<string, LoggedAttempt[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where('delivery_id', 'in', ids)
    .orderBy('attempt')
    .execute();
  return Map.groupBy(
    rows.map(({ started_at_ms: startedAtMs, took_ms: tookMs, ...row }) => ({ ...row, startedAtMs, tookMs })),
    ({ delivery_id: id }) => id,
  );
}

/** Sends something that is no event, once. @throws AfterwordError `not_found` */
export async function sendTest(db: Database, userId: string, endpointId: string): Promise<string> {
  const id = `whd_${randomUUID()}`;
  await inEndpoint(db, userId, endpointId, async (tx) => {
    const created = { endpoint_id: endpointId, user_id: userId, type: TEST_TYPE, created_at_ms: Date.now() };
    await tx
      .insertInto('webhook_deliveries')
      .values({ ...created, id, state: 'held' })
      .execute();
    await enqueueDelivery(tx, { id, attempt: 1 }, 0);
  });
  return id;
}

/**
 * Sends one again, whatever came of it, under the same `webhook-id`. One that waits for its next attempt is sent at once.
 * @throws AfterwordError `not_found`, `webhook_disabled`
 */
export async function replayDelivery(
  db: Database,
  userId: string,
  endpointId: string,
  deliveryId: string,
): Promise<void> {
  await inEndpoint(db, userId, endpointId, async (tx, endpoint) => {
    const delivery = await tx
      .selectFrom('webhook_deliveries')
      .select(['attempt', 'state', 'type'])
      .where('id', '=', deliveryId)
      .where('endpoint_id', '=', endpointId)
      .forUpdate()
      .executeTakeFirst();
    if (!delivery) throw new AfterwordError('not_found');
    if (endpoint.disabled_at_ms !== null && delivery.type !== TEST_TYPE)
      throw new AfterwordError('webhook_disabled');
    if (delivery.state === 'held' || delivery.state === 'queued') return;
    await tx.updateTable('webhook_deliveries').set(AGAIN).where('id', '=', deliveryId).execute();
    await enqueueDelivery(tx, { id: deliveryId, attempt: delivery.attempt + 1 }, 0);
  });
}

/**
 * Sends what was not delivered since a time, as far back as events are kept: the endpoint reads the log again from there.
 * @throws AfterwordError `not_found`, `webhook_disabled`
 */
export async function recoverSince(
  db: Database,
  userId: string,
  endpointId: string,
  sinceMs: number,
): Promise<void> {
  await inEndpoint(db, userId, endpointId, async (tx, endpoint) => {
    if (endpoint.disabled_at_ms !== null) throw new AfterwordError('webhook_disabled');
    const first = await firstSince(tx, userId, sinceMs);
    if (first === null || first > endpoint.read_to) return;
    await tx
      .updateTable('webhook_endpoints')
      .set({ read_to: first - 1 })
      .where('id', '=', endpointId)
      .execute();
    await release(tx, endpoint);
    notifyChange(tx, userId);
    notifyFollowed(tx, userId);
  });
}

async function firstSince(tx: Tx, userId: string, sinceMs: number): Promise<number | null> {
  const { number } = await tx
    .selectFrom('events')
    .select(({ fn }) => fn.min('number').as('number'))
    .where('user_id', '=', userId)
    .where('at_ms', '>=', sinceMs)
    .executeTakeFirstOrThrow();
  return number === null ? null : Number(number);
}

/** The log is kept as long as the events. @returns how many went, `most` at once */
export async function deleteOldDeliveries(db: Database, keepMs: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('webhook_deliveries')
    .where(({ eb, selectFrom }) =>
      eb(
        'id',
        'in',
        selectFrom('webhook_deliveries')
          .select('id')
          .where('finished_at_ms', '<', Date.now() - keepMs)
          .orderBy('finished_at_ms')
          .limit(most)
          .forUpdate()
          .skipLocked(),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
