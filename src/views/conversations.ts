/** A conversation as its owner sees it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { eventDecisions } from '../conversations/events.ts';
import { livingConversationId } from '../conversations/living-id.ts';
import { addedEvents, type DecidedEvent } from '../decisions/events.ts';
import { CONVERSATION_KINDS } from '../decisions/standing.ts';
import { EpochMs } from '../epoch-ms.ts';
import { ERRORS, isErrorCode } from '../errors.ts';
import { type Expected, ExpectedBody, expectedOfConversations } from '../estimate/expected.ts';
import type { ActionItem } from '../meaning/understanding.ts';
import { foldersOf } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import { tellSpeakers } from '../speakers/appearing.ts';
import { nameSpeakers } from '../speakers/marks.ts';
import { readCalled, segmentsWithSpeakers } from '../speakers/read.ts';
import type { Database } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { ItemOfConversation, itemsOfConversations, unlisted } from './action-items.ts';
import { keptAudio, keptAudioFields } from './kept-audio.ts';
import { SpeechWithoutWords, speechWithoutWordsDuring } from './lost-sound.ts';
import { SaidTwice, saidTwice } from './said-twice.ts';

export const ConversationStatus = z
  .enum(['settling', 'ready', 'failed'])
  .describe(
    '`settling` changes by itself once title and summary are made; `failed` waits for a person, and the words can be read',
  );

type ConversationStatus = z.infer<typeof ConversationStatus>;

const conversationFields = {
  id: z.string(),
  status: ConversationStatus,
  failure: z.string().nullable().describe('Why the last attempt to make title and summary failed'),
  code: z
    .string()
    .nullable()
    .describe('A stable code for `failure`, from docs/errors.md; null also for failures of older versions'),
  remedy: z.string().nullable().describe('What a person can do about it'),
  tries: z.number().int().describe('Attempts that failed so far'),
  nextTryAtMs: EpochMs.nullable().describe('When the next automatic attempt begins'),
  expected: ExpectedBody,
  title: z.string().nullable().describe('As you have decided it, or as it was made'),
  overview: z.string().nullable().describe('As you have decided it, or as it was made'),
  starred: z.boolean(),
  visibility: z.enum(['private', 'shared', 'public']),
  kept: z.boolean().describe('You have said that it stays, however little was said'),
  decided: z
    .array(z.enum(['title', 'overview', 'starred', 'visibility', 'folder', 'kept']))
    .describe('What of these you have decided: nothing that is made later changes it'),
  discarded: z
    .boolean()
    .describe('It holds a few words of filler only, as "hm, yeah"; lists show it on request'),
  emoji: z.string().nullable(),
  category: z.string().nullable(),
  keyPoints: z.array(z.object({ text: z.string(), segmentId: z.string() })),
  actionItems: z.array(ItemOfConversation),
  sections: z
    .array(z.object({ heading: z.string(), body: z.string(), segmentIds: z.array(z.string()) }))
    .describe('One section for each subject, as Markdown; only a language model makes them'),
  events: z.array(
    z.object({
      title: z.string(),
      description: z.string(),
      startsAtMs: EpochMs,
      minutes: z.number().int(),
      segmentId: z.string(),
      added: z.boolean().describe('You have put it into a calendar'),
    }),
  ),
  folder: z
    .object({ id: z.string(), confidence: z.number().nullable() })
    .nullable()
    .describe(
      'The folder it belongs to; `confidence` is null when it follows from the category, or was decided by you',
    ),
  madeBy: z
    .object({ kind: z.enum(['extractive', 'language-model']), model: z.string(), version: z.string() })
    .nullable()
    .describe(
      'What made title and summary. `extractive` beside a `failure`: shown until the language model answers',
    ),
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  updatedAtMs: EpochMs,
};

export const ConversationSummary = z.object(conversationFields);

export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const ConversationPage = z
  .object({ conversations: z.array(ConversationSummary), nextCursor: z.string().nullable() })
  .meta({ id: 'ConversationPage' });

export const ConversationBody = z
  .object({
    ...conversationFields,
    recordingIds: z.array(z.string()),
    ...keptAudioFields,
    speechWithoutWords: z
      .array(SpeechWithoutWords)
      .describe('Times in the conversation with speech but without words'),
    saidTwice: z
      .array(SaidTwice)
      .describe('Times at which words are hidden because another recording of that microphone has them too'),
    speakers: z
      .array(
        z.object({
          id: z.string(),
          name: z.string().nullable().describe('The name that you gave'),
          isOwner: z.boolean().describe('It is you, by what you have said'),
          label: z.string().describe('`Speaker 1` speaks first'),
          spokenMs: z.number().int(),
        }),
      )
      .describe('In the order in which they first speak; empty if the provider does not tell speakers apart'),
    segments: z.array(
      z.object({
        id: z.string(),
        text: z.string().describe('As you have corrected it, or as it was heard'),
        heardText: z.string().nullable().describe('As it was heard, where you have corrected it'),
        startedAtMs: EpochMs,
        endedAtMs: EpochMs,
        speaker: z
          .string()
          .nullable()
          .describe('The name or label of the speaker; null if speakers were not told apart'),
        speakerId: z.string().nullable(),
        speakerDecided: z.boolean().describe('You have said who speaks in this very segment'),
        language: z.string().nullable().describe('BCP 47; null if the provider does not report it'),
        words: z
          .array(z.object({ startMs: EpochMs, endMs: EpochMs, text: z.string() }))
          .nullish()
          .describe('With `?include=words`; null if the provider gives no times for words'),
        recordingId: z.string(),
        provider: z.string(),
        model: z.string(),
      }),
    ),
  })
  .meta({ id: 'Conversation' });

type ConversationView = z.infer<typeof ConversationBody>;

const STATUS = sql<ConversationStatus>`CASE
  WHEN understood_revision >= revision THEN 'ready'
  WHEN failure IS NOT NULL AND next_try_at_ms IS NULL THEN 'failed'
  ELSE 'settling' END`;

/** Of rows of conversations: those with filler only, unless somebody has shown by what they did that they want them. */
export const IS_DISCARDED = sql<boolean>`coalesce(
  conversations.fragment_revision = conversations.revision AND conversations.decided IS NULL, false)`;

