/**
 * Makes title, summary and tasks of a settled conversation, once per version of its words. An attempt that failed gets a
 * next one, and an extract is shown until then; the words stay readable.
 * The rule is "Meaning is computed once things are quiet" (ARCHITECTURE.md).
 */

import { sql } from 'kysely';
import { requireLanguageCalls } from '../bounds/language-calls.ts';
import { renewActionItems } from '../conversations/action-items.ts';
import { unfinishedNear } from '../conversations/settled.ts';
import { noteConversation } from '../events/note.ts';
import { defectOf, failureFields } from '../failure.ts';
import { enqueueLink, enqueueUnderstandAgain } from '../intake/enqueue.ts';
import { isSmallChange, printOf, readPrint, storedPrint, type WordsPrint } from '../meaning/small-change.ts';
import {
  type ConversationToUnderstand,
  segmentIdsIn,
  type Understander,
  type Understanding,
} from '../meaning/understanding.ts';
import { toldFolders } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import { type MarkedVoices, markSpeakers, withVoices } from '../speakers/marks.ts';
import { segmentsWithSpeakers } from '../speakers/read.ts';
import { pieceOf } from '../speakers/voices.ts';
import { fittingTerms } from '../speech/hints.ts';
import type { Reader } from '../store/database.ts';
import type { Conversation } from '../store/schema.ts';
import { recordUnderstanding } from '../usage/record.ts';
import { CallLog } from './call-log.ts';
import { type ConversationAttempt, commit, STALE, selectWanted } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { UNHELD } from './crashes.ts';
import { logNotUnderstood } from './log-lines.ts';
import { type AttemptFailure, isPutOff, nextAttemptAfter } from './retry-policy.ts';

type Context = Pick<
  PipelineContext,
  'db' | 'lease' | 'understander' | 'fallback' | 'prices' | 'log' | 'languageCallsPerDay'
>;

/** `superseded`: the words have changed or will change, and that change enqueues another understanding. */
export type Understood = 'understood' | 'superseded';

export async function understand(
  context: Context,
  attempt: ConversationAttempt,
  signal: AbortSignal,
): Promise<Understood> {
  const { db, understander } = context;
  const { conversationId, revision } = attempt;
  const conversation = await readSettled(db, attempt);
  if (!conversation) return 'superseded';
  const { words, voices, pieces } = await readWords(context, conversationId, conversation);
  const userId = conversation.user_id;
  const print = printOf(words.segments.map(({ text }) => text));
  const isCompared = pieces < 2 || conversation.reel?.revision === revision;
  if (stillHolds(conversation, understander, { words, voices, print })) {
    if (!isCompared) await compareVoices(context, attempt);
    return (await keepUnderstanding(context, attempt)) === STALE ? 'superseded' : 'understood';
  }
  const extracts = isFragment(conversation) ? context.fallback : null;
  const isModel = extracts === null && understander.madeBy.kind === 'language-model';
  if (isModel) await requireLanguageCalls(db, userId, context.languageCallsPerDay, Date.now());
  const calls = new CallLog(context, { kind: 'understand', attempt, userId });
  const comparing = isCompared ? null : compareVoices(context, attempt);
  // Of filler an extract tells all that there is, and a wearable hears much of it, so no model is paid for it.
  const understood = await (extracts ?? understander)
    .understand(words, { signal, onCall: calls.watch })
    .finally(() => Promise.all([calls.settled(), comparing]));
  // An extract says what was said, in which a mark would be somebody's own words.
  const isWritten = understood.madeBy.kind === 'language-model';
  const understanding = isWritten ? withVoices(understood, voices) : understood;
  const used = { conversationId, revision, userId, understanding };
  const committed = await commit(
    context,
    attempt,
    async (tx) => {
      await recordUnderstanding(tx, context.prices, used);
      await tx
        .updateTable('conversations')
        .set({
          understanding: JSON.stringify(understanding),
          understood_words: isModel ? storedPrint(print) : null,
          understood_words_of: isModel ? revision : null,
          ...understoodColumns(revision),
        })
        .where('id', '=', conversationId)
        .execute();
      await renewActionItems(tx, conversationId);
      noteConversation(tx, userId, conversationId);
    },
    { ifStale: async (tx) => await recordUnderstanding(tx, context.prices, used) },
  );
  return committed === STALE ? 'superseded' : 'understood';
}

