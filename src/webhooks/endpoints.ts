/** Endpoints of a person as rows: made, listed, changed, deleted. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import { lastNumber } from '../events/read.ts';
import type { EventType } from '../events/types.ts';
import type { SecretBox } from '../sign-in/secret-box.ts';
import type { Database, Tx } from '../store/database.ts';
import { forgetWorkOf } from '../store/forgotten-work.ts';
import { keepPerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import type { WebhookEndpoint } from '../store/schema.ts';
import type { WebhookFormat } from '../store/tables/telling.ts';
import { inTransaction } from '../store/transaction.ts';
import { addressOf, mayReach, type Reach } from './reachable.ts';
import { deliverId, endWaiting, lockEndpoint, release } from './release.ts';
import { newWebhookSecret } from './signature.ts';

/** Of one person. */
const MOST_ENDPOINTS = 10;
/** After the secret was changed, both sign for so long. */
const BOTH_SIGN_MS = 24 * 3_600_000;

export interface WebhookParts {
  db: Database;
  box: SecretBox;
  reach: Reach;
  timeZone: string;
}

interface Chosen {
  url: string;
  description: string | null;
  types: EventType[] | null;
  format: WebhookFormat;
  ordered: boolean;
}

/** Where a secret belongs: moved to another row it cannot be opened. */
const placeOf = (endpointId: string) => `webhook:${endpointId}`;

/** @throws AfterwordError `webhook_address` */
function checkUrl(given: string, reach: Reach): string {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new AfterwordError('webhook_address', 'The address must begin with https://');
  // It is shown and logged.
  if (url.username !== '' || url.password !== '')
    throw new AfterwordError('webhook_address', 'The address must not hold a password.');
  url.hash = '';
  const address = addressOf(url) ?? (/(^|\.)localhost\.?$/.test(url.hostname) ? '127.0.0.1' : null);
  // What a name leads to is looked at when something is sent.
  if (address !== null && !mayReach(address, reach, url.protocol === 'http:'))
    throw new AfterwordError('webhook_address', `${url.host} is not an address that webhooks may reach.`);
  return url.href;
}

/**
 * @returns with the secret, which cannot be shown again
 * @throws AfterwordError `too_many_webhooks`, `webhook_address`, `user_deleted`
 */
