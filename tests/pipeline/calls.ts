import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { BORDER_ORDINALS, FIRST_BORDER_ORDINAL } from '../../src/store/tables/borders.ts';
import type { TestServer } from '../support/server.ts';

/** What was asked of the transcriber for one person: every call is a row, written before it is made. */
interface Calls {
  /** What was heard across a border counts as one. */
  pieces: number;
  answered: number;
  /** Their process died under them: begun and never settled. */
  lost: { startedAtMs: number }[];
  /** Settled without an answer. */
  failed: number;
}

export async function callsOf(server: TestServer, userId: string): Promise<Calls> {
  return await server.query(async (db) => {
    const calls = await db
      .selectFrom('provider_calls')
      .innerJoin('recordings', 'recordings.id', 'provider_calls.recording_id')
      .select(['provider_calls.started_at_ms', 'provider_calls.finished_at_ms', 'provider_calls.outcome'])
      .where('recordings.user_id', '=', userId)
      .execute();
    const { pieces } = await db
      .selectFrom('pieces')
      .innerJoin('recordings', 'recordings.id', 'pieces.recording_id')
      .select(sql<number>`count(*)`.as('pieces'))
      .where('recordings.user_id', '=', userId)
      .where('pieces.ordinal', '<', FIRST_BORDER_ORDINAL)
      .executeTakeFirstOrThrow();
    const { borders } = await db
      .selectFrom('borders')
      .innerJoin('recordings', 'recordings.id', 'borders.asked_by')
      .select(sql<number>`count(*)`.as('borders'))
      .where('recordings.user_id', '=', userId)
      .where('borders.state', '=', 'heard')
      .executeTakeFirstOrThrow();
    const answered = calls.filter(({ outcome }) => outcome === 'answered' || outcome === 'unintelligible');
    const lost = calls.filter((call) => call.finished_at_ms === null);
    return {
      pieces: pieces + borders,
      answered: answered.length,
      lost: lost.map((call) => ({ startedAtMs: call.started_at_ms })),
      failed: calls.length - answered.length - lost.length,
    };
  });
}

/**
 * For each of a person's recordings: as many calls as pieces, so none was asked for twice. What is heard across a border is a
 * piece of two recordings and was asked for by one of them.
 */
export async function expectOneCallPerPiece(server: TestServer, userId: string): Promise<number> {
  const counts = await server.query((db) =>
    db
      .selectFrom('recordings')
      .select([
        'name',
        sql<number>`(SELECT count(*) FROM pieces WHERE recording_id = recordings.id AND ordinal < ${FIRST_BORDER_ORDINAL})
          + (SELECT count(*) FROM borders WHERE asked_by = recordings.id AND state = 'heard')`.as('pieces'),
        sql<number>`(SELECT count(*) FROM provider_calls WHERE recording_id = recordings.id)`.as('calls'),
      ])
      .where('user_id', '=', userId)
      .execute(),
  );
  expect(counts.map(({ name, calls }) => ({ name, calls }))).toEqual(
    counts.map(({ name, pieces }) => ({ name, calls: pieces })),
  );
  return counts.reduce((sum, { calls }) => sum + calls, 0);
}

/** What was asked for: the pieces, and for each border that was heard across the sound on both sides. */
export async function askedIn(db: Database) {
  const pieces = await db
    .selectFrom('pieces')
    .select(['recording_id', 'ordinal', 'start_ms', 'end_ms', 'pauses'])
    .where('ordinal', '<', FIRST_BORDER_ORDINAL)
    .execute();
  const borders = await db
    .selectFrom('borders')
    .innerJoin('recordings', 'recordings.id', 'left_id')
    .innerJoin('recording_ends as before', 'before.recording_id', 'left_id')
    .innerJoin('recording_ends as after', 'after.recording_id', 'right_id')
    .select(['left_id', 'asked_by', 'duration_ms', 'before.tail_reach_ms', 'after.head_reach_ms'])
    .where('state', '=', 'heard')
    .execute();
  return [
    ...pieces,
    ...borders.map(({ left_id, asked_by, duration_ms, tail_reach_ms, head_reach_ms }) => {
      const side = asked_by === left_id ? 'tail' : 'head';
      const start_ms = side === 'tail' ? (duration_ms ?? 0) - (tail_reach_ms ?? 0) : 0;
      const end_ms = start_ms + (tail_reach_ms ?? 0) + (head_reach_ms ?? 0);
      return { recording_id: asked_by, ordinal: BORDER_ORDINALS[side], start_ms, end_ms, pauses: null };
    }),
  ];
}