/** Words that join it are another revision, and what its person has decided about shows that they want it. */
function isFragment({ fragment_revision, revision, decided }: Conversation): boolean {
  return fragment_revision === revision && decided === null;
}

function understoodColumns(revision: number) {
  return {
    understood_revision: revision,
    failure: null,
    failure_code: null,
    tries: 0,
    next_try_at_ms: null,
    updated_at_ms: Date.now(),
    ...UNHELD,
  };
}

/**
 * Says whether a language model need not be asked again: the words have hardly changed since it was, and what it refers to
 * is still there.
 */
function stillHolds(
  { understanding, understood_words, understood_words_of, understood_revision }: Conversation,
  { madeBy }: Understander,
  now: { words: ConversationToUnderstand; voices: MarkedVoices; print: WordsPrint },
): boolean {
  if (madeBy.kind !== 'language-model' || understanding?.madeBy.kind !== 'language-model') return false;
  // An older process may have understood later words without keeping them.
  if (!understood_words || understood_words_of !== understood_revision) return false;
  const segments = new Set(now.words.segments.map(({ id }) => id));
  const voices = new Set(Object.values(now.voices).flat());
  return (
    segmentIdsIn(understanding).every((id) => segments.has(id)) &&
    Object.values(understanding.voices ?? {}).every((ids) => ids.some((id) => voices.has(id))) &&
    isSmallChange(readPrint(understood_words), now.print)
  );
}

/** The words that are kept beside it stay those that were understood, or many small changes would add up unseen. */
async function keepUnderstanding(context: Context, attempt: ConversationAttempt) {
  const { conversationId, revision } = attempt;
  return await commit(context, attempt, async (tx, { user_id }) => {
    await tx
      .updateTable('conversations')
      .set({ ...understoodColumns(revision), understood_words_of: revision })
      .where('id', '=', conversationId)
      .execute();
    noteConversation(tx, user_id, conversationId);
  });
}

/**
 * Has the voices of several pieces compared while the words are understood. It never rejects: the answer of a language
 * model, which is paid for, is worth more than who is who.
 */
async function compareVoices(
  context: Context,
  { conversationId: id, revision }: ConversationAttempt,
): Promise<void> {
  const words = { conversationId: id, revision };
  await commit(context, words, async (tx) => await enqueueLink(tx, { id, revision }), {
    timeline: false,
  }).catch((error: unknown) => {
    const { cause } = failureFields(error);
    context.log.warn(`Conversation ${id}: its voices stay separate until its words change: ${cause}`);
  });
}

/**
 * Ends the attempt. A failure that may pass gets a next attempt, later each time. Any other failure, or a day of
 * attempts, makes a dead letter that a person can retry. Fenced, and only while the attempt is still wanted.
 */
export async function failUnderstanding(
  context: Context,
  attempt: ConversationAttempt,
  failure: AttemptFailure,
  signal: AbortSignal,
): Promise<void> {
  const extract = await extractMeanwhile(context, attempt, signal);
  const ended = await commitFailure(context, attempt, failure, extract).catch(async (error) => {
    if (!extract || !defectOf(error)) throw error;
    // If the database refuses the extracted summary as well, the failed attempt is still recorded.
    return await commitFailure(context, attempt, failure, null);
  });
  if (ended !== STALE) logNotUnderstood(context.log, attempt.conversationId, { ...failure, ...ended });
}

