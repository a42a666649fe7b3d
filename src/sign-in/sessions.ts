/** Sessions of the page as rows. The cookie is a random token, of which only a digest is stored. */
import { randomBytes } from 'node:crypto';
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { inTransaction } from '../store/transaction.ts';
import { digestOf } from './api-key.ts';
import type { Known } from './identities.ts';
import { USE_NOTED_EVERY_MS } from './keys.ts';

/** A session ends this long after its sign-in, however much it is used. */
export const LONGEST_MS = 30 * 24 * 3_600_000;
/** And this long after it was last used. */
const IDLE_MS = 7 * 24 * 3_600_000;
/** Of one person at once; the one that was not used for the longest time ends for a new one. */
const MOST_SESSIONS = 20;
const LONGEST_AGENT = 200;
/** 32 random bytes as base64url. */
const TOKEN = /^[\w-]{43}$/;

export interface Session {
  id: string;
  agent: string | null;
  createdAtMs: number;
  lastUsedAtMs: number;
  expiresAtMs: number;
}

/**
 * Always makes a new token, and ends the session that the browser had before: a cookie that somebody has put there before
 * the sign-in is worth nothing after it.
 */
export async function beginSession(
  db: Database,
  secret: Buffer,
  { userId, identityId }: Known,
  { agent, before }: { agent: string | undefined; before: string | undefined },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const nowMs = Date.now();
  await inTransaction(db, async (tx) => {
    await tx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
    if (before !== undefined)
      await tx.deleteFrom('sessions').where('digest', '=', digestOf(secret, before)).execute();
    await tx
      .deleteFrom('sessions')
      .where(({ eb, or }) =>
        or([eb('expires_at_ms', '<=', nowMs), eb('last_used_at_ms', '<=', nowMs - IDLE_MS)]),
      )
      .execute();
    await tx
      .deleteFrom('sessions')
      .where('id', 'in', (query) =>
        query
          .selectFrom('sessions')
          .select('id')
          .where('user_id', '=', userId)
          .orderBy('last_used_at_ms', 'desc')
          .orderBy('id')
          .offset(MOST_SESSIONS - 1),
      )
      .execute();
    await tx
      .insertInto('sessions')
      .values({
        id: `ses_${randomBytes(12).toString('hex')}`,
        digest: digestOf(secret, token),
        user_id: userId,
        identity_id: identityId,
        agent: agent?.replace(/\p{C}/gu, '').slice(0, LONGEST_AGENT) ?? null,
        created_at_ms: nowMs,
        last_used_at_ms: nowMs,
        expires_at_ms: nowMs + LONGEST_MS,
      })
      .execute();
  });
  return token;
}

/** @throws AfterwordError `session_ended` */
export async function checkSession(
  db: Database,
  secret: Buffer,
  token: string,
): Promise<{ id: string; userId: string }> {
  // What is no token of ours is refused without a query.
  if (!TOKEN.test(token)) throw new AfterwordError('session_ended');
  const row = await db
    .selectFrom('sessions')
    .select(['id', 'user_id', 'last_used_at_ms', 'expires_at_ms'])
    .where('digest', '=', digestOf(secret, token))
    .executeTakeFirst();
  const nowMs = Date.now();
  if (!row || row.expires_at_ms <= nowMs || row.last_used_at_ms <= nowMs - IDLE_MS)
    throw new AfterwordError('session_ended');
  if (nowMs - row.last_used_at_ms >= USE_NOTED_EVERY_MS)
    await db
      .updateTable('sessions')
      .set({ last_used_at_ms: nowMs })
      .where('id', '=', row.id)
      .where('last_used_at_ms', '<=', nowMs - USE_NOTED_EVERY_MS)
      .execute();
  return { id: row.id, userId: row.user_id };
}

/** Last used first. */
export async function listSessions(db: Database, userId: string): Promise<Session[]> {
  const nowMs = Date.now();
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'agent', 'created_at_ms', 'last_used_at_ms', 'expires_at_ms'])
    .where('user_id', '=', userId)
    .where('expires_at_ms', '>', nowMs)
    .where('last_used_at_ms', '>', nowMs - IDLE_MS)
    .orderBy('last_used_at_ms', 'desc')
    .orderBy('id')
    .limit(MOST_SESSIONS)
    .execute();
  return rows.map(({ id, agent, created_at_ms, last_used_at_ms, expires_at_ms }) => ({
    id,
    agent,
    createdAtMs: created_at_ms,
    lastUsedAtMs: last_used_at_ms,
    expiresAtMs: Math.min(expires_at_ms, last_used_at_ms + IDLE_MS),
  }));
}

/** @throws AfterwordError `not_found` */
export async function revokeSession(db: Database, userId: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new AfterwordError('not_found');
}

/** @param except stays, as the one that asks */
export async function revokeSessions(db: Database, userId: string, except: string | null): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '<>', except ?? '')
    .execute();
}

export async function endSession(db: Database, secret: Buffer, token: string): Promise<void> {
  await db.deleteFrom('sessions').where('digest', '=', digestOf(secret, token)).execute();
}
