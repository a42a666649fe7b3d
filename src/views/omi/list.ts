/** Lists a person's conversations as Omi's app asks for them: by page and filters. */
import { type SqlBool, sql } from 'kysely';
import type { Geolocation } from '../../intake/capture.ts';
import type { Database } from '../../store/database.ts';
import { IS_DISCARDED, readConversation, readSummaries } from '../conversations.ts';
import { type About, type OmiConversation, omiConversation, omiSummary, SOURCES } from './conversation.ts';

export interface OmiFilter {
  /** Omi's; empty: all. */
  statuses: readonly string[];
  sources: readonly string[];
  fromMs: number | null;
  toMs: number | null;
  folderId: string | null;
  starred: boolean | null;
  includeDiscarded: boolean;
}

export async function listOmiConversations(
  db: Database,
  userId: string,
  filter: OmiFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<OmiConversation[]> {
  const rows = await matching(db, userId, filter)
    .select('conversations.id')
    .orderBy('conversations.started_at_ms', 'desc')
    .orderBy('conversations.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return await readOmiSummaries(
    db,
    userId,
    rows.map(({ id }) => id),
  );
}

/** @returns in the order of the ids */
export async function readOmiSummaries(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<OmiConversation[]> {
  const [summaries, about] = [await readSummaries(db, userId, ids), await aboutOf(db, userId, ids)];
  return ids.flatMap((id) => {
    const summary = summaries.get(id);
    // It may have been merged between the two reads.
    return summary ? omiSummary(summary, about.get(id)) : [];
  });
}

export async function countOmiConversations(
  db: Database,
  userId: string,
  filter: OmiFilter,
): Promise<number> {
  const { count } = await matching(db, userId, filter)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** @returns null if the person has no such conversation */
export async function readOmiConversation(
  db: Database,
  userId: string,
  id: string,
): Promise<OmiConversation | null> {
  const talk = await readConversation(db, userId, id);
  if (!talk) return null;
  return omiConversation(talk, (await aboutOf(db, userId, [talk.id])).get(talk.id));
}

function matching(db: Database, userId: string, filter: OmiFilter) {
  const { statuses, sources, fromMs, toMs, folderId, starred, includeDiscarded } = filter;
  let query = db
    .selectFrom('conversations')
    .where('conversations.user_id', '=', userId)
    .where('conversations.merged_into', 'is', null);
  if (!includeDiscarded) query = query.where(IS_DISCARDED, '=', false);
  if (fromMs !== null) query = query.where('conversations.started_at_ms', '>=', fromMs);
  if (toMs !== null) query = query.where('conversations.started_at_ms', '<=', toMs);
  if (folderId !== null) query = query.where('conversations.folder_id', '=', folderId);
  if (starred !== null)
    query = query.where(
      sql<SqlBool>`coalesce(conversations.decided->'starred' = 'true', false) = ${starred}`,
    );
  if (statuses.length > 0) {
    const processing = statuses.includes('processing');
    const completed = statuses.includes('completed');
    // Without the outer brackets the last OR would let in what is somebody else's.
    query = query.where(
      sql<SqlBool>`((${processing} AND ${IS_PROCESSING}) OR (${completed} AND NOT ${IS_PROCESSING}))`,
    );
  }
  if (sources.length > 0) query = query.where(sql<SqlBool>`${SOURCE} = ANY(${[...sources]}::text[])`);
  return query;
}

const IS_PROCESSING = sql`(conversations.understanding IS NULL AND conversations.failure IS NULL)`;

const SOURCE = sql`(SELECT CASE ${sql.join(
  SOURCES.map(({ source, pattern }) => sql`WHEN microphone LIKE ${sql.lit(pattern)} THEN ${sql.lit(source)}`),
  sql` `,
)} ELSE 'omi' END FROM recordings WHERE recordings.id = conversations.first_recording_id)`;

async function aboutOf(db: Database, userId: string, ids: readonly string[]): Promise<Map<string, About>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('conversations')
    .leftJoin('recordings', 'recordings.id', 'conversations.first_recording_id')
    .select(['conversations.id', 'conversations.device_id as deviceId', 'recordings.microphone'])
    .select([
      sql<Geolocation | null>`(
        SELECT captures.geolocation FROM segments JOIN captures ON captures.recording_id = segments.recording_id
         WHERE segments.conversation_id = conversations.id AND captures.geolocation IS NOT NULL
         ORDER BY segments.started_at_ms LIMIT 1)`.as('geolocation'),
      sql<string | null>`(
        SELECT recordings.user_id FROM segments JOIN recordings ON recordings.id = segments.recording_id
         WHERE segments.conversation_id = conversations.id AND recordings.audio_removed_at_ms IS NULL LIMIT 1)`.as(
        'audioOf',
      ),
    ])
    .where('conversations.id', 'in', ids)
    .where('conversations.user_id', '=', userId)
    .execute();
  return new Map(rows.map(({ id, microphone, ...row }) => [id, { ...row, microphone: microphone ?? '' }]));
}
