/** Where a person is told: their phones and browsers. The address of each is write-only: whoever has it can send there. */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import { lastNumber } from '../events/read.ts';
import type { SecretBox } from '../sign-in/secret-box.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import { ensurePerson, requireThere } from '../store/person-row.ts';
import type { PushDevice } from '../store/schema.ts';
import type { Lane } from '../store/tables/columns.ts';
import { inTransaction } from '../store/transaction.ts';
import { NOTHING_YET } from './rule.ts';

export const MOST_DEVICES = 20;

/** Of a browser: what `PushSubscription` gives to the page. */
export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export type Address = { kind: 'fcm'; token: string } | { kind: 'web'; subscription: Subscription };

export interface Device {
  id: string;
  kind: 'fcm' | 'web';
  name: string | null;
  titles: boolean;
  createdAtMs: number;
  lastSentAtMs: number | null;
}

interface Wanted {
  address: Address;
  name: string | null;
  /** undefined: as it was, and no titles for a new device. */
  titles?: boolean | undefined;
  /** Of Omi's app: its next token replaces the one before. */
  deviceKey?: string | null;
  /** Whether the device that registered longest ago makes room, or the new one is refused. */
  makesRoom: boolean;
}

interface Parts {
  db: Database;
  box: SecretBox;
  timeZone: string;
}

/**
 * Registers a device, or the same one again. From then on its person is told of what happens.
 * @throws AfterwordError `too_many_devices`, `user_deleted`
 */
export async function registerDevice(
  { db, box, timeZone }: Parts,
  userId: string,
  { address, name, titles, deviceKey = null, makesRoom }: Wanted,
): Promise<Device> {
  const text = JSON.stringify(address);
  const digest = digestOf(address);
  return await inTransaction(db, async (tx) => {
    await keepPerson(tx, userId);
    await ensurePerson(tx, userId, timeZone);
    await requireThere(tx, userId);
    await followFromNow(tx, userId);
    const known = await tx
      .selectFrom('push_devices')
      .selectAll()
      .where('user_id', '=', userId)
      .where(({ eb, or }) => or([eb('address_digest', '=', digest), eb('device_key', '=', deviceKey)]))
      .orderBy(sql`address_digest = ${digest}`, 'desc')
      .execute();
    // Somebody else has signed in on this phone: what was theirs is told there no more.
    await tx.deleteFrom('push_devices').where('address_digest', '=', digest).execute();
    for (const one of known) await tx.deleteFrom('push_devices').where('id', '=', one.id).execute();
    await makeRoom(tx, userId, makesRoom);
    const [before] = known;
    const id = before?.id ?? `dev_${randomUUID()}`;
    const nowMs = Date.now();
    const device = await tx
      .insertInto('push_devices')
      .values({
        id,
        user_id: userId,
        kind: address.kind,
        name: name ?? before?.name ?? null,
        device_key: deviceKey ?? before?.device_key ?? null,
        address: box.seal(text, placeOf(id)),
        address_digest: digest,
        titles: titles ?? before?.titles ?? false,
        created_at_ms: before?.created_at_ms ?? nowMs,
        registered_at_ms: nowMs,
        last_sent_at_ms: before?.last_sent_at_ms ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toDevice(device);
  });
}

async function makeRoom(tx: Tx, userId: string, removes: boolean): Promise<void> {
  const devices = await tx
    .selectFrom('push_devices')
    .select('id')
    .where('user_id', '=', userId)
    .orderBy('registered_at_ms')
    .execute();
  const tooMany = devices.slice(0, Math.max(0, devices.length - MOST_DEVICES + 1));
  if (tooMany.length > 0 && !removes) throw new AfterwordError('too_many_devices');
  for (const { id } of tooMany) await tx.deleteFrom('push_devices').where('id', '=', id).execute();
}

/**
 * The log is read from here on. What is under way is noted, so that a backlog which was sent before is told by its summary. The
 * row is locked: registrations of one person come one after another.
 */
async function followFromNow(tx: Tx, userId: string): Promise<void> {
  const begun = await tx
    .insertInto('push_people')
    .values({
      user_id: userId,
      read_to: await lastNumber(tx, userId),
      state: JSON.stringify(NOTHING_YET),
      due_at_ms: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (!begun) {
    await tx.selectFrom('push_people').select('user_id').where('user_id', '=', userId).forUpdate().execute();
    return;
  }
  const { rows } = await sql<{ lane: Lane }>`
    INSERT INTO push_uploads (user_id, upload_id, lane)
    SELECT ${userId}, uploads.id, CASE WHEN bool_or(r.lane = 'backfill') THEN 'backfill' ELSE 'fresh' END
      FROM uploads
      JOIN upload_files f ON f.upload_id = uploads.id
      JOIN recordings r ON r.id = f.recording_id
     WHERE uploads.user_id = ${userId}
       AND NOT EXISTS (SELECT FROM upload_ends WHERE upload_id = uploads.id)
     GROUP BY uploads.id
    ON CONFLICT (user_id, upload_id) DO UPDATE SET lane = excluded.lane
    RETURNING lane`.execute(tx);
  if (!rows.some(({ lane }) => lane === 'backfill')) return;
  const nowMs = Date.now();
  const backlog = {
    sinceMs: nowMs,
    quietSinceMs: nowMs,
    conversations: 0,
    conversationId: null,
    silent: 0,
    needsYou: 0,
    without: 0,
  };
  await tx
    .updateTable('push_people')
    .set({ state: JSON.stringify({ ...NOTHING_YET, backlog }), due_at_ms: nowMs })
    .where('user_id', '=', userId)
    .execute();
}

/** Latest first. */
export async function listDevices(db: Database, userId: string): Promise<Device[]> {
  const rows = await db
    .selectFrom('push_devices')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toDevice);
}

/** @throws AfterwordError `not_found` */
export async function removeDevice(db: Database, userId: string, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    const removed = await tx
      .deleteFrom('push_devices')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) throw new AfterwordError('not_found');
    await followNoMore(tx, userId);
  });
}