export async function createEndpoint(
  { db, box, reach, timeZone }: WebhookParts,
  userId: string,
  chosen: Chosen,
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const id = `whk_${randomUUID()}`;
  const secret = newWebhookSecret();
  const url = checkUrl(chosen.url, reach);
  const endpoint = await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    await ensurePerson(tx, userId, timeZone);
    await requireThere(tx, userId);
    // One at a time for each person, so that the count holds. The person's row may be locked by the work on a timeline.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || ${userId}::text, 0))`.execute(tx);
    const { count } = await tx
      .selectFrom('webhook_endpoints')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    if (count >= MOST_ENDPOINTS) throw new AfterwordError('too_many_webhooks');
    const nowMs = Date.now();
    return await tx
      .insertInto('webhook_endpoints')
      .values({
        ...chosen,
        id,
        url,
        user_id: userId,
        secret: box.seal(secret, placeOf(id)),
        // It is told what comes from now on.
        read_to: await lastNumber(tx, userId),
        created_at_ms: nowMs,
        updated_at_ms: nowMs,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return { endpoint, secret };
}

/** Latest first. */
export async function listEndpoints(db: Database, userId: string): Promise<WebhookEndpoint[]> {
  return await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute();
}

/** @throws AfterwordError `not_found` */
export async function readEndpoint(db: Database, userId: string, id: string): Promise<WebhookEndpoint> {
  const endpoint = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (!endpoint) throw new AfterwordError('not_found');
  return endpoint;
}

/**
 * Enabled again, an endpoint is told what comes from then on, and may ask for what it has missed.
 * @throws AfterwordError `not_found`, `webhook_address`
 */
export async function changeEndpoint(
  { db, reach }: WebhookParts,
  userId: string,
  id: string,
  { enabled, ...change }: Partial<Chosen> & { enabled?: boolean | undefined },
): Promise<WebhookEndpoint> {
  const url = change.url === undefined ? undefined : checkUrl(change.url, reach);
  return await inEndpoint(db, userId, id, async (tx, before) => {
    const nowMs = Date.now();
    const wasEnabled = before.disabled_at_ms === null;
    const after = await tx
      .updateTable('webhook_endpoints')
      .set({
        ...change,
        ...(url === undefined ? {} : { url }),
        updated_at_ms: nowMs,
        ...(enabled === true && !wasEnabled
          ? {
              disabled_at_ms: null,
              disabled_code: null,
              failing_since_ms: null,
              last_failed_at_ms: null,
              paused_until_ms: null,
              read_to: await lastNumber(tx, userId),
            }
          : {}),
        ...(enabled === false && wasEnabled ? { disabled_at_ms: nowMs, disabled_code: 'by_person' } : {}),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (enabled === false) await endWaiting(tx, id, 'endpoint_disabled');
    await release(tx, after);
    return after;
  });
}

/** @throws AfterwordError `not_found` */
export async function deleteEndpoint(db: Database, userId: string, id: string): Promise<void> {
  await inEndpoint(db, userId, id, async (tx) => {
    await forgetDeliveries(tx, userId, id);
    await tx.deleteFrom('webhook_endpoints').where('id', '=', id).execute();
  });
}

/** In the deletion of a person. */
export async function forgetWebhooks(tx: Tx, userId: string): Promise<void> {
  await tx.selectFrom('webhook_endpoints').select('id').where('user_id', '=', userId).forUpdate().execute();
  await forgetDeliveries(tx, userId, null);
  await tx.deleteFrom('webhook_endpoints').where('user_id', '=', userId).execute();
}

async function forgetDeliveries(tx: Tx, userId: string, endpointId: string | null): Promise<void> {
  const gone = await tx
    .deleteFrom('webhook_deliveries')
    .where('user_id', '=', userId)
    .$if(endpointId !== null, (query) => query.where('endpoint_id', '=', endpointId ?? ''))
    .returning(['id', 'attempt'])
    .execute();
  const work = gone.flatMap(({ id, attempt }) =>
    Array.from({ length: attempt }, (_, before) => deliverId({ id, attempt: before + 1 })),
  );
  await forgetWorkOf(tx, work);
}

/**
 * The secret before signs beside the new one for a day, so that receivers can change theirs in between.
 * @throws AfterwordError `not_found`
 */
export async function rotateSecret(
  { db, box }: WebhookParts,
  userId: string,
  id: string,
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const secret = newWebhookSecret();
  const endpoint = await inEndpoint(db, userId, id, async (tx, before) => {
    const nowMs = Date.now();
    return await tx
      .updateTable('webhook_endpoints')
      .set({
        secret: box.seal(secret, placeOf(id)),
        previous_secret: before.secret,
        previous_until_ms: nowMs + BOTH_SIGN_MS,
        updated_at_ms: nowMs,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return { endpoint, secret };
}

/** The secrets that sign at this time, the newest first. @throws SealBroken */
export function signingSecrets(box: SecretBox, endpoint: WebhookEndpoint, nowMs: number): string[] {
  const { id, secret, previous_secret: previous, previous_until_ms: untilMs } = endpoint;
  const both = previous !== null && untilMs !== null && nowMs < untilMs ? [secret, previous] : [secret];
  return both.map((sealed) => box.open(sealed, placeOf(id)));
}

/** @throws AfterwordError `not_found` */
export async function inEndpoint<T>(
  db: Database,
  userId: string,
  id: string,
  work: (tx: Tx, endpoint: WebhookEndpoint) => Promise<T>,
): Promise<T> {
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    const endpoint = await lockEndpoint(tx, userId, id);
    if (!endpoint) throw new AfterwordError('not_found');
    return await work(tx, endpoint);
  });
}
