/** Finds a person's conversations by their words, the best and latest first, each with its best lines. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Conditions } from './conditions.ts';

/** Where a page ended. */
export interface Place {
  score: number;
  startedAtMs: number;
  id: string;
}

export interface Wanted {
  /** Times of lines: from the first one to before the second one. */
  fromMs: number | null;
  toMs: number | null;
  speakerId: string | null;
  folderId: string | null;
  /** Those with filler only, too. */
  includeDiscarded: boolean;
  limit: number;
  after: Place | null;
  offset: number;
  /** What is recent depends on it, so all pages of one search have the same. */
  nowMs: number;
}

export interface Found extends Place {
  /** Lines with one of the words. */
  matches: number;
  /** Of segments; the id of the conversation stands for its title and summary. The best first. */
  lineIds: string[];
}

const LINES_OF_EACH = 3;
/** The latest counts twice as much as the oldest, and what is three months old in between. */
const FADES_IN_MS = 90 * 86_400_000;
/** PostgreSQL groups the lines of 10,000 conversations within it. */
const WORK_MEM = '32MB';
/** Of a word that is in half of 100,000 lines, ranking each would take most of the time. Each takes about a microsecond. */
const MOST_RANKED = 3_000;
/** What PostgreSQL gives to a line in which one word stands in another form, for those that are not ranked. */
const RANK_OF_ONE_WORD = 0.0607927;

/** @returns `total`: how many conversations there are on all pages */
export async function findConversations(
  db: Database,
  userId: string,
  conditions: Conditions,
  wanted: Wanted,
): Promise<{ found: Found[]; total: number }> {
  return await db
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      // Compiling a statement takes longer than this one runs, and handing lines from process to process takes longer than
      // reading them.
      await sql`SELECT set_config('jit', 'off', true), set_config('work_mem', ${WORK_MEM}, true),
                       set_config('max_parallel_workers_per_gather', '0', true)`.execute(tx);
      const { rows } = await statement(userId, conditions, wanted).execute(tx);
      return { found: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0 };
    });
}

function statement(userId: string, conditions: Conditions, wanted: Wanted) {
  const { required, excluded } = conditions;
  // With one term a line is a candidate because of it.
  const told = required.length + excluded.length === 1 ? [] : [...required, ...excluded];
  const holds = told.map(
    (term, n) => sql`${sql.raw(n < required.length ? '' : 'NOT ')}bool_or(words @@ ${term}::tsquery)`,
  );
  const having = holds.length === 0 ? sql`` : sql`HAVING ${sql.join(holds, sql` AND `)}`;
  const rank = sql`ts_rank(words, ${conditions.wanted}::tsquery)`;
  const { after } = wanted;
  // Within one statement a row stays where it is, so its lines are found again by their places (ctid). By a subquery, since
  // a join would be planned as if it met every line of everybody.
  return sql<Found & { total: number }>`
    WITH talks AS (
      SELECT conversation_id, count(*)::integer AS matches, array_agg(ctid) AS lines,
             max(CASE WHEN id = conversation_id THEN ${rank} END) AS prose_rank
        FROM search_lines
       WHERE search_scoped(user_id, words) @@ ${conditions.candidates}::tsquery AND user_id = ${userId}
         AND conversation_id IS NOT NULL${filters(userId, conditions, wanted)}
       GROUP BY conversation_id ${having}
    ), shown AS MATERIALIZED (
      SELECT c.id, c.started_at_ms, matches, lines, prose_rank,
             sum(matches) OVER (ORDER BY c.started_at_ms DESC, c.id DESC) - matches AS later
        FROM talks JOIN conversations c ON c.id = talks.conversation_id
       WHERE c.user_id = ${userId} AND c.merged_into IS NULL${ofConversations(wanted)}
    ), scored AS (
      SELECT id, started_at_ms, matches, lines,
             round(1e6 * (1 + 0.2 * ln(matches))
                   * CASE WHEN later < ${MOST_RANKED} THEN (SELECT max(${rank}) FROM search_lines WHERE ctid = ANY (lines))
                          ELSE greatest(prose_rank, ${RANK_OF_ONE_WORD}::float8) END
                   * (1 + exp(-greatest(0, ${wanted.nowMs}::bigint - started_at_ms) / ${FADES_IN_MS}::float8)))::bigint AS score
        FROM shown
    ), page AS MATERIALIZED (
      SELECT *, (SELECT count(*)::integer FROM shown) AS total FROM scored
       ${after ? sql`WHERE (score, started_at_ms, id) < (${after.score}::bigint, ${after.startedAtMs}::bigint, ${after.id})` : sql``}
       ORDER BY score DESC, started_at_ms DESC, id DESC LIMIT ${wanted.limit} OFFSET ${wanted.offset}
    )
    SELECT id, score, started_at_ms AS "startedAtMs", matches, total,
           ARRAY (SELECT line.id FROM search_lines AS line
                   WHERE ctid = ANY (page.lines) AND line.id <> page.id AND ${rank} > 0
                   ORDER BY ${rank} DESC, line.started_at_ms, line.id LIMIT ${LINES_OF_EACH}) AS "lineIds"
      FROM page
     ORDER BY score DESC, started_at_ms DESC, id DESC`;
}

function filters(userId: string, { required, excluded, hasPhrase }: Conditions, wanted: Wanted) {
  const all: RawBuilder<unknown>[] = [];
  const any = [...required, ...excluded].map((term) => `(${term})`).join(' | ');
  if (hasPhrase) all.push(sql`words @@ ${any}::tsquery`);
  if (wanted.fromMs !== null) all.push(sql`started_at_ms >= ${wanted.fromMs}`);
  if (wanted.toMs !== null) all.push(sql`started_at_ms < ${wanted.toMs}`);
  if (wanted.speakerId !== null) {
    all.push(sql`id IN (
      SELECT segments.id FROM voices JOIN segments ON segments.voice_id = voices.id
       WHERE voices.speaker_id = ${wanted.speakerId} AND segments.user_id = ${userId}
         AND segments.decided_speaker_id IS NULL
       UNION ALL
      SELECT id FROM segments WHERE decided_speaker_id = ${wanted.speakerId} AND user_id = ${userId})`);
  }
  return sql.join(
    all.map((one) => sql` AND ${one}`),
    sql``,
  );
}

function ofConversations({ folderId, includeDiscarded }: Wanted) {
  const folder = folderId === null ? sql`` : sql` AND c.folder_id = ${folderId}`;
  return includeDiscarded
    ? folder
    : sql`${folder} AND (c.fragment_revision IS DISTINCT FROM c.revision OR c.decided IS NOT NULL)`;
}
