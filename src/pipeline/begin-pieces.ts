/**
 * Notes the calls for pieces before they are made, in one transaction for all that are cut at the same time. A recording
 * whose length is known is cut into all its pieces at once, and each transaction of one locks the recording's row: one
 * after the other, with the sound of the others being encoded in between, the last call began half a second after the first.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readForgotten } from '../conversations/deleted-spans.ts';
import type { PcmPiece } from '../speech/splitting/piece.ts';
import type { Tx } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { isWhollyForgotten } from '../timeline/forgotten.ts';
import { isUnsteady } from '../timeline/unknown-language.ts';
import { beginCalls, type Question } from './call-log.ts';
import { commit, STALE, StaleAttempt } from './commit.ts';
import type { PipelineContext } from './context.ts';
import type { Run } from './run.ts';
import { meetStored } from './stored-pieces.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'transcriber'>;

/** Where the recording's pieces were cut off, to be written down before a piece is asked about. */
export type Limits = Pick<Run, 'keepLimits' | 'limitsWereLost'>;

export type Begun =
  /** Its answer is here from an earlier attempt. */
  | { is: 'stored' }
  /** Its speech was deleted: it is sent to nobody. */
  | { is: 'forgotten' }
  | { is: 'asked'; id: number; question: Question; isUnknownSoFar: boolean };

interface Waiting extends PromiseWithResolvers<Begun> {
  piece: PcmPiece;
}

/**
 * Pieces that are cut at once come from the listening thread some 5 ms apart, since each of 2 MB is joined on its way. The first
 * would otherwise begin alone, and the others after it: their calls began 0.1 s later.
 */
const TOGETHER_MS = 10;
/** After this many pieces in a row in an unknown language, the next piece is not transcribed a second time. */
const CLEARLY_UNKNOWN_PIECES = 3;

/** What waits is bounded by the pieces that a recording may ask about at once. */
export class PieceBeginnings {
  readonly #context: Context;
  readonly #recording: Recording;
  readonly #limits: Limits | undefined;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(context: Context, recording: Recording, limits?: Limits) {
    this.#context = context;
    this.#recording = recording;
    this.#limits = limits;
  }

  /** @throws StaleAttempt */
  async begin(piece: PcmPiece): Promise<Begun> {
    const waiting = { piece, ...Promise.withResolvers<Begun>() };
    this.#waiting.push(waiting);
    if (!this.#isRunning) void this.#run();
    return await waiting.promise;
  }

  /** Those that come at the same time, or while a transaction is under way, go together into the next one. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      for (let before = 0; before < this.#waiting.length; await delay(TOGETHER_MS))
        before = this.#waiting.length;
      const together = this.#waiting;
      this.#waiting = [];
      try {
        const begun = await this.#beginAll(together.map(({ piece }) => piece));
        for (const [at, one] of begun.entries()) together[at]?.resolve(one);
      } catch (error) {
        this.#limits?.limitsWereLost();
        for (const { reject } of together) reject(error);
      }
    }
    this.#isRunning = false;
  }

  /** Only while the recording is still wanted: what was deleted is sent to nobody. */
  async #beginAll(pieces: readonly PcmPiece[]): Promise<Begun[]> {
    const recording = this.#recording;
    const attempt = { recordingId: recording.id, attempt: recording.attempt };
    const begun = await commit(this.#context, attempt, async (tx) => {
      // The next attempt is to cut where this one did, and to meet the stored answers too.
      await this.#limits?.keepLimits(tx);
      const stored = await meetStored(tx, recording.id, pieces);
      const forgotten = await readForgotten(tx, recording);
      const states = pieces.map((piece) => {
        if (stored.has(piece.ordinal)) return 'stored';
        const stretch = { fromMs: Math.round(piece.startMs), toMs: Math.round(piece.endMs) };
        return isWhollyForgotten(stretch, forgotten) ? 'forgotten' : 'asked';
      });
      const asked = pieces.filter((_, at) => states[at] === 'asked');
      const isUnknown = await readUnknown(tx, recording.id, asked);
      const questions = asked.map((piece) => this.#questionAbout(piece));
      const { provider, model } = this.#context.transcriber;
      const ids = await beginCalls(tx, questions, { provider, model });
      let next = 0;
      return pieces.map((piece, at): Begun => {
        const state = states[at];
        if (state === 'stored' || state === 'forgotten') return { is: state };
        const [id, question] = [ids[next], questions[next]];
        next += 1;
        if (id === undefined || question === undefined) throw new Error('a call was begun without a row');
        return { is: 'asked', id, question, isUnknownSoFar: isUnknown(piece.ordinal) };
      });
    });
    if (begun === STALE) throw new StaleAttempt();
    return begun;
  }

  #questionAbout({ ordinal }: PcmPiece): Question {
    const { id: recordingId, attempt, user_id: userId } = this.#recording;
    return { kind: 'transcribe', attempt: { recordingId, attempt }, userId, pieceOrdinal: ordinal };
  }
}

/** @returns whether all of the pieces before one were in an unknown language */
async function readUnknown(
  tx: Tx,
  recordingId: string,
  pieces: readonly PcmPiece[],
): Promise<(ordinal: number) => boolean> {
  if (pieces.length === 0) return () => false;
  const before = await tx
    .selectFrom('pieces')
    .select(['ordinal', 'unsteadiness'])
    .where('recording_id', '=', recordingId)
    .where('ordinal', '<', Math.max(...pieces.map(({ ordinal }) => ordinal)))
    .where('unsteadiness', 'is not', null)
    .orderBy('ordinal', 'desc')
    // Those that begin together may have answers of an earlier attempt that cut otherwise, which stand between.
    .limit(CLEARLY_UNKNOWN_PIECES + pieces.length)
    .execute();
  return (ordinal) => {
    const last = before.filter((row) => row.ordinal < ordinal).slice(0, CLEARLY_UNKNOWN_PIECES);
    return last.length === CLEARLY_UNKNOWN_PIECES && last.every((row) => isUnsteady(row.unsteadiness));
  };
}
