/** A conversation as its owner sees it. */
import { sql } from 'kysely';
import { ERRORS, isErrorCode } from '../errors.ts';
import type { FolderChoice, Understanding } from '../meaning/understanding.ts';
import { type Speaker, tellSpeakers } from '../speakers/appearing.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import type { Word } from '../speech/transcriber.ts';
import type { Database } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import { type SpeechWithoutWords, speechWithoutWords } from './lost-sound.ts';

/**
 * `settling` changes by itself: words have just come, or a try to understand it failed and the next one is waited for.
 * `failed` is a dead letter: the words are there, and what is shown of their meaning stays until a person acts.
 */
type ConversationStatus = 'settling' | 'ready' | 'failed';

const STATUS = sql<ConversationStatus>`CASE
  WHEN understood_revision >= revision THEN 'ready'
  WHEN failure IS NOT NULL AND next_try_at_ms IS NULL THEN 'failed'
  ELSE 'settling' END`;

export interface ConversationSummary {
  id: string;
  status: ConversationStatus;
  /** Why the last try to understand it failed; null when none has, or a later one did not. */
  failure: string | null;
  code: string | null;
  /** What the person can do about it; null when there is nothing to do. */
  remedy: string | null;
  tries: number;
  nextTryAtMs: number | null;
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
  /** Markers: somebody spoke there, and no words came of it. */
  speechWithoutWords: SpeechWithoutWords[];
}

export interface Page {
  status?: ConversationStatus | undefined;
  limit: number;
  /** Where the page before ended. */
  after: { startedAtMs: number; id: string } | null;
}

/** Newest first; the id breaks ties, so that no page skips or repeats one. Those that `failed` are dead letters. */
export async function listConversations(
  db: Database,
  userId: string,
  page: Page,
): Promise<ConversationSummary[]> {
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .select(STATUS.as('status'))
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.status) query = query.where(STATUS, '=', page.status);
  if (page.after) {
    query = query.where(sql<boolean>`(started_at_ms, id) < (${page.after.startedAtMs}, ${page.after.id})`);
  }
  return (await query.execute()).map(toSummary);
}

/** An id that was merged leads to the conversation that it became part of. */
export async function readConversation(
  db: Database,
  userId: string,
  id: string,
  { words = false }: { words?: boolean } = {},
): Promise<ConversationView | null> {
  const row = await db
    .selectFrom('conversations')
    .selectAll('conversations')
    .select(STATUS.as('status'))
    .where(({ eb, selectFrom }) =>
      eb(
        'id',
        '=',
        selectFrom('conversations as asked')
          .select(sql<string>`coalesce(merged_into, id)`.as('living'))
          .where('asked.id', '=', id),
      ),
    )
    .where('user_id', '=', userId)
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
      .where('segments.user_id', '=', userId)
      .execute(),
  );
  const recordingIds = [...new Set(segments.map((segment) => segment.recordingId))];
  const withoutWords = await speechWithoutWords(db, userId, recordingIds);
  return {
    ...toSummary(row),
    speakers,
    segments,
    recordingIds,
    speechWithoutWords: [...withoutWords.values()]
      .flat()
      .filter(
        (lost) =>
          lost.startedAtMs < row.ended_at_ms + SILENCE_THAT_SPLITS_MS &&
          lost.endedAtMs > row.started_at_ms - SILENCE_THAT_SPLITS_MS,
      )
      .sort((a, b) => a.startedAtMs - b.startedAtMs),
  };
}

function toSummary(row: Conversation & { status: ConversationStatus }): ConversationSummary {
  const meaning = row.understanding;
  const code = row.failure_code;
  return {
    id: row.id,
    status: row.status,
    failure: row.failure,
    code,
    remedy: code && isErrorCode(code) ? ERRORS[code].remedy : null,
    tries: row.tries,
    nextTryAtMs: row.next_try_at_ms,
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
