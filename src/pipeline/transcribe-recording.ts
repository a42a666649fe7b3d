/**
 * Turns bytes into words. A thread decodes, listens and cuts, and each piece is transcribed as soon as it is cut. No
 * stage waits for the whole recording, and no recording is in memory as a whole.
 */

import { AudioError } from '../audio/report.ts';
import { AfterwordError, type ErrorCode, isErrorCode } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import { paidFor, settleCharge } from '../intake/charge.ts';
import { noteSound } from '../playback/sounds.ts';
import { hintsOf } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import { within } from '../providers/deadline.ts';
import { ListeningError, type ListeningSummary } from '../speech/audio-thread/session.ts';
import type { PcmPiece } from '../speech/splitting/piece.ts';
import type { Recording, Timings } from '../store/schema.ts';
import { FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import { PieceBeginnings } from './begin-pieces.ts';
import { CallLog } from './call-log.ts';
import { commit, STALE, StaleAttempt } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { eachAtOnce } from './each-at-once.ts';
import { cutOfAttempt } from './earlier-cut.ts';
import { type BorderPiece, claim, EndsOfPieces, hearBorder, soundOf } from './hear-borders.ts';
import { type Beginning, holdRecording, type SET_ASIDE } from './hold.ts';
import { attemptWithinMs, FailedPieces } from './retry-policy.ts';
import { Run } from './run.ts';
import { slotBySlot } from './slot-by-slot.ts';
import type { Inside } from './solo.ts';
import { Tracks } from './tracks.ts';
import { transcribePiece } from './transcribe-pieces.ts';

/**
 * The result of transcribing a recording. `rejected` is a result and not a failure, since another attempt would give
 * the same. `stale`: the recording was deleted or belongs to another attempt by now. `gave-way`: it is back in the
 * queue.
 */
export type RecordingResult =
  | { result: 'heard' | 'stale' | 'gave-way' | typeof SET_ASIDE }
  | { result: 'rejected'; code: ErrorCode; reason: string };

type Context = Pick<
  PipelineContext,
  | 'db'
  | 'changes'
  | 'lease'
  | 'blobs'
  | 'listening'
  | 'hearing'
  | 'places'
  | 'solo'
  | 'transcriber'
  | 'prices'
  | 'log'
  | 'quietMs'
  | 'attemptMs'
  | 'requestId'
  | 'toCopy'
>;

export async function transcribeRecording(
  context: Context,
  recordingId: string,
  attempt: number,
  signal: AbortSignal,
): Promise<RecordingResult> {
  const heard = await holdRecording(
    context,
    { recordingId, attempt },
    signal,
    async (until, inside, recording) => await transcribeHeld(context, recording, inside, until),
    beginning,
  );
  return typeof heard === 'string' ? { result: heard } : heard;
}

async function transcribeHeld(
  context: Context,
  recording: Recording | null,
  inside: Inside,
  signal: AbortSignal,
): Promise<RecordingResult> {
  if (!recording) return { result: 'stale' };
  const ms = attemptWithinMs(context.attemptMs, Math.max(paidFor(recording), recording.heard_ms));
  const late = () => new AfterwordError('overdue', `it was not heard within ${Math.round(ms / 1000)} s`);
  const run = new Run(context, recording, inside, await cutOfAttempt(context, recording));
  const leavePlace = context.places.take(run);
  try {
    return await within([signal], { ms, late }, async (until) => {
      const done = new AbortController();
      const keeping = run.keep(done.signal);
      try {
        return await transcribeAll(context, recording, run, until);
      } finally {
        done.abort();
        await keeping;
      }
    });
  } finally {
    leavePlace();
  }
}

async function transcribeAll(
  context: Context,
  recording: Recording,
  run: Run,
  signal: AbortSignal,
): Promise<RecordingResult> {
  const { transcriber } = context;
  const { from, plan, cut } = run;
  const attempt = { recordingId: recording.id, attempt: recording.attempt };
  const detecting = new CallLog(context, { kind: 'detect', attempt, userId: recording.user_id });
  const tracks = new Tracks(context, recording, { signal, from, plan, cut, onDetect: detecting.watch });
  // Read once, so that all pieces of an attempt are heard alike.
  const hints = hintsOf(await readChosen(context.db, recording.user_id));
  let pieces = from?.ordinal ?? 0;
  let transcribeMs = 0;
  const underWay = new Set<Promise<number>>();
  const failed = new FailedPieces();
  const beginnings = new PieceBeginnings(context, recording, run);
  try {
    // The next piece is cut only when a recognizer is free for it.
    await eachAtOnce(
      withBorders(context, recording, run, { tracks, signal, cut: ({ ordinal }) => (pieces = ordinal + 1) }),
      async ({ piece, border }) => {
        const options = { signal, dueAtMs: run.dueAtMs, hints, beginnings };
        const answer = border
          ? hearBorder(context, recording, { piece, border }, options)
          : transcribePiece(context, recording, piece, options);
        underWay.add(answer);
        const tookMs = await answer
          .catch((error: unknown) => failed.leave(error, signal))
          .finally(() => underWay.delete(answer));
        if (tookMs === null) return;
        failed.passes();
        run.pieceEnds(piece.ordinal, tookMs > 0);
        transcribeMs += tookMs;
      },
      { concurrency: transcriber.concurrency, signal },
    );
  } catch (error) {
    // The other running pieces are paid for already, so they are awaited and stored. An attempt that began before that
    // would request each of them again.
    await Promise.allSettled(underWay);
    if (error instanceof StaleAttempt) return { result: 'stale' };
    if (error instanceof AudioError) {
      return { result: 'rejected', code: verdictOf(error), reason: error.message };
    }
    throw asAfterwordError(error, signal);
  } finally {
    await detecting.settled();
  }
  if (failed.first) throw failed.first;
  if (run.gaveWay) {
    return { result: (await run.leave()) ? 'gave-way' : STALE };
  }
  const summary = tracks.summary();
  const isKept = await keepReport(context, recording, pieces, summary, {
    decodeMs: Math.round(summary.timings.decodeMs),
    listenMs: Math.round(summary.timings.listenMs),
    transcribeMs: Math.round(transcribeMs),
    ...detectionOf(summary),
  });
  return { result: isKept ? 'heard' : 'stale' };
}

type Asked = { piece: PcmPiece; border?: BorderPiece['border'] };

/**
 * Holds back what touches the ends of the recording until all of it was listened to: where a neighbour goes on there it is
 * heard with that, and not by itself. A mark is not passed with a piece before it that is held back.
 */
async function* withBorders(
  context: Context,
  recording: Recording,
  run: Run,
  { tracks, signal, cut }: { tracks: Tracks; signal: AbortSignal; cut: (piece: PcmPiece) => void },
): AsyncGenerator<Asked, void, void> {
  const slots = context.hearing[recording.lane];
  const ends = new EndsOfPieces(run.from === null);
  let held: PcmPiece[] = [];
  for await (const event of slotBySlot(tracks.events(), slots, run, signal)) {
    if (event.type === 'mark') {
      for (const piece of held) yield { piece };
      held = [];
      run.passed(event.resume);
      continue;
    }
    const { piece } = event;
    cut(piece);
    ends.passed(piece);
    run.pieceBegins(piece);
    if (piece.edge) held.push(piece);
    else yield { piece };
  }
  if (!run.gaveWay) await noteToCopy(context, recording, tracks.summary());
  if (run.gaveWay || (held.length === 0 && run.cut === context.listening.cut)) return;
  const { report } = tracks.summary();
  // Of several streams side by side each would need a border of its own.
  if (report.tracks > 1) {
    for (const piece of held) yield { piece };
    return;
  }
  const durationMs = Math.round(report.durationMs);
  const { hear, covered } = await claim(context, recording, ends.endsOf(durationMs), durationMs);
  for (const border of hear) {
    const heard = await soundOf(context, recording, border, { slots, dueAtMs: run.dueAtMs, signal });
    if (heard) yield heard;
    else covered.delete(border.side);
  }
  for (const piece of held) {
    if (piece.edge && covered.has(piece.edge.end)) run.pieceEnds(piece.ordinal, false);
    else yield { piece };
  }
}

/** A playable copy is made beside the calls that are under way by now, and takes what they leave of the processor. */
async function noteToCopy(
  context: Context,
  { id: recordingId, attempt }: Recording,
  { sound }: Pick<ListeningSummary, 'sound'>,
): Promise<void> {
  if (sound === null || sound.map !== null) return;
  await commit(context, { recordingId, attempt }, (tx) => noteSound(tx, recordingId, sound));
  context.toCopy?.();
}

/** Reports the hosted detector's windows; empty if Silero alone found the speech. */
function detectionOf({ windows: { detector, fallback } }: ListeningSummary): Timings {
  const vadWindows = detector + fallback;
  return vadWindows > 0 ? { vadWindows, vadFallbacks: fallback } : {};
}

function verdictOf(error: AudioError): ErrorCode {
  if (!isErrorCode(error.code))
    throw new AfterwordError('internal', `unknown verdict ${error.code}`, { cause: error });
  return error.code;
}

/** Converts the errors of the audio and speech rooms into entries of the table in errors.ts. */
function asAfterwordError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof ListeningError) {
    const code = error.kind === 'configuration' ? 'configuration' : 'internal';
    return new AfterwordError(code, error.message, { cause: error });
  }
  return error;
}

