/**
 * Adds and reads decisions. They are only added: what counts is derived from all of them, in the order of their ids. The
 * lock of the timeline must be held when one is added, so that the order of ids is that of the commits.
 */
import { sql } from 'kysely';
import { AfterwordError } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import type { DecisionKind } from '../store/tables/decisions.ts';
import type { Forced } from '../timeline/forced.ts';

/** A time of a recording, from its start. */
export interface Anchor {
  recordingId: string;
  fromMs: number;
  /** null: a moment. */
  toMs: number | null;
}

export interface NewDecision {
  kind: DecisionKind;
  /** null: it is about nothing that was said. */
  anchor: Anchor | null;
  /** The later one of two moments that are joined. */
  other?: Anchor;
  /** The action item that it is about. */
  subject?: string;
  value: unknown;
}

/** Whose decision it is, and on which device or client. */
export interface Decider {
  userId: string;
  by: string;
}

/** A person who decides something every minute of every waking hour has that many after two months. */
const MOST_DECISIONS = 50_000;
/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_A_STATEMENT = 5_000;

/** @throws AfterwordError `too_many_decisions` */
export async function addDecisions(
  tx: Tx,
  { userId, by }: Decider,
  decisions: readonly NewDecision[],
): Promise<void> {
  if (decisions.length === 0) return;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count
      FROM (SELECT FROM decisions WHERE user_id = ${userId} LIMIT ${MOST_DECISIONS}) AS known`.execute(tx);
  if ((rows[0]?.count ?? 0) + decisions.length > MOST_DECISIONS)
    throw new AfterwordError('too_many_decisions');
  const nowMs = Date.now();
  for (let from = 0; from < decisions.length; from += ROWS_A_STATEMENT) {
    await tx
      .insertInto('decisions')
      .values(
        decisions.slice(from, from + ROWS_A_STATEMENT).map(({ kind, anchor, other, subject, value }) => ({
          user_id: userId,
          kind,
          recording_id: anchor?.recordingId ?? null,
          from_ms: Math.round(anchor?.fromMs ?? 0),
          to_ms: anchor?.toMs == null ? null : Math.round(anchor.toMs),
          other_recording_id: other?.recordingId ?? null,
          other_ms: other === undefined ? null : Math.round(other.fromMs),
          subject: subject ?? null,
          value: JSON.stringify(value),
          at_ms: nowMs,
          made_by: by,
        })),
      )
      .execute();
  }
}

/** Of one person. The hot statement of every placing reads it along with the conversations that are near. */
export interface ForcedBorders {
  /** Whether anything at all was decided. */
  hasDecided: boolean;
  /** Whether there are tasks. */
  hasItems: boolean;
  /** In the order of the decisions. */
  forced: Forced[];
}

/** The two columns of {@link ForcedBorders}. */
export function selectForced(userId: string) {
  return sql<ForcedBorders>`
    EXISTS (SELECT FROM decisions WHERE user_id = ${userId}) AS "hasDecided",
    EXISTS (SELECT FROM action_items WHERE user_id = ${userId}) AS "hasItems",
    coalesce((
      SELECT jsonb_agg(
               jsonb_build_object(
                 'kind', d.kind, 'recordingId', d.recording_id, 'atMs', one.started_at_ms + d.from_ms,
                 'other', CASE WHEN d.kind = 'join' THEN jsonb_build_object(
                   'recordingId', d.other_recording_id, 'atMs', other.started_at_ms + d.other_ms) END)
               ORDER BY d.id)
        FROM decisions d
        JOIN recordings one ON one.id = d.recording_id
        LEFT JOIN recordings other ON other.id = d.other_recording_id
       WHERE d.user_id = ${userId} AND d.kind IN ('cut', 'join') AND one.started_at_ms IS NOT NULL
         AND (d.kind = 'cut' OR other.started_at_ms IS NOT NULL)), '[]') AS forced`;
}