async function commitFailure(
  context: Context,
  attempt: ConversationAttempt,
  failure: AttemptFailure,
  extract: Understanding | null,
): Promise<{ failedAttempts: number; nextAttemptAtMs: number | null } | typeof STALE> {
  return await commit(context, attempt, async (tx, conversation) => {
    const { id, revision } = conversation;
    const waitMs = nextAttemptAfter(failure, conversation.tries);
    const nowMs = Date.now();
    const nextAttemptAtMs = waitMs === null ? null : nowMs + waitMs;
    const failedAttempts = conversation.tries + (isPutOff(failure) ? 0 : 1);
    const next = conversation.attempt + 1;
    await tx
      .updateTable('conversations')
      .set({
        ...(extract ? { understanding: JSON.stringify(extract) } : {}),
        failure: failure.reason,
        failure_code: failure.code,
        attempt: next,
        tries: failedAttempts,
        next_try_at_ms: nextAttemptAtMs,
        updated_at_ms: nowMs,
        ...UNHELD,
      })
      .where('id', '=', id)
      .execute();
    if (extract) await renewActionItems(tx, id);
    if (waitMs !== null) await enqueueUnderstandAgain(tx, { id, revision, attempt: next }, waitMs);
    noteConversation(tx, conversation.user_id, id);
    return { failedAttempts, nextAttemptAtMs };
  });
}

/**
 * Makes the summary that is shown until the language model answers. A summary that a model made of earlier words is
 * kept instead, since it says more than an extract. The same words are not extracted twice.
 * @returns null if nothing is to be replaced
 */
async function extractMeanwhile(
  context: Context,
  attempt: ConversationAttempt,
  signal: AbortSignal,
): Promise<Understanding | null> {
  const { db, fallback, log } = context;
  if (!fallback) return null;
  const conversation = await readWanted(db, attempt).executeTakeFirst();
  if (!conversation || conversation.understanding?.madeBy.kind === 'language-model') return null;
  if (conversation.understanding && conversation.tries > 0) return null;
  try {
    const { words } = await readWords(context, conversation.id, conversation);
    return await fallback.understand(words, { signal });
  } catch (error) {
    signal.throwIfAborted();
    // Recording that the model failed matters more than this summary, so its own failure is ignored.
    const { cause } = failureFields(error);
    log.error(`Conversation ${conversation.id}: no summary of its own sentences could be made: ${cause}`);
    return null;
  }
}

/** Selects the conversation and its person's time zone if this attempt is still wanted. */
function readWanted(db: Reader, attempt: ConversationAttempt) {
  return selectWanted(db, attempt)
    .innerJoin('users', 'users.id', 'conversations.user_id')
    .selectAll('conversations')
    .select('users.time_zone');
}

/** Does the same, and only if no recording being processed can still add to the conversation. */
async function readSettled(db: Reader, attempt: ConversationAttempt) {
  return await readWanted(db, attempt)
    .where(({ not, exists }) => not(exists(unfinishedNear(null))))
    .executeTakeFirst();
}

interface Words {
  words: ConversationToUnderstand;
  /** The voices behind the marks of speakers in the words. */
  voices: MarkedVoices;
  /** Number of pieces in which voices were told apart. */
  pieces: number;
}

async function readWords(
  { db }: Context,
  conversationId: string,
  conversation: { user_id: string; started_at_ms: number; ended_at_ms: number; time_zone: string },
): Promise<Words> {
  const chosen = await readChosen(db, conversation.user_id);
  const told = await segmentsWithSpeakers(db, conversationId)
    .select([
      // What a person has corrected is understood as they wrote it.
      sql<string>`coalesce(segments.decided_text, segments.text)`.as('text'),
      'segments.language',
      'segments.recording_id as recordingId',
      'voices.piece_ordinal as pieceOrdinal',
    ])
    .execute();
  const { segments, voices } = markSpeakers(told);
  const languages = new Set(segments.flatMap(({ language }) => language ?? []));
  const pieces = new Set(
    told.flatMap(({ recordingId, pieceOrdinal }) =>
      pieceOrdinal === null ? [] : pieceOf({ recordingId, pieceOrdinal }),
    ),
  );
  return {
    words: {
      segments,
      startedAtMs: conversation.started_at_ms,
      endedAtMs: conversation.ended_at_ms,
      timeZone: chosen.timeZone ?? conversation.time_zone,
      languages: languages.size > 0 ? [...languages] : (chosen.languages ?? []),
      ...(chosen.folders ? { folders: toldFolders(chosen.folders) } : {}),
      ...(chosen.vocabulary ? { vocabulary: fittingTerms(chosen.vocabulary) } : {}),
    },
    voices,
    pieces: pieces.size,
  };
}
