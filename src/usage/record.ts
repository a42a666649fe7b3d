/**
 * Counts a result, once, in the transaction that commits it: what is not committed is not counted, and what is
 * counted is there. Tries that came to nothing have no row here; the calls behind a piece that failed are in
 * `provider_calls`.
 */
import type { Understanding } from '../meaning/understanding.ts';
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import type { UsageStage } from '../store/tables/calls.ts';
import { type Amounts, costMicros, LOCAL, type Share, sharesOf } from './cost.ts';
import type { Prices } from './prices.ts';

/** What was sent to be transcribed, and the calls that it took. */
interface Sent {
  audioMs: number;
  transcription: Transcription;
  calls: readonly ProviderCall[];
}

interface TranscribedPiece extends Omit<Sent, 'audioMs'> {
  recording: Pick<Recording, 'id' | 'user_id' | 'attempt'>;
  ordinal: number;
  /** From the start of the file. */
  startMs: number;
  endMs: number;
  /** What was sent, if that is less: long pauses are cut out. */
  audioMs?: number;
}

/**
 * The attempt is part of the key: a piece that is stored is not asked for again by a later attempt, but what was deleted
 * and brought back is, and is paid for again. So is another cut. Call it when the recording's row is locked: whoever
 * deletes its person waits for that row, and takes this away with the rest.
 */
export async function recordTranscription(tx: Tx, prices: Prices, piece: TranscribedPiece): Promise<void> {
  const { recording, ordinal, startMs, endMs, audioMs = endMs - startMs } = piece;
  const result = `transcribe:${recording.id}:${recording.attempt}:${ordinal}:${startMs}-${endMs}`;
  const counted: Result = { result, userId: recording.user_id, stage: 'transcribe' };
  await insertAudio(tx, prices, counted, { ...piece, audioMs });
}

interface LinkedSpeakers extends Sent {
  conversationId: string;
  revision: number;
  userId: string;
}

/** The call that tells who is who across the pieces of a conversation: audio like any other, and billed like it. */
export async function recordSpeakers(tx: Tx, prices: Prices, linked: LinkedSpeakers): Promise<void> {
  const { conversationId, revision, userId } = linked;
  if (!(await lockPerson(tx, userId))) return;
  const result = `speakers:${conversationId}:${revision}`;
  await insertAudio(tx, prices, { result, userId, stage: 'speakers' }, linked);
}

interface Understood {
  conversationId: string;
  revision: number;
  userId: string;
  understanding: Understanding;
}

/**
 * Counted also when its words have changed meanwhile and it is of no use: it was paid for. Call it before anything else
 * in the transaction: whoever places locks the person first as well.
 */
export async function recordUnderstanding(tx: Tx, prices: Prices, understood: Understood): Promise<void> {
  const { conversationId, revision, userId, understanding } = understood;
  if (!(await lockPerson(tx, userId))) return;
  const { calls = 0, failedCalls = 0, inputTokens = 0, outputTokens = 0 } = understanding.usage ?? {};
  const model = modelOf(understanding);
  const amounts = {
    ...NOTHING,
    inputTokens: believable(inputTokens),
    outputTokens: believable(outputTokens),
  };
  // A server that does not tell its tokens has used some all the same.
  const isUntold = calls > 0 && amounts.inputTokens + amounts.outputTokens === 0;
  await insertOnce(
    tx,
    { result: `understand:${conversationId}:${revision}`, userId, stage: 'understand' },
    {
      ...model,
      answered: true,
      calls,
      failedCalls,
      ...amounts,
      costMicros: isUntold ? null : costMicros(prices, model, amounts),
    },
  );
}

const NOTHING: Amounts = { audioMs: 0, inputTokens: 0, outputTokens: 0 };
/** Of one conversation: a hundred times what a day of talk takes, read in parts. */
const MOST_TOKENS = 1e9;

/** What a server says of itself may be anything, and must not keep a result from being committed. */
function believable(tokens: number): number {
  return Number.isFinite(tokens) ? Math.round(Math.min(Math.max(tokens, 0), MOST_TOKENS)) : 0;
}

/** A language model is named `provider:model`; a model's own name may hold colons. */
function modelOf({ madeBy }: Understanding): { provider: string; model: string } {
  if (madeBy.kind === 'extractive') return { provider: LOCAL, model: madeBy.model };
  const [, provider = '', model = ''] = /^([^:]*):?(.*)$/s.exec(madeBy.model) ?? [];
  return { provider, model };
}

/**
 * Their deletion waits for us, or we for it: no row may come to stay behind it.
 * @returns false when they have been deleted
 */
async function lockPerson(tx: Tx, userId: string): Promise<boolean> {
  const person = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .where('deleted_at_ms', 'is', null)
    .forShare()
    .executeTakeFirst();
  return person !== undefined;
}

interface Result {
  result: string;
  userId: string;
  stage: UsageStage;
}

/** Audio that nobody was sent, as silence, is on nobody's bill. */
async function insertAudio(tx: Tx, prices: Prices, result: Result, sent: Sent): Promise<void> {
  const [first, ...others] = sharesOf(sent.calls, sent.transcription);
  const wasSent = first.calls > first.failedCalls;
  const amounts = { ...NOTHING, audioMs: wasSent ? sent.audioMs : 0 };
  await insertOnce(
    tx,
    result,
    { ...first, ...amounts, costMicros: costMicros(prices, first, amounts) },
    others,
  );
}

type Answering = Share & Amounts & { costMicros: number | null };

/** The row of the one that answered decides whether the result is counted already; the others go with it. */
async function insertOnce(tx: Tx, result: Result, answering: Answering, others: Share[] = []): Promise<void> {
  const atMs = Date.now();
  const rowOf = (share: Share) => ({
    result: result.result,
    user_id: result.userId,
    stage: result.stage,
    at_ms: atMs,
    provider: share.provider,
    model: share.model,
    answered: share.answered,
    calls: share.calls,
    failed_calls: share.failedCalls,
  });
  const inserted = await tx
    .insertInto('usage')
    .values({
      ...rowOf(answering),
      audio_ms: answering.audioMs,
      input_tokens: answering.inputTokens,
      output_tokens: answering.outputTokens,
      cost_micros: answering.costMicros,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('result')
    .executeTakeFirst();
  if (!inserted || others.length === 0) return;
  // No provider bills a call that it has not answered.
  const rows = others.map((share) => ({ ...rowOf(share), cost_micros: 0 }));
  await tx
    .insertInto('usage')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
