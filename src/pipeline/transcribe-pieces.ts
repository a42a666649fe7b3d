/**
 * Transcribes one piece of speech. Its row is the checkpoint: a provider's answer is stored before anything else
 * happens and never requested again, even if the process dies.
 */
import { readForgotten } from '../conversations/deleted-spans.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { SpeechHints } from '../speech/hints.ts';
import type { PcmPiece } from '../speech/splitting/piece.ts';
import { inRecording, pausesOf } from '../speech/splitting/time-map.ts';
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import { CUT_OFF } from '../speech/transcribers/storable.ts';
import type { Tx } from '../store/database.ts';
import { DELETED_GUARD, type PieceSegment, type Recording } from '../store/schema.ts';
import { isForgotten } from '../timeline/forgotten.ts';
import { recordTranscription } from '../usage/record.ts';
import { type Begun, type Limits, PieceBeginnings } from './begin-pieces.ts';
import { completeCalls, endCalls } from './call-log.ts';
import { commit, STALE, StaleAttempt } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { droppingAside } from './stored-pieces.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'transcriber' | 'prices' | 'log'>;

interface PieceOptions {
  signal: AbortSignal;
  dueAtMs?: number;
  hints?: SpeechHints;
  /** Where the recording's pieces were cut off, to be written down before a piece is asked about. */
  limits?: Limits;
  /** Where pieces of the same recording are cut at the same time, their calls begin together. */
  beginnings?: PieceBeginnings;
}

/** @returns the milliseconds that the call took; 0 if the answer was stored already */
export async function transcribePiece(
  context: Context,
  recording: Recording,
  piece: PcmPiece,
  {
    signal,
    dueAtMs,
    hints,
    limits,
    beginnings = new PieceBeginnings(context, recording, limits),
  }: PieceOptions,
): Promise<number> {
  const begun = await beginnings.begin(piece);
  if (begun.is === 'stored') return 0;
  if (begun.is === 'forgotten') {
    await storeUnheard(context, recording, piece);
    return 0;
  }
  return await askAbout(context, recording, piece, {
    begun,
    signal,
    dueAtMs,
    hints,
    keep: async (tx, transcription) => await writePiece(tx, recording, piece, transcription),
  });
}

interface Asking {
  begun: Extract<Begun, { is: 'asked' }>;
  signal: AbortSignal;
  dueAtMs: number | undefined;
  hints: SpeechHints | undefined;
  /** Stores the answer, in the transaction that counts it. */
  keep: (tx: Tx, transcription: Transcription) => Promise<void>;
  /** The answer is about the person's timeline, and not about this recording alone. */
  timeline?: boolean;
}

/** @returns the milliseconds that the call took */
export async function askAbout(
  context: Context,
  recording: Recording,
  piece: PcmPiece,
  { begun: { id, question, isUnknownSoFar }, signal, dueAtMs, hints, keep, timeline = false }: Asking,
): Promise<number> {
  const startedAt = performance.now();
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
  await commitPiece(
    context,
    recording,
    async (tx) => {
      await recordTranscription(tx, context.prices, {
        recording,
        ordinal: piece.ordinal,
        startMs: Math.round(piece.startMs),
        endMs: Math.round(piece.endMs),
        audioMs: sentMs(piece),
        transcription,
        calls,
      });
      await keep(tx, transcription);
      const { provider, model, unintelligible } = transcription;
      const outcome = unintelligible ? 'unintelligible' : 'answered';
      // Of several, only now it is known who answered.
      await completeCalls(tx, question, { id, calls, by: { provider, model }, outcome });
    },
    timeline,
  );
  return performance.now() - startedAt;
}

function sentMs({ startMs, endMs, cutOuts }: PcmPiece): number {
  const silentMs = pausesOf(startMs, cutOuts).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.round(endMs) - Math.round(startMs) - silentMs;
}

/**
 * Deleted speech is sent to nobody again. The piece is marked as skipped, so that the rest of the recording goes on.
 */
async function storeUnheard(context: Context, recording: Recording, piece: PcmPiece): Promise<void> {
  const { provider, model } = context.transcriber;
  const nothing = {
    segments: [],
    unintelligible: false,
    attempts: 0,
    guards: [DELETED_GUARD],
    provider,
    model,
  };
  await commitPiece(context, recording, async (tx) => await writePiece(tx, recording, piece, nothing));
}

/** @throws StaleAttempt */
async function commitPiece<T>(
  context: Context,
  { id: recordingId, attempt }: Recording,
  write: (tx: Tx) => Promise<T>,
  timeline = false,
): Promise<T> {
  const wrapped = async (tx: Tx) => ({ it: await write(tx) });
  const written = await commit(context, { recordingId, attempt }, wrapped, { timeline });
  if (written === STALE) throw new StaleAttempt();
  return written.it;
}

async function writePiece(
  tx: Tx,
  recording: Recording,
  piece: PcmPiece,
  transcription: Transcription,
): Promise<void> {
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
  // In one statement, since every piece would pay for another one, and hardly any recording has something set aside.
  const dropping = tx.with('aside', (db) => droppingAside(db, recording.id, piece));
  await keepProgress(dropping, recording.id, Math.round(piece.endMs));
  await keepPiece(tx, recording, piece, said, transcription);
}

/** Whoever got an answer has not crashed over it. */
export async function keepProgress(
  tx: Pick<Tx, 'updateTable'>,
  recordingId: string,
  untilMs: number,
): Promise<void> {
  await tx
    .updateTable('recordings')
    .set((column) => ({
      heard_ms: column.fn<number>('greatest', ['heard_ms', column.val(untilMs)]),
      crashes: 0,
    }))
    .where('id', '=', recordingId)
    .execute();
}

/** Removes words of speech that was deleted during the call. */
export async function keepPiece(
  tx: Tx,
  recording: Recording,
  piece: Pick<PcmPiece, 'ordinal' | 'startMs' | 'endMs' | 'cutOuts'>,
  said: readonly PieceSegment[],
  transcription: Omit<Transcription, 'segments'>,
): Promise<void> {
  const forgotten = await readForgotten(tx, recording);
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
    .insertInto('pieces')
    .values({ recording_id: recording.id, ordinal: piece.ordinal, ...row })
    .onConflict((conflict) => conflict.columns(['recording_id', 'ordinal']).doUpdateSet(row))
    .execute();
}
