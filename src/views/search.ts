/** What a search finds, as its person sees it: conversations with their best lines. */
import { sql } from 'kysely';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { type Conditions, conditionsOf, configurationsOf } from '../search/conditions.ts';
import { type Found, findConversations, type Place, type Wanted } from '../search/find.ts';
import { highlightsOf } from '../search/highlight.ts';
import type { Term } from '../search/query.ts';
import { readLexemes } from '../search/stems.ts';
import { SPEAKER_OF_SEGMENT } from '../speakers/read.ts';
import type { Database } from '../store/database.ts';
import { ConversationSummary, readSummaries } from './conversations.ts';

const Highlights = z
  .array(z.object({ start: z.int(), end: z.int() }))
  .describe(
    'Where the words stand in the text: from a character to before another one, counted in UTF-16 code units as JavaScript does. The text is as it was spoken, so escape it before it becomes HTML',
  );

const FoundLine = z.object({
  segmentId: z.string(),
  text: z.string(),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  speakerId: z.string().nullable(),
  speaker: z.string().nullable().describe('The name that you gave'),
  language: z.string().nullable(),
  highlights: Highlights,
});

const FoundConversation = z
  .object({
    conversation: ConversationSummary,
    matches: z
      .int()
      .describe('How many of its segments have one of the words; title and summary together count as one'),
    titleHighlights: Highlights,
    overviewHighlights: Highlights,
    lines: z.array(FoundLine).describe('The best three, in the order spoken'),
  })
  .meta({ id: 'FoundConversation' });

type FoundConversation = z.infer<typeof FoundConversation>;

export const SearchPage = z
  .object({
    results: z.array(FoundConversation).describe('The best and latest first'),
    total: z.int().describe('How many conversations there are on all pages'),
    isComplete: z
      .boolean()
      .describe('false: some words that were stored by a version without search cannot be found yet'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'SearchPage' });

export interface SearchAnswer {
  results: FoundConversation[];
  total: number;
  isComplete: boolean;
  /** Where the page ended, if more follow. */
  next: Place | null;
}

export async function searchConversations(
  db: Database,
  userId: string,
  terms: readonly Term[],
  wanted: Wanted,
): Promise<SearchAnswer> {
  const [configurations, isComplete] = await Promise.all([
    configurationsOf(db, userId),
    hasAllWords(db, userId),
  ]);
  const conditions = await conditionsOf(db, userId, terms, configurations);
  if (!conditions) return { results: [], total: 0, isComplete, next: null };
  const { page, next, total } = await readPage(db, userId, conditions, wanted);
  const ids = page.map(({ id }) => id);
  const [summaries, lines] = await Promise.all([readSummaries(db, userId, ids), readLines(db, userId, page)]);
  const prose = [...summaries.values()].flatMap(({ title, overview }) => [title ?? '', overview ?? '']);
  const texts = [...prose, ...lines.map(({ text }) => text)];
  const lexemesOf = await readLexemes(db, terms, texts, configurations);
  const highlights = (text: string | null) => highlightsOf(text ?? '', terms, lexemesOf);
  const linesOf = Map.groupBy(lines, ({ conversationId }) => conversationId ?? '');
  const results = page.flatMap(({ id, matches }) => {
    const conversation = summaries.get(id);
    // It may have been merged between the reads.
    if (!conversation) return [];
    return {
      conversation,
      matches,
      titleHighlights: highlights(conversation.title),
      overviewHighlights: highlights(conversation.overview),
      lines: (linesOf.get(id) ?? []).map(({ conversationId: _, ...line }) => ({
        ...line,
        highlights: highlights(line.text),
      })),
    };
  });
  return { results, total, isComplete, next };
}

async function readPage(db: Database, userId: string, conditions: Conditions, wanted: Wanted) {
  const { found, total } = await findConversations(db, userId, conditions, {
    ...wanted,
    limit: wanted.limit + 1,
  });
  const page = found.slice(0, wanted.limit);
  return { page, total, next: found.length > page.length ? (page.at(-1) ?? null) : null };
}

/** Reads the words themselves: what the index says of them may be about a moment before. */
async function readLines(db: Database, userId: string, page: readonly Found[]) {
  const ids = page.flatMap(({ lineIds }) => lineIds);
  if (ids.length === 0) return [];
  return await db
    .selectFrom('segments')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .leftJoin('speakers', (join) => join.on('speakers.id', '=', SPEAKER_OF_SEGMENT))
    .select([
      'segments.id as segmentId',
      'segments.conversation_id as conversationId',
      sql<string>`coalesce(segments.decided_text, segments.text)`.as('text'),
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
      'speakers.id as speakerId',
      'speakers.name as speaker',
      'segments.language',
    ])
    .where('segments.user_id', '=', userId)
    .where(({ eb, fn, val }) => eb('segments.id', '=', fn.any(val(ids))))
    .where('segments.deleted_at_ms', 'is', null)
    .where('segments.unknown_language', '=', false)
    .where('segments.conversation_id', 'is not', null)
    .orderBy('segments.started_at_ms')
    .orderBy('segments.id')
    .execute();
}

async function hasAllWords(db: Database, userId: string): Promise<boolean> {
  const older = await db
    .selectFrom('search_older')
    .select('user_id')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return older === undefined;
}
