/** API keys as rows: made, found, listed and revoked. */
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { ensurePerson } from '../store/person-row.ts';
import { inTransaction } from '../store/transaction.ts';
import { digestOf, keyIdOf, newKey, sameDigest } from './api-key.ts';
import { SCOPES, type Scope } from './scopes.ts';

/** Of one person, revoked and expired ones not counted. */
const MOST_KEYS = 50;
/** The time of the last use is written at most this often: a key that is asked with a thousand times a second costs one write. */
export const USE_NOTED_EVERY_MS = 60_000;
const KEYS_AT_ONCE = 500;
/** Rows of keys that ended this long ago are removed when their person makes another one. */
const ENDED_KEPT_MS = 90 * 24 * 3_600_000;

export interface ApiKey {
  id: string;
  userId: string;
  name: string;
  scopes: Scope[];
  createdAtMs: number;
  expiresAtMs: number | null;
  lastUsedAtMs: number | null;
  revokedAtMs: number | null;
}

interface Wanted {
  userId: string;
  name: string;
  scopes: readonly Scope[];
  expiresAtMs: number | null;
}

const COLUMNS = [
  'id',
  'user_id',
  'name',
  'scopes',
  'created_at_ms',
  'expires_at_ms',
  'last_used_at_ms',
  'revoked_at_ms',
] as const;

/**
 * @returns the key itself, which is not stored and cannot be shown again
 * @throws AfterwordError `too_many_keys`, `user_deleted`
 */
export async function createKey(
  db: Database,
  secret: Buffer,
  { userId, name, scopes, expiresAtMs }: Wanted,
  timeZone: string,
): Promise<{ key: ApiKey; token: string }> {
  const { id, token } = newKey();
  const nowMs = Date.now();
  const row = await inTransaction(db, async (tx) => {
    await ensurePerson(tx, userId, timeZone);
    // One at a time for each person, so that the count holds.
    const person = await tx
      .selectFrom('users')
      .select('deleted_at_ms')
      .where('id', '=', userId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    // A deletion that runs at this moment removes their keys, and this one would stay.
    if (person?.deleted_at_ms != null) throw new AfterwordError('user_deleted');
    await tx
      .deleteFrom('api_keys')
      .where('user_id', '=', userId)
      .where(({ eb, fn }) =>
        eb(fn<number>('least', ['revoked_at_ms', 'expires_at_ms']), '<', nowMs - ENDED_KEPT_MS),
      )
      .execute();
    const { count } = await tx
      .selectFrom('api_keys')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .where('revoked_at_ms', 'is', null)
      .where(({ eb, or }) => or([eb('expires_at_ms', 'is', null), eb('expires_at_ms', '>', nowMs)]))
      .executeTakeFirstOrThrow();
    if (count >= MOST_KEYS) throw new AfterwordError('too_many_keys');
    return await tx
      .insertInto('api_keys')
      .values({
        id,
        user_id: userId,
        name,
        digest: digestOf(secret, token),
        scopes: [...scopes],
        created_at_ms: nowMs,
        expires_at_ms: expiresAtMs,
      })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
  });
  return { key: toKey(row), token };
}

/**
 * Finds the person and the scopes of a key. A mistyped key is refused without a query.
 * @throws AfterwordError `key_mistyped`, `key_refused`
 */
export async function checkKey(db: Database, secret: Buffer, token: string): Promise<ApiKey> {
  const id = keyIdOf(token);
  if (id === null) throw new AfterwordError('key_mistyped');
  const row = await db
    .selectFrom('api_keys')
    .select([...COLUMNS, 'digest'])
    .where('id', '=', id)
    .executeTakeFirst();
  const digest = digestOf(secret, token);
  // An unknown key is compared too, so that its refusal takes as long as that of a known one.
  const isRight = sameDigest(digest, row?.digest ?? digestOf(secret, 'nobody'));
  if (!row || !isRight) throw new AfterwordError('key_refused');
  const nowMs = Date.now();
  if (row.revoked_at_ms !== null) throw new AfterwordError('key_refused', 'The API key was revoked.');
  if (row.expires_at_ms !== null && row.expires_at_ms <= nowMs)
    throw new AfterwordError('key_refused', 'The API key has expired.');
  await noteUse(db, id, row.last_used_at_ms, nowMs);
  return toKey(row);
}

async function noteUse(db: Database, id: string, lastMs: number | null, nowMs: number): Promise<void> {
  // A clock that was set back notes again too.
  if (lastMs !== null && Math.abs(nowMs - lastMs) < USE_NOTED_EVERY_MS) return;
  await db
    .updateTable('api_keys')
    .set({ last_used_at_ms: nowMs })
    .where('id', '=', id)
    .where(({ eb, or }) =>
      or([
        eb('last_used_at_ms', 'is', null),
        eb('last_used_at_ms', '<=', nowMs - USE_NOTED_EVERY_MS),
        eb('last_used_at_ms', '>', nowMs),
      ]),
    )
    .execute();
}

/** One page, latest first. @param userId null: those of everybody, for the operator's command line */
export async function listKeys(
  db: Database,
  userId: string | null,
  { limit, after }: { limit: number; after: { atMs: number; id: string } | null },
): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(COLUMNS)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId ?? ''))
    .$if(after !== null, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at_ms', 'id'), '<', tuple(after?.atMs ?? 0, after?.id ?? '')),
      ),
    )
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toKey);
}

/** All of them, read page by page: ended keys are kept for 90 days, so a person may have more than a page holds. */
export async function everyKey(db: Database, userId: string | null): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const last = keys.at(-1);
    const after = last ? { atMs: last.createdAtMs, id: last.id } : null;
    const page = await listKeys(db, userId, { limit: KEYS_AT_ONCE, after });
    keys.push(...page);
    if (page.length < KEYS_AT_ONCE) return keys;
  }
}

/**
 * The key is refused from the next request on. Revoking twice does no harm.
 * @param userId null: whosever it is, for the operator's command line
 * @throws AfterwordError `not_found`
 */
export async function revokeKey(db: Database, userId: string | null, id: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set(({ fn, val }) => ({ revoked_at_ms: fn.coalesce('revoked_at_ms', val(Date.now())) }))
    .where('id', '=', id)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId ?? ''))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new AfterwordError('not_found');
}

interface Row {
  id: string;
  user_id: string;
  name: string;
  scopes: string[];
  created_at_ms: number;
  expires_at_ms: number | null;
  last_used_at_ms: number | null;
  revoked_at_ms: number | null;
}

/** A scope of a later version is not known here, and gives nothing. */
function toKey(row: Row): ApiKey {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    revokedAtMs: row.revoked_at_ms,
  };
}