export interface Page {
  /** All of them where nothing is said. */
  discarded?: boolean | undefined;
  status?: ConversationStatus | undefined;
  starred?: boolean | undefined;
  folder?: string | undefined;
  /** Of these only. */
  ids?: readonly string[] | undefined;
  /** Those in which this speaker says something. */
  speaker?: string | undefined;
  /** Those with a part of this time: from the first to before the second. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
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
  if (page.discarded !== undefined) query = query.where(IS_DISCARDED, '=', page.discarded);
  if (page.status) query = query.where(STATUS, '=', page.status);
  if (page.starred !== undefined)
    query = query.where(sql<boolean>`coalesce(decided->'starred' = 'true', false)`, '=', page.starred);
  if (page.folder !== undefined) query = query.where('folder_id', '=', page.folder);
  if (page.ids) query = query.where('id', 'in', page.ids);
  if (page.speaker !== undefined)
    query = query.where('id', 'in', conversationsOfSpeaker(userId, page.speaker));
  if (page.fromMs !== undefined) query = query.where('ended_at_ms', '>=', page.fromMs);
  if (page.toMs !== undefined) query = query.where('started_at_ms', '<', page.toMs);
  if (page.after) {
    query = query.where(sql<boolean>`(started_at_ms, id) < (${page.after.startedAtMs}, ${page.after.id})`);
  }
  return await toSummaries(db, userId, await query.execute());
}

/** What was decided about a segment counts before what its voice says. */
function conversationsOfSpeaker(userId: string, speakerId: string) {
  return sql<string>`(
    SELECT segments.conversation_id FROM voices JOIN segments ON segments.voice_id = voices.id
     WHERE voices.speaker_id = ${speakerId} AND segments.user_id = ${userId} AND segments.decided_speaker_id IS NULL
    UNION
    SELECT conversation_id FROM segments WHERE decided_speaker_id = ${speakerId} AND user_id = ${userId})`;
}

/** @returns by their ids those that this person has, and that are not merged */
export async function readSummaries(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, ConversationSummary>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('conversations')
    .selectAll()
    .select(STATUS.as('status'))
    .where('id', 'in', ids)
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .execute();
  return new Map((await toSummaries(db, userId, rows)).map((summary) => [summary.id, summary]));
}

async function toSummaries(
  db: Database,
  userId: string,
  rows: readonly (Conversation & { status: ConversationStatus })[],
): Promise<ConversationSummary[]> {
  const marked = rows.filter(({ understanding }) => understanding?.voices).map(({ id }) => id);
  const called = await readCalled(db, userId, marked);
  const settling = rows.filter(({ status: is }) => is === 'settling').map(({ id }) => id);
  const expected = await expectedOfConversations(db, userId, settling);
  const besides = await readBeside(db, userId, rows);
  return rows.map((row) =>
    toSummary(row, { ...besides(row.id), expected: expected.get(row.id) ?? null }, called.get(row.id)),
  );
}

/** The times that an id is followed to its conversation: that one may be merged into another one just then. */
const MOST_STEPS = 3;

/** An id whose words went to another conversation leads to that one. */
export async function readConversation(
  db: Database,
  userId: string,
  id: string,
  { words = false }: { words?: boolean } = {},
): Promise<ConversationView | null> {
  const row = await readLiving(db, userId, id);
  if (!row) return null;
  const {
    speakers,
    segments: said,
    called,
  } = tellSpeakers(
    await segmentsWithSpeakers(db, row.id)
      .select([
        sql<string>`coalesce(segments.decided_text, segments.text)`.as('text'),
        sql<string | null>`CASE WHEN segments.decided_text IS NOT NULL THEN segments.text END`.as(
          'heardText',
        ),
        sql<boolean>`segments.decided_speaker_id IS NOT NULL`.as('speakerDecided'),
        'speakers.is_owner as isOwner',
        'segments.recording_id as recordingId',
        'segments.provider',
        'segments.model',
        'segments.language',
        ...(words ? (['segments.words'] as const) : []),
      ])
      .where('segments.user_id', '=', userId)
      .execute(),
  );
  const owners = new Set(said.flatMap(({ isOwner, speakerId }) => (isOwner ? speakerId : [])));
  const segments = said.map(({ isOwner: _, ...segment }) => segment);
  const recordingIds = [...new Set(segments.map((segment) => segment.recordingId))];
  const expected = await expectedOfConversations(db, userId, row.status === 'settling' ? [row.id] : []);
  const besides = await readBeside(db, userId, [row]);
  return {
    ...toSummary(row, { ...besides(row.id), expected: expected.get(row.id) ?? null }, called),
    speakers: speakers.map((speaker) => ({ ...speaker, isOwner: owners.has(speaker.id) })),
    segments,
    recordingIds,
    ...(await keptAudio(db, userId, recordingIds)),
    speechWithoutWords: await speechWithoutWordsDuring(db, userId, row, recordingIds),
    saidTwice: await saidTwice(db, userId, {
      recordingIds,
      fromMs: row.started_at_ms,
      toMs: row.ended_at_ms,
    }),
  };
}

async function readLiving(db: Database, userId: string, id: string) {
  for (let step = 0, asked: string | null = id; asked !== null && step < MOST_STEPS; step++) {
    const row = await db
      .selectFrom('conversations')
      .selectAll()
      .select(STATUS.as('status'))
      .where('id', '=', asked)
      .where('user_id', '=', userId)
      .where('merged_into', 'is', null)
      .executeTakeFirst();
    if (row) return row;
    asked = await livingConversationId(db, userId, id);
  }
  return undefined;
}

/** A conversation whose folder was deleted lies in none. */
async function foldersKnown(db: Database, userId: string): Promise<ReadonlySet<string>> {
  return new Set(foldersOf(await readChosen(db, userId)).map(({ id }) => id));
}

interface Beside {
  /** The ids of the person's folders. */
  folders: ReadonlySet<string>;
  /** The rows of its tasks. */
  items: readonly ItemOfConversation[];
  /** What was decided about its events. */
  decidedEvents: readonly DecidedEvent[];
  expected: Expected;
}

async function readBeside(db: Database, userId: string, rows: readonly Conversation[]) {
  const folders = await foldersKnown(db, userId);
  const ids = rows.map(({ id }) => id);
  const items = await itemsOfConversations(db, userId, ids);
  const withEvents = rows.flatMap(({ id, understanding }) => (understanding?.events?.length ? id : []));
  const events = await eventDecisions(db, userId, withEvents);
  return (id: string) => ({ folders, items: items.get(id) ?? [], decidedEvents: events.get(id) ?? [] });
}

/**
 * @param called what its voices are called at present, for the marks in its prose
 */
function toSummary(
  row: Conversation & { status: ConversationStatus },
  { folders, items, decidedEvents, expected }: Beside,
  called: ReadonlyMap<string, string> = new Map(),
): ConversationSummary {
  const tasks = row.items_of === row.items_digest ? items : unlisted(row.understanding);
  const meaning =
    row.understanding &&
    nameSpeakers({ ...row.understanding, actionItems: tasks as unknown as ActionItem[] }, called);
  const actionItems = tasks.map((item, index) => ({
    ...item,
    description: meaning?.actionItems[index]?.description ?? item.description,
  }));
  const added = addedEvents(row.understanding?.events ?? [], decidedEvents);
  const code = row.failure_code;
  const decided = row.decided ?? {};
  const confidence = decided.folder === undefined ? (meaning?.folder?.confidence ?? null) : null;
  const folder =
    row.folder_id !== null && folders.has(row.folder_id) ? { id: row.folder_id, confidence } : null;
  return {
    id: row.id,
    status: row.status,
    failure: row.failure,
    code,
    remedy: code && isErrorCode(code) ? ERRORS[code].remedy : null,
    tries: row.tries,
    nextTryAtMs: row.next_try_at_ms,
    expected,
    title: decided.title ?? meaning?.title ?? null,
    overview: decided.overview ?? meaning?.overview ?? null,
    starred: decided.starred ?? false,
    visibility: decided.visibility ?? 'private',
    kept: decided.kept ?? false,
    decided: CONVERSATION_KINDS.filter((kind) => Object.hasOwn(decided, kind)),
    // Whatever its person has decided about it, they want to see it.
    discarded: row.fragment_revision === row.revision && row.decided === null,
    emoji: meaning?.emoji ?? null,
    category: meaning?.category ?? null,
    keyPoints: meaning?.keyPoints ?? [],
    actionItems,
    sections: meaning?.sections ?? [],
    events: (meaning?.events ?? []).map((event, at) => ({ ...event, added: added[at] ?? false })),
    folder,
    madeBy: meaning?.madeBy ?? null,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
