/**
 * Each call to anything outside is a row of `provider_calls`. It is written before the call is made and completed when the
 * call has ended, so a row without an end tells of a call that is under way or whose process died under it. The rows hold
 * no words. They go with their recording or conversation, and after `AFTERWORD_FINISHED_WORK_DAYS` in any case.
 */
import { countLanguageCall } from '../bounds/language-calls.ts';
import { failureFields } from '../failure.ts';
import type { CallWatcher } from '../providers/call-watcher.ts';
import { type EndedCall, tellCallsEnded } from '../providers/ended-calls.ts';
import type { ProviderCall } from '../speech/transcriber.ts';
import { afterCommit } from '../store/announcements.ts';
import type { Tx } from '../store/database.ts';
import type { CallKind, CallOutcome } from '../store/tables/calls.ts';
import {
  type ConversationAttempt,
  commit,
  type RecordingAttempt,
  STALE,
  StaleAttempt,
  type WordsVersion,
} from './commit.ts';
import type { PipelineContext } from './context.ts';

/** What is asked, and for which attempt. */
export interface Question {
  kind: CallKind;
  attempt: RecordingAttempt | ConversationAttempt | WordsVersion;
  userId: string;
  pieceOrdinal?: number;
}

interface Called {
  provider: string;
  model: string;
}

/** Before the call is made. @returns the id of its row */
export async function beginCall(tx: Tx, question: Question, called: Called): Promise<number> {
  const row = { ...parentOf(question), ...called, started_at_ms: Date.now() };
  const { id } = await tx.insertInto('provider_calls').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** The same for several questions at once. @returns the ids in the order of the questions */
export async function beginCalls(tx: Tx, questions: readonly Question[], called: Called): Promise<number[]> {
  if (questions.length === 0) return [];
  const startedAtMs = Date.now();
  const rows = questions.map((question) => ({
    ...parentOf(question),
    ...called,
    started_at_ms: startedAtMs,
  }));
  const begun = await tx
    .insertInto('provider_calls')
    .values(rows)
    .returning(['id', 'piece_ordinal'])
    .execute();
  const ids = new Map(begun.map(({ id, piece_ordinal }) => [piece_ordinal, id]));
  return questions.flatMap(({ pieceOrdinal }) => ids.get(pieceOrdinal ?? null) ?? []);
}

interface AnsweredQuestion {
  id: number;
  /** What a chain of providers has told of the calls behind the answer; without any there was the one call. */
  calls: readonly ProviderCall[];
  /** Who answered. */
  by?: Called;
  outcome: CallOutcome;
  code?: string | null;
}

/**
 * Completes the rows of a question with which nothing else is committed. It never rejects: an end that cannot be written
 * leaves its row without one. Where the attempt is stale only that row is completed and none is added, because the
 * recording may have been deleted meanwhile.
 */
export async function endCalls(
  context: Pick<PipelineContext, 'db' | 'lease' | 'log'>,
  question: Question,
  ended: AnsweredQuestion,
): Promise<void> {
  const write = async (tx: Tx) => await completeCalls(tx, question, ended);
  const ifStale = async (tx: Tx) => await completeCalls(tx, question, { ...ended, calls: [] });
  await commitOf(context, question, write, ifStale).catch((error: unknown) => {
    context.log.debug({ cause: failureFields(error).cause }, 'the end of a call was not written');
  });
}

async function commitOf<T>(
  context: Pick<PipelineContext, 'db' | 'lease'>,
  { attempt }: Question,
  write: (tx: Tx) => Promise<T>,
  ifStale: (tx: Tx) => Promise<void> = async () => {},
): Promise<T | typeof STALE> {
  const options = { timeline: false, ifStale };
  return 'recordingId' in attempt
    ? await commit(context, attempt, write, options)
    : await commit(context, attempt, write, options);
}

/** The row that was begun becomes the first of the calls that were made for the answer, and each further call gets its own. */
export async function completeCalls(
  tx: Tx,
  question: Question,
  { id, calls, by, outcome, code = null }: AnsweredQuestion,
): Promise<void> {
  const [first, ...others] = calls.map((call) => endedRow(call, outcome));
  const only = { finished_at_ms: Date.now(), outcome, code, ...by };
  const told = await tx
    .updateTable('provider_calls')
    .set(first ?? only)
    .where('id', '=', id)
    .returning(TOLD)
    .execute();
  if (others.length > 0) {
    const parent = parentOf(question);
    const rows = others.map((row) => ({ ...parent, question_id: id, ...row }));
    told.push(...(await tx.insertInto('provider_calls').values(rows).returning(TOLD).execute()));
  }
  afterCommit(tx, () => tellCallsEnded(told.map(endedCall)));
}

const TOLD = ['kind', 'provider', 'outcome', 'started_at_ms', 'finished_at_ms'] as const;

interface ToldRow {
  kind: CallKind;
  provider: string;
  outcome: CallOutcome | null;
  started_at_ms: number;
  finished_at_ms: number | null;
}

function endedCall(row: ToldRow): EndedCall {
  const { kind, provider, outcome, started_at_ms: startedMs, finished_at_ms: finishedMs } = row;
  return { kind, provider, outcome: outcome ?? 'answered', ms: (finishedMs ?? startedMs) - startedMs };
}

function endedRow(call: ProviderCall, ofQuestion: CallOutcome) {
  const { provider, model, round, link, startedAtMs, tookMs, outcome } = call;
  const isFailure = outcome !== 'answered' && outcome !== 'cancelled' && outcome !== 'not_asked';
  // Only the whole question tells that an answer had no words in it.
  const own = outcome === 'answered' && ofQuestion === 'unintelligible' ? ofQuestion : outcome;
  return {
    provider,
    model,
    round,
    link,
    started_at_ms: startedAtMs,
    finished_at_ms: startedAtMs + tookMs,
    outcome: isFailure ? ('error' as const) : (own as CallOutcome),
    code: isFailure ? outcome : null,
  };
}

function parentOf({ kind, attempt, userId, pieceOrdinal }: Question) {
  const parent =
    'recordingId' in attempt
      ? { recording_id: attempt.recordingId }
      : { conversation_id: attempt.conversationId, revision: attempt.revision };
  // What is asked about a version of the words is asked once.
  const number = 'attempt' in attempt ? attempt.attempt : 1;
  return { ...parent, kind, user_id: userId, piece_ordinal: pieceOrdinal ?? null, attempt: number };
}

/** Watches calls of which nobody knows beforehand how many there will be. */
export class CallLog {
  readonly #context: Pick<PipelineContext, 'db' | 'lease' | 'log'>;
  readonly #question: Question;
  readonly #ends = new Set<Promise<void>>();

  constructor(context: Pick<PipelineContext, 'db' | 'lease' | 'log'>, question: Question) {
    this.#context = context;
    this.#question = question;
  }

  /** Rejects with a StaleAttempt once nobody wants the answer any more. */
  readonly watch: CallWatcher = async (called) => {
    const id = await commitOf(this.#context, this.#question, async (tx) => {
      const { kind, userId } = this.#question;
      if (kind === 'understand') await countLanguageCall(tx, userId, Date.now());
      return await beginCall(tx, this.#question, called);
    });
    if (id === STALE) throw new StaleAttempt();
    return ({ outcome, code = null }) => {
      const ended = { id, calls: [], outcome, code };
      const written = endCalls(this.#context, this.#question, ended).finally(() =>
        this.#ends.delete(written),
      );
      this.#ends.add(written);
    };
  };

  /** Resolves when the ends that were told of are written. */
  async settled(): Promise<void> {
    await Promise.all(this.#ends);
  }
}