/** Nothing reads the log of a person who has no device left. */
export async function followNoMore(tx: Tx, userId: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('push_people')
    .where('user_id', '=', userId)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('push_devices').select('id').where('user_id', '=', userId))),
    )
    .executeTakeFirst();
  if (numDeletedRows > 0n) await tx.deleteFrom('push_uploads').where('user_id', '=', userId).execute();
}

/** In the deletion of a person. Whoever is deciding what they are told holds the first of these rows. */
export async function forgetPush(tx: Tx, userId: string): Promise<void> {
  for (const table of ['push_people', 'push_devices', 'push_uploads', 'push_told', 'push_messages'] as const)
    await tx.deleteFrom(table).where('user_id', '=', userId).execute();
}

/** @throws SealBroken */
export function addressOf(box: SecretBox, { id, address }: PushDevice): Address {
  // It was written above.
  return JSON.parse(box.open(address, placeOf(id))) as Address;
}

function placeOf(id: string): string {
  return `push:${id}`;
}

/** Tokens and endpoints are long and random, so their digest tells nothing of them. */
function digestOf(address: Address): Buffer {
  const own = address.kind === 'fcm' ? address.token : address.subscription.endpoint;
  return createHash('sha256').update(`${address.kind}:${own}`).digest();
}

function toDevice(row: PushDevice): Device {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    titles: row.titles,
    createdAtMs: row.created_at_ms,
    lastSentAtMs: row.last_sent_at_ms,
  };
}

/** @returns how many messages went, `most` at once: what is kept of them is kept as long as events */
export async function deleteOldMessages(db: Database, keepMs: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('push_messages')
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('push_messages')
        .select('id')
        .where('expires_at_ms', '<', Date.now() - keepMs)
        .orderBy('expires_at_ms')
        .limit(most)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
