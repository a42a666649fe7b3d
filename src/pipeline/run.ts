/**
 * One recording that is being transcribed: its progress, the time charged to its person, and whether it has to give up
 * its place.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { SAMPLES_PER_MS } from '../audio/hint.ts';
import { ERRORS } from '../errors.ts';
import { noteRecording } from '../events/note.ts';
import { chargeMore, paidFor } from '../intake/charge.ts';
import { enqueueIngest } from '../intake/enqueue.ts';
import { SHORTEST_PIECE_SECONDS } from '../speech/splitting/cut.ts';
import { isPlanned } from '../speech/splitting/cut-name.ts';
import type { PcmPiece } from '../speech/splitting/piece.ts';
import type { PlanTask } from '../speech/splitting/planned-limits.ts';
import type { Resume } from '../speech/vad/mark.ts';
import type { Tx } from '../store/database.ts';
import type { Recording, StoredMark } from '../store/schema.ts';
import { commit, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';
import type { Runner } from './places.ts';
import type { Inside } from './solo.ts';

/** The log of events tells of each twentieth of a recording, so that a long one is not told of every second. */
const TOLD_STEP = 0.05;
/** The progress is written this often: one write a second for each of some twenty recordings in a worker. */
const KEEP_EVERY_MS = 1_000;

type Context = Pick<
  PipelineContext,
  'db' | 'lease' | 'log' | 'listening' | 'transcriber' | 'places' | 'requestId'
>;

export class Run implements Runner {
  readonly #context: Context;
  readonly #recording: Recording;
  readonly #inside: Inside;
  readonly #cut: string;
  /** Where its pieces were cut off so far, by ordinal. */
  readonly #limits: (number | null)[];
  /** Those of the version that lost some of its pieces, by their places. */
  readonly #earlier: PlanTask['earlier'];
  #hasUnkeptLimits = false;
  /** Pieces that are not stored yet. A mark after them must not be used. */
  readonly #underWay = new Set<number>();
  /** Set once this worker transcribes no more of it. */
  gaveWay = false;
  #marks: StoredMark[] = [];
  #kept: StoredMark | null;
  #keptMs: number;
  #heardMs: number;
  #toldShare = 0;
  #dueFromMs: number;
  readonly #sinceMs = performance.now();
  #isAsked = false;
  #hasPassedMark = false;

  /** @param cut the name of how it is cut: as an earlier attempt did, or as the worker does */
  constructor(context: Context, recording: Recording, inside: Inside, cut = context.listening.cut) {
    this.#context = context;
    this.#recording = recording;
    this.#inside = inside;
    this.#cut = cut;
    // Another detector or local model cuts other pieces, so the whole recording is transcribed again.
    // Before the mark of an earlier version words may be missing.
    this.#kept = recording.mark?.cut === this.#cut && recording.mark.isWhole ? recording.mark : null;
    this.#limits = recording.piece_limits?.cut === this.#cut ? [...recording.piece_limits.limits] : [];
    this.#earlier = recording.piece_limits?.cut === this.#cut ? recording.piece_limits.earlier : undefined;
    // A recording of which nothing is stored is cut as this version cuts, and that is written down with its first piece.
    this.#hasUnkeptLimits =
      recording.piece_limits?.cut !== this.#cut && context.transcriber.cost !== undefined;
    this.#heardMs = this.#kept?.heardMs ?? 0;
    this.#keptMs = this.#heardMs;
    this.#dueFromMs = recording.due_at_ms ?? recording.accepted_at_ms;
  }

  /** The name of how it is cut. */
  get cut(): string {
    return this.#cut;
  }

  /** The mark from which transcribing goes on. */
  get from(): Resume | null {
    return this.#kept;
  }

