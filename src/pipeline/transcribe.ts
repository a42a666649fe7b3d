/**
 * One piece of speech to words. Its row is the checkpoint: what a provider has answered is stored before anything
 * else happens, and never asked for again, whatever dies in between.
 */
import type { Piece } from '../speech/cut.ts';
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import { queryable } from '../store/database.ts';
import type { PieceSegment, Recording } from '../store/schema.ts';
import { recordTranscription } from '../usage/record.ts';
import type { Stages } from './stages.ts';

/** The recording was deleted while it was heard, or another attempt has it: what is heard now is nobody's. */
export class StaleAttempt extends Error {}

/** @returns the milliseconds that the call took; 0 when the answer was stored already */
export async function transcribePiece(
  stages: Stages,
  recording: Recording,
  piece: Piece,
  signal: AbortSignal,
): Promise<number> {
  if (await isStored(stages, recording.id, piece)) return 0;
  const startedAtMs = Date.now();
  const callId = await noteCall(stages, recording.id, piece.ordinal, startedAtMs);
  let transcription: Transcription;
  const calls: ProviderCall[] = [];
  try {
    // The adapter has the deadline: it counts from the call's turn, since waiting for one is not failing.
    transcription = await stages.transcriber.transcribe(
      { samples: piece.samples, sampleRateHz: 16_000 },
      { signal, recordingId: recording.id, onCall: (call) => calls.push(call) },
    );
  } catch (error) {
    await settleCall(stages, callId, signal.aborted ? 'cancelled' : 'error', calls);
    throw error;
  }
  await store(stages, recording, { id: callId, calls }, piece, transcription);
  return Date.now() - startedAtMs;
}

/** Stored, and for this very stretch: another cut of the same file (a new model, a new limit) is another question. */
async function isStored({ db }: Stages, recordingId: string, piece: Piece): Promise<boolean> {
  const row = await db
    .selectFrom('pieces')
    .select(['start_ms', 'end_ms'])
    .where('recording_id', '=', recordingId)
    .where('ordinal', '=', piece.ordinal)
    .executeTakeFirst();
  return (
    row !== undefined && row.start_ms === Math.round(piece.startMs) && row.end_ms === Math.round(piece.endMs)
  );
}

async function noteCall(
  { db, transcriber }: Stages,
  recordingId: string,
  ordinal: number,
  startedAtMs: number,
): Promise<number> {
  const { id } = await db
    .insertInto('provider_calls')
    .values({
      recording_id: recordingId,
      piece_ordinal: ordinal,
      provider: transcriber.provider,
      model: transcriber.model,
      started_at_ms: startedAtMs,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function settleCall(
  { db }: Stages,
  callId: number,
  outcome: string,
  calls: readonly ProviderCall[],
): Promise<void> {
  await db
    .updateTable('provider_calls')
    .set({ finished_at_ms: Date.now(), outcome, calls: JSON.stringify(calls) })
    .where('id', '=', callId)
    .execute();
}

async function store(
  { db, lease, prices }: Stages,
  recording: Recording,
  { id: callId, calls }: { id: number; calls: readonly ProviderCall[] },
  piece: Piece,
  transcription: Transcription,
): Promise<void> {
  const segments: PieceSegment[] = transcription.segments.map((segment) => ({
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
  const row = {
    start_ms: Math.round(piece.startMs),
    end_ms: Math.round(piece.endMs),
    segments: JSON.stringify(segments),
    unintelligible: transcription.unintelligible,
    guards: JSON.stringify(transcription.guards),
    provider: transcription.provider,
    model: transcription.model,
    language: transcription.language ?? null,
  };
  await db.transaction().execute(async (tx) => {
    await lease.assertHeld(queryable(tx));
    const { numUpdatedRows } = await tx
      .updateTable('recordings')
      .set((column) => ({ heard_ms: column.fn<number>('greatest', ['heard_ms', column.val(row.end_ms)]) }))
      .where('id', '=', recording.id)
      .where('attempt', '=', recording.attempt)
      .where('finished_at_ms', 'is', null)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new StaleAttempt();
    await recordTranscription(tx, prices, {
      recording,
      ordinal: piece.ordinal,
      startMs: row.start_ms,
      endMs: row.end_ms,
      transcription,
      calls,
    });
    await tx
      .insertInto('pieces')
      .values({ recording_id: recording.id, ordinal: piece.ordinal, ...row })
      .onConflict((conflict) => conflict.columns(['recording_id', 'ordinal']).doUpdateSet(row))
      .execute();
    await tx
      .updateTable('provider_calls')
      .set({
        finished_at_ms: Date.now(),
        outcome: transcription.unintelligible ? 'unintelligible' : 'answered',
        // Of several, only now it is known who answered.
        provider: row.provider,
        model: row.model,
        calls: JSON.stringify(calls),
      })
      .where('id', '=', callId)
      .execute();
  });
}