/** What is written and told when it is heard for the first time, or again. */
function beginning(recording: Recording): Beginning {
  const timings: Timings = {
    ...recording.timings,
    queuedMs: recording.timings.queuedMs ?? Math.max(0, Date.now() - recording.accepted_at_ms),
  };
  const columns = {
    outcome: 'processing' as const,
    code: 'working',
    reason: null,
    next_try_at_ms: null,
    timings: JSON.stringify(timings),
  };
  return { columns, known: { timings } };
}

/** @returns false if the recording belongs to another attempt by now */
async function keepReport(
  context: Pick<PipelineContext, 'db' | 'lease'>,
  { id: recordingId, attempt }: Recording,
  pieces: number,
  { report, sound }: Pick<ListeningSummary, 'report' | 'sound'>,
  spent: Timings,
): Promise<boolean> {
  const kept = await commit(context, { recordingId, attempt }, async (tx, recording) => {
    const durationMs = Math.round(report.durationMs);
    const charge = await settleCharge(tx, recording, durationMs);
    await tx
      // Pieces after the last one come from an earlier attempt that cut differently.
      .with('cut_differently', (db) =>
        db
          .deleteFrom('pieces')
          .where('recording_id', '=', recordingId)
          .where('ordinal', '>=', pieces)
          .where('ordinal', '<', FIRST_BORDER_ORDINAL),
      )
      .updateTable('recordings')
      .set({
        ...charge,
        whole_attempt: attempt,
        duration_ms: durationMs,
        heard_ms: durationMs,
        decode_report: JSON.stringify(report),
        timings: JSON.stringify({ ...recording.timings, ...spent }),
      })
      .where('id', '=', recordingId)
      .execute();
    await noteSound(tx, recordingId, sound);
    noteRecording(tx, recording.user_id, recordingId);
  });
  return kept !== STALE;
}
