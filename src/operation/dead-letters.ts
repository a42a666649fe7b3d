/**
 * What failed over all people and is not tried again by itself, and trying it again as an operator. An operator sees ids,
 * codes and times; the reason is that of the table of errors, because a stored one may quote what a provider said.
 */
import { sql } from 'kysely';
import { AfterwordError, ERRORS, isErrorCode } from '../errors.ts';
import { retryConversation, retryRecording } from '../intake/redrive.ts';
import type { Database } from '../store/database.ts';
import type { DeadLetter } from './picture.ts';

/** In one request, which then takes some seconds; for more, the request is repeated. */
const REDRIVEN_AT_MOST = 500;

export interface Chosen {
  id?: string | undefined;
  kind?: DeadLetter['kind'] | undefined;
  code?: string | undefined;
}

interface LetterRow extends Omit<DeadLetter, 'reason' | 'remedy'> {}

/** Latest first. */
export async function listDeadLetters(
  db: Database,
  chosen: Chosen,
  limit: number,
  after: { atMs: number; id: string } | null = null,
): Promise<DeadLetter[]> {
  return (await readLetters(db, chosen, limit, after)).map((row) => {
    const known = row.code !== null && isErrorCode(row.code) ? ERRORS[row.code] : null;
    return { ...row, reason: known?.title ?? null, remedy: known?.remedy ?? null };
  });
}

async function readLetters(
  db: Database,
  { id = null, kind = null, code = null }: { [K in keyof Chosen]: Chosen[K] | null },
  limit: number,
  after: { atMs: number; id: string } | null,
): Promise<LetterRow[]> {
  const place = after ? sql`(since_ms, id) < (${after.atMs}::bigint, ${after.id}::text)` : sql`true`;
  // A text compared with NULL is nothing, so each condition that was not asked for is left out.
  const ofId = id === null ? sql`true` : sql`id = ${id}`;
  const ofCode = code === null ? sql`true` : sql`code = ${code}`;
  const ofKind = kind === null ? sql`true` : sql`kind = ${kind}`;
  const { rows } = await sql<LetterRow>`
    SELECT id, kind, user_id AS "userId", code, tries, since_ms AS "sinceMs" FROM (
      SELECT id, 'recording' AS kind, user_id, code, tries, finished_at_ms AS since_ms
        FROM recordings WHERE outcome = 'failed'
      UNION ALL
      SELECT id, 'conversation', user_id, failure_code, tries, updated_at_ms
        FROM conversations
       WHERE failure IS NOT NULL AND merged_into IS NULL AND understood_revision < revision AND next_try_at_ms IS NULL
    ) AS letters
     WHERE ${ofId} AND ${ofKind} AND ${ofCode} AND ${place}
     ORDER BY since_ms DESC, id DESC LIMIT ${limit}`.execute(db);
  return rows;
}

export interface Redriven {
  retried: number;
  more: boolean;
}

/**
 * Tries again what was chosen, recordings first: a conversation can be understood only after its recordings are transcribed.
 * What its person has retried or deleted meanwhile is passed over.
 */
export async function redrive(db: Database, chosen: Chosen, requestId: string): Promise<Redriven> {
  const letters = await readLetters(db, chosen, REDRIVEN_AT_MOST + 1, null);
  const taken = letters
    .slice(0, REDRIVEN_AT_MOST)
    .sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'recording' ? -1 : 1));
  let retried = 0;
  for (const { id, kind, userId } of taken) {
    const again =
      kind === 'recording' ? retryRecording(db, userId, id, requestId) : retryConversation(db, userId, id);
    const isRetried = await again.catch((error: unknown) => {
      if (error instanceof AfterwordError && error.code === 'not_found') return false;
      throw error;
    });
    if (isRetried) retried++;
  }
  return { retried, more: letters.length > REDRIVEN_AT_MOST };
}
