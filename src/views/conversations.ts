/** A conversation as its owner sees it. */
import { sql } from 'kysely';
import type { FolderChoice, Understanding } from '../meaning/understanding.ts';
import { type Speaker, tellSpeakers } from '../speakers/appearing.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import type { Word } from '../speech/transcriber.ts';
import type { Database } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';

export interface ConversationSummary {
  id: string;
  /** `settling`: words may still be added, or have just been; `failed`: the words are there, their meaning is not. */
  status: 'settling' | 'ready' | 'failed';
  failure: string | null;
  title: string | null;
  overview: string | null;
  emoji: string | null;
  category: string | null;
  keyPoints: Understanding['keyPoints'];
  actionItems: Understanding['actionItems'];
  /** These three only a language model tells. */
  sections: NonNullable<Understanding['sections']>;
  events: NonNullable<Understanding['events']>;
  folder: FolderChoice | null;
  /** By what the title and all that were made: `extractive` is verbatim from the words, without a language model. */
  madeBy: Understanding['madeBy'] | null;
  startedAtMs: number;
  endedAtMs: number;
  updatedAtMs: number;
}

export interface ConversationView extends ConversationSummary {
  /** In the order in which they are first heard. */
  speakers: Speaker[];
  segments: {
    id: string;
    text: string;
    startedAtMs: number;
    endedAtMs: number;
    /** What the speaker is called; null where nobody was told apart. */
    speaker: string | null;
    speakerId: string | null;
    /** Absolute times; only when asked for, since they are ten times the text. */
    words?: Word[] | null;
    language: string | null;
    recordingId: string;
    provider: string;
    model: string;
  }[];
  recordingIds: string[];
}

export interface Page {
  limit: number;
  /** Where the page before ended. */
  after: { startedAtMs: number; id: string } | null;
}

/** Newest first; the id breaks ties, so that no page skips or repeats one. */
export async function listConversations(
  db: Database,
  userId: string,
  page: Page,
): Promise<ConversationSummary[]> {
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.after) {
    query = query.where(sql<boolean>`(started_at_ms, id) < (${page.after.startedAtMs}, ${page.after.id})`);
  }
  return (await query.execute()).map(toSummary);
}

/** An id that was merged leads to the conversation that it became part of. */
export async function readConversation(
  db: Database,
  id: string,
  { words = false }: { words?: boolean } = {},
): Promise<(ConversationView & { userId: string }) | null> {
  const row = await db
    .selectFrom('conversations')
    .selectAll('conversations')
    .where(({ eb, selectFrom }) =>
      eb(
        'id',
        '=',
        selectFrom('conversations as asked')
          .select(sql<string>`coalesce(merged_into, id)`.as('living'))
          .where('asked.id', '=', id),
      ),
    )
    .executeTakeFirst();
  if (!row) return null;
  const { speakers, segments } = tellSpeakers(
    await segmentsWithSpeakers(db, row.id)
      .select([
        'segments.text',
        'segments.recording_id as recordingId',
        'segments.provider',
        'segments.model',
        'segments.language',
        ...(words ? (['segments.words'] as const) : []),
      ])
      .execute(),
  );
  return {
    ...toSummary(row),
    userId: row.user_id,
    speakers,
    segments,
    recordingIds: [...new Set(segments.map((segment) => segment.recordingId))],
  };
}

function toSummary(row: Conversation): ConversationSummary {
  const meaning = row.understanding;
  const status = row.understood_revision >= row.revision ? 'ready' : row.failure ? 'failed' : 'settling';
  return {
    id: row.id,
    status,
    failure: row.failure,
    title: meaning?.title ?? null,
    overview: meaning?.overview ?? null,
    emoji: meaning?.emoji ?? null,
    category: meaning?.category ?? null,
    keyPoints: meaning?.keyPoints ?? [],
    actionItems: meaning?.actionItems ?? [],
    sections: meaning?.sections ?? [],
    events: meaning?.events ?? [],
    folder: meaning?.folder ?? null,
    madeBy: meaning?.madeBy ?? null,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
