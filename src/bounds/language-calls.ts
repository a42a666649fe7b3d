/**
 * Counts the calls to the language model for each person and day of UTC, in the transaction that notes the call before it is
 * made. A day of their own time zone would begin anew whenever they change that. A conversation that has begun is finished,
 * so a day may have as many calls more as its last conversations take.
 */
import { sql } from 'kysely';
import type { Reader, Tx } from '../store/database.ts';
import { BoundExceeded } from './bounds.ts';

const DAY_MS = 86_400_000;
/** Conversations that have waited for the day do not all begin at its first second. */
const SPREAD_MS = 600_000;

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}

export function nextDayMs(nowMs: number): number {
  return dayOf(nowMs) + DAY_MS;
}

/** One row for each person, which a new day begins anew. A clock that was set back counts for the later day. */
export async function countLanguageCall(tx: Tx, userId: string, nowMs: number): Promise<void> {
  await tx
    .insertInto('language_calls')
    .values({ user_id: userId, day_starts_at_ms: dayOf(nowMs), calls: 1 })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({
        day_starts_at_ms: sql`greatest(language_calls.day_starts_at_ms, excluded.day_starts_at_ms)`,
        calls: sql`CASE WHEN language_calls.day_starts_at_ms >= excluded.day_starts_at_ms
                        THEN language_calls.calls + 1 ELSE 1 END`,
      }),
    )
    .execute();
}

export async function languageCallsOfDay(db: Reader, userId: string, nowMs: number): Promise<number> {
  const row = await db
    .selectFrom('language_calls')
    .select('calls')
    .where('user_id', '=', userId)
    .where('day_starts_at_ms', '>=', dayOf(nowMs))
    .executeTakeFirst();
  return row?.calls ?? 0;
}

/** @throws BoundExceeded `language_calls_used_up`, with the time until the next day */
export async function requireLanguageCalls(
  db: Reader,
  userId: string,
  perDay: number | null,
  nowMs: number,
  random: () => number = Math.random,
): Promise<void> {
  if (perDay === null) return;
  const used = await languageCallsOfDay(db, userId, nowMs);
  if (used < perDay) return;
  const untilMs = nextDayMs(nowMs) - nowMs + Math.round(random() * SPREAD_MS);
  const moreInSeconds = Math.ceil(untilMs / 1000);
  const told = {
    name: 'language-calls',
    quota: perDay,
    windowSeconds: DAY_MS / 1000,
    left: 0,
    moreInSeconds,
  };
  const detail = `${used} calls were made today, and ${perDay} are the bound of one person.`;
  throw new BoundExceeded('language_calls_used_up', told, detail);
}