  /** How its pieces are cut; null where their length is the same for every recording. */
  get plan(): PlanTask | null {
    const { transcriber, places } = this.#context;
    const { cost, concurrency, capabilities } = transcriber;
    if (cost === undefined || !isPlanned(this.#cut)) return null;
    return {
      decided: this.#limits,
      ...(this.#earlier ? { earlier: this.#earlier } : {}),
      sizeBytes: this.#recording.size_bytes,
      // Whoever is heard beside it has calls of its own.
      callsAtOnce: Math.max(1, Math.floor(concurrency / Math.max(1, places.running))),
      cost,
      shortestSeconds: SHORTEST_PIECE_SECONDS,
      longestSeconds: capabilities.longestPieceSeconds,
    };
  }

  get lane() {
    return this.#recording.lane;
  }

  get userId(): string {
    return this.#recording.user_id;
  }

  get ranForMs(): number {
    return performance.now() - this.#sinceMs;
  }

  get dueAtMs(): number {
    return this.#dueFromMs + this.#heardMs;
  }

  get canGiveWay(): boolean {
    return this.#hasPassedMark;
  }

  get isAsked(): boolean {
    return this.#isAsked;
  }

  giveWay(): void {
    this.#isAsked = true;
  }

  heardUntil(ms: number): void {
    this.#heardMs = Math.max(this.#heardMs, ms);
  }

  passed(resume: Resume): void {
    const heardMs = Math.round(resume.atSample / SAMPLES_PER_MS);
    this.#marks.push({ ...resume, heardMs, cut: this.#cut, isWhole: true });
    this.#hasPassedMark = true;
  }

  pieceBegins({ ordinal, limitSamples }: PcmPiece): void {
    this.#underWay.add(ordinal);
    if (this.#limits[ordinal] !== undefined) return;
    while (this.#limits.length < ordinal) this.#limits.push(null);
    this.#limits.push(limitSamples);
    if (limitSamples !== null && this.#context.transcriber.cost !== undefined) this.#hasUnkeptLimits = true;
  }

  /**
   * Writes down where its pieces were cut off, in the transaction that notes a piece's call before it is made: another
   * attempt cuts there again. The row is locked, so the last to write knows of all cuts.
   */
  async keepLimits(tx: Tx): Promise<void> {
    if (!this.#hasUnkeptLimits) return;
    this.#hasUnkeptLimits = false;
    await tx
      .updateTable('recordings')
      .set({ piece_limits: JSON.stringify({ cut: this.#cut, limits: this.#limits, earlier: this.#earlier }) })
      .where('id', '=', this.#recording.id)
      .execute();
  }

  /** The transaction that wrote them down was rolled back, so that the next one has to. */
  limitsWereLost(): void {
    this.#hasUnkeptLimits = this.#context.transcriber.cost !== undefined;
  }

  /** Notes that a piece's answer is stored; `isNew`: it was not stored before. */
  pieceEnds(ordinal: number, isNew: boolean): void {
    this.#underWay.delete(ordinal);
    if (isNew) this.#inside.gotOn();
  }

  /** Writes the progress until the signal fires or the recording belongs to another attempt. */
  async keep(signal: AbortSignal): Promise<void> {
    while (true) {
      await delay(KEEP_EVERY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        if (!(await this.#write(async () => {}))) return;
      } catch (error) {
        // If the database is away, the progress is written the next time.
        this.#context.log.debug({ err: error }, 'how far a recording is heard could not be kept');
      }
    }
  }

  /**
   * Puts the recording back into the queue, to go on from the last mark when it is due. @returns false if it belongs to
   * another attempt by now
   */
  async leave(): Promise<boolean> {
    const { id: recordingId, lane } = this.#recording;
    return await this.#write(async (tx, recording, mark) => {
      const attempt = recording.attempt + 1;
      await tx
        .updateTable('recordings')
        .set({ outcome: 'waiting', code: 'queued', reason: ERRORS.queued.title, attempt, held_by: null })
        .where('id', '=', recordingId)
        .execute();
      const fromMs = mark?.heardMs ?? 0;
      await enqueueIngest(tx, {
        recordingId,
        attempt,
        lane,
        dueAtMs: this.#dueFromMs + fromMs,
        requestId: this.#context.requestId,
      });
      noteRecording(tx, recording.user_id, recordingId);
    });
  }

  /** @returns false if it belongs to another attempt by now */
  async #write(
    also: (tx: Tx, recording: Recording, mark: StoredMark | null) => Promise<void>,
  ): Promise<boolean> {
    const { id: recordingId, attempt } = this.#recording;
    const heardMs = this.#heardMs;
    const mark = this.#safeMark();
    const share = heardMs / Math.max(1, heardMs, paidFor(this.#recording));
    const written = await commit(this.#context, { recordingId, attempt }, async (tx, recording) => {
      const gotOn = heardMs > recording.heard_ms;
      const dueFromMs = heardMs > paidFor(recording) ? await chargeMore(tx, recording, heardMs) : null;
      if (heardMs > this.#keptMs || mark !== this.#kept) {
        await tx
          .updateTable('recordings')
          .set({
            heard_ms: Math.max(recording.heard_ms, heardMs),
            mark: mark && JSON.stringify(mark),
            ...(gotOn ? { crashes: 0 } : {}),
          })
          .where('id', '=', recordingId)
          .execute();
      }
      this.#dueFromMs = dueFromMs ?? this.#dueFromMs;
      if (share >= this.#toldShare + TOLD_STEP) noteRecording(tx, recording.user_id, recordingId, 'progress');
      await also(tx, recording, mark);
      return { gotOn };
    });
    if (written === STALE) return false;
    if (share >= this.#toldShare + TOLD_STEP) this.#toldShare = share;
    this.#keptMs = heardMs;
    this.#kept = mark;
    this.#marks = this.#marks.filter(({ atSample }) => atSample > (mark?.atSample ?? -1));
    if (written.gotOn) this.#inside.gotOn();
    return true;
  }

  /** Finds the last mark before which every piece is stored. */
  #safeMark(): StoredMark | null {
    const first = Math.min(...this.#underWay);
    return this.#marks.findLast(({ ordinal }) => ordinal <= first) ?? this.#kept;
  }
}
