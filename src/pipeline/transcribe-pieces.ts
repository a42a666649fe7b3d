/**
 * Transcribes one piece of speech. Its row is the checkpoint: a provider's answer is stored before anything else
 * happens and never requested again, even if the process dies.
 */
import { readForgotten } from '../conversations/deleted-spans.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { SpeechHints } from '../speech/hints.ts';
import type { Piece } from '../speech/splitting/piece.ts';
import { inRecording, pausesOf } from '../speech/splitting/time-map.ts';
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import { CUT_OFF } from '../speech/transcribers/storable.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type PieceSegment, type Recording } from '../store/schema.ts';
import { isForgotten, isWhollyForgotten } from '../timeline/forgotten.ts';
import { isUnsteady } from '../timeline/unknown-language.ts';
import { recordTranscription } from '../usage/record.ts';
import { beginCall, completeCalls, endCalls, type Question } from './call-log.ts';
import { commit, STALE, StaleAttempt } from './commit.ts';
import type { PipelineContext } from './context.ts';
import type { Run } from './run.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'transcriber' | 'prices' | 'log'>;

interface PieceOptions {
  signal: AbortSignal;
  dueAtMs?: number;
  hints?: SpeechHints;
  /** Where the recording's pieces were cut off, to be written down before a piece is asked about. */
  limits?: Pick<Run, 'hasUnkeptLimits' | 'keepLimits'>;
}

/** @returns the milliseconds that the call took; 0 if the answer was stored already */
export async function transcribePiece(
  context: Context,
  recording: Recording,
  piece: Piece,
  { signal, dueAtMs, hints, limits }: PieceOptions,
): Promise<number> {
  const keepLimits = async (tx: Tx) => await limits?.keepLimits(tx);
  if (await isStored(context, recording.id, piece)) {
    // The next attempt is to cut here again, and to meet this answer too.
    if (limits?.hasUnkeptLimits) await commitPiece(context, recording, keepLimits);
    return 0;
  }
  const stretch = { fromMs: Math.round(piece.startMs), toMs: Math.round(piece.endMs) };
  if (isWhollyForgotten(stretch, await readForgotten(context.db, recording))) {
    await storeUnheard(context, recording, piece, keepLimits);
    return 0;
  }
  const isUnknownSoFar = await isOfUnknownLanguage(context, recording.id, piece.ordinal);
  const startedAt = performance.now();
  const question: Question = {
    kind: 'transcribe',
    attempt: { recordingId: recording.id, attempt: recording.attempt },
    userId: recording.user_id,
    pieceOrdinal: piece.ordinal,
  };
  // Only while the recording is still wanted: what was deleted is sent to nobody.
  const id = await commitPiece(context, recording, async (tx) => {
    await keepLimits(tx);
    const { provider, model } = context.transcriber;
    return await beginCall(tx, question, { provider, model });
  });
  let transcription: Transcription;
  const calls: ProviderCall[] = [];
  try {
    // The adapter applies the deadline, which begins when the call gets a slot: waiting for a slot is not a failure.
    transcription = await context.transcriber.transcribe(
      { samples: piece.samples, sampleRateHz: 16_000 },
      {
        signal,
        recordingId: recording.id,
        dueAtMs,
        isUnknownSoFar,
        hints,
        onCall: (call) => calls.push(call),
      },
    );
  } catch (error) {
    if (signal.aborted) await endCalls(context, question, { id, calls, outcome: 'cancelled' });
    else {
      const code = error instanceof ProviderError ? error.code : 'internal';
      await commitPiece(context, recording, async (tx) => {
        await completeCalls(tx, question, { id, calls, outcome: 'error', code });
      });
    }
    throw error;
  }
  if (transcription.guards.includes(CUT_OFF)) {
    const { provider, model } = transcription;
    const of = { piece: piece.ordinal, provider, model };
    context.log.warn(
      of,
      'a transcript was longer than anybody can speak in that time, and its end was cut off',
    );
  }
  await commitPiece(context, recording, async (tx) => {
    await recordTranscription(tx, context.prices, {
      recording,
      ordinal: piece.ordinal,
      startMs: Math.round(piece.startMs),
      endMs: Math.round(piece.endMs),
      audioMs: sentMs(piece),
      transcription,
      calls,
    });
    await writePiece(tx, recording, piece, transcription);
    const { provider, model, unintelligible } = transcription;
    const outcome = unintelligible ? 'unintelligible' : 'answered';
    // Of several, only now it is known who answered.
    await completeCalls(tx, question, { id, calls, by: { provider, model }, outcome });
  });
  return performance.now() - startedAt;
}

function sentMs({ startMs, endMs, cutOuts }: Piece): number {
  const silentMs = pausesOf(startMs, cutOuts).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.round(endMs) - Math.round(startMs) - silentMs;
}

/**
 * Deleted speech is sent to nobody again. The piece is marked as skipped, so that the rest of the recording goes on.
 */
async function storeUnheard(
  context: Context,
  recording: Recording,
  piece: Piece,
  also: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { provider, model } = context.transcriber;
  const nothing = {
    segments: [],
    unintelligible: false,
    attempts: 0,
    guards: [DELETED_GUARD],
    provider,
    model,
  };
  await commitPiece(context, recording, async (tx) => {
    await also(tx);
    await writePiece(tx, recording, piece, nothing);
  });
}

/** After this many pieces in a row in an unknown language, the next piece is not transcribed a second time. */
const CLEARLY_UNKNOWN_PIECES = 3;

async function isOfUnknownLanguage({ db }: Context, recordingId: string, ordinal: number): Promise<boolean> {
  const before = await db
    .selectFrom('pieces')
    .select('unsteadiness')
    .where('recording_id', '=', recordingId)
    .where('ordinal', '<', ordinal)
    .where('unsteadiness', 'is not', null)
    .orderBy('ordinal', 'desc')
    .limit(CLEARLY_UNKNOWN_PIECES)
    .execute();
  return before.length === CLEARLY_UNKNOWN_PIECES && before.every((piece) => isUnsteady(piece.unsteadiness));
}

/** The version before heard without windows, so that its pieces may begin or end some windows of the detector elsewhere. */
const SAME_PLACE_MS = 100;

/**
 * Finds the stored answer for this time range. Another cut of the same file (a new model or limit) needs a new
 * call.
 */
async function isStored({ db }: Context, recordingId: string, piece: Piece): Promise<boolean> {
  const row = await db
    .selectFrom('pieces')
    .select(['start_ms', 'end_ms'])
    .where('recording_id', '=', recordingId)
    .where('ordinal', '=', piece.ordinal)
    .executeTakeFirst();
  const isNear = (ms: number, otherMs: number) => Math.abs(ms - otherMs) <= SAME_PLACE_MS;
  return row !== undefined && isNear(row.start_ms, piece.startMs) && isNear(row.end_ms, piece.endMs);
}

/** @throws StaleAttempt */
async function commitPiece<T>(
  context: Context,
  { id: recordingId, attempt }: Recording,
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  const written = await commit(context, { recordingId, attempt }, async (tx) => ({ it: await write(tx) }));
  if (written === STALE) throw new StaleAttempt();
  return written.it;
}

/** Removes words of speech that was deleted during the call. */
async function writePiece(
  tx: Tx,
  recording: Recording,
  piece: Piece,
  transcription: Transcription,
): Promise<void> {
  const forgotten = await readForgotten(tx, recording);
  const said: PieceSegment[] = inRecording(transcription.segments, piece.cutOuts).map((segment) => ({
    startMs: Math.round(piece.startMs + segment.startMs),
    endMs: Math.round(piece.startMs + segment.endMs),
    text: segment.text,
    speaker: segment.speaker,
    words: segment.words?.map((word) => ({
      startMs: Math.round(piece.startMs + word.startMs),
      endMs: Math.round(piece.startMs + word.endMs),
      text: word.text,
    })),
  }));
  const segments = said.filter(
    ({ startMs, endMs }) => !isForgotten({ fromMs: startMs, toMs: endMs }, forgotten),
  );
  const guards = new Set(transcription.guards);
  if (segments.length < said.length) guards.add(DELETED_GUARD);
  const row = {
    start_ms: Math.round(piece.startMs),
    end_ms: Math.round(piece.endMs),
    segments: JSON.stringify(segments),
    unintelligible: transcription.unintelligible,
    guards: JSON.stringify([...guards]),
    provider: transcription.provider,
    model: transcription.model,
    language: transcription.language ?? null,
    unsteadiness: transcription.unsteadiness ?? null,
    unknown_language: false,
    pauses: piece.cutOuts ? JSON.stringify(pausesOf(piece.startMs, piece.cutOuts)) : null,
  };
  await tx
    .updateTable('recordings')
    .set((column) => ({
      heard_ms: column.fn<number>('greatest', ['heard_ms', column.val(row.end_ms)]),
      crashes: 0,
    }))
    .where('id', '=', recording.id)
    .execute();
  await tx
    .insertInto('pieces')
    .values({ recording_id: recording.id, ordinal: piece.ordinal, ...row })
    .onConflict((conflict) => conflict.columns(['recording_id', 'ordinal']).doUpdateSet(row))
    .execute();
}
