/**
 * Hears what lies on both sides of a border between two recordings in one call. It is a piece of the recording whose work
 * asks: its attempt, its crashes and its person's usage count it, once.
 */
import { fromPcm16 } from '../audio/pcm16.ts';
import { AudioError } from '../audio/report.ts';
import { enqueueSettled } from '../conversations/settled.ts';
import { AfterwordError } from '../errors.ts';
import { forgetBorderPiece, type Side } from '../placing/alone.ts';
import { type ClaimedBorder, claimBorders, markApart, markHeard } from '../placing/borders.ts';
import type { Ends } from '../placing/ends.ts';
import { recordingThatIsKept } from '../placing/place-again.ts';
import type { Semaphore } from '../providers/semaphore.ts';
import type { SpeechHints } from '../speech/hints.ts';
import { isDoubled } from '../speech/splitting/doubled.ts';
import type { PcmPiece } from '../speech/splitting/piece.ts';
import type { Transcription } from '../speech/transcriber.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Tx } from '../store/database.ts';
import type { PieceSegment, Recording } from '../store/schema.ts';
import { BORDER_ORDINALS } from '../store/tables/borders.ts';
import { partAtBorder, saidBefore } from '../timeline/border-words.ts';
import type { RecordingEnd } from '../timeline/borders.ts';
import type { PieceBeginnings } from './begin-pieces.ts';
import { commit, STALE, StaleAttempt } from './commit.ts';
import type { PipelineContext } from './context.ts';
import { slotBySlot } from './slot-by-slot.ts';
import { askAbout, keepPiece, keepProgress } from './transcribe-pieces.ts';

type Context = Pick<
  PipelineContext,
  'db' | 'lease' | 'blobs' | 'listening' | 'transcriber' | 'prices' | 'log' | 'quietMs'
>;

/** Without speech on its side, so much of a recording is heard with what touches the border on the other side. */
const QUIET_REACH_MS = 500;

type Ended = Pick<PcmPiece, 'startMs' | 'endMs' | 'speechMs' | 'edge'>;

/** Notes where the pieces of an attempt lie as they are cut, to know what is at both ends of the recording. */
export class EndsOfPieces {
  #first: Ended | undefined;
  #last: Ended | undefined;
  /** The head was passed by an earlier attempt. */
  readonly #isWhole: boolean;

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  passed(piece: Ended): void {
    this.#first ??= piece;
    this.#last = piece;
  }

  endsOf(durationMs: number): Ends {
    const [first, last] = [this.#first, this.#last];
    const tail = last?.edge?.end === 'tail' ? touching(last, durationMs - last.startMs) : null;
    const head = first?.edge?.end === 'head' ? touching(first, first.endMs) : null;
    return {
      head: head ?? (this.#isWhole ? quiet(first?.startMs ?? durationMs) : null),
      tail: tail ?? quiet(durationMs - (last?.endMs ?? 0)),
    };
  }
}

function touching({ edge, speechMs }: Ended, reachMs: number): RecordingEnd {
  return { reachMs, gapMs: Math.round(edge?.gapMs ?? 0), speechMs };
}

function quiet(forMs: number): RecordingEnd | null {
  const reachMs = Math.min(QUIET_REACH_MS, forMs);
  return reachMs > 0 ? { reachMs, gapMs: null, speechMs: 0 } : null;
}

/** @throws StaleAttempt */
export async function claim(
  context: Context,
  { id: recordingId, attempt }: Recording,
  ends: Ends,
  durationMs: number,
) {
  const claimed = await commit(
    context,
    { recordingId, attempt },
    async (tx, recording) => {
      const claimed = await claimBorders(tx, recording, ends, durationMs);
      await enqueueSettled(tx, recording, claimed.elsewhere, context.quietMs);
      return claimed;
    },
    { timeline: true },
  );
  if (claimed === STALE) throw new StaleAttempt();
  return claimed;
}

export interface BorderPiece {
  border: ClaimedBorder;
  /** As a piece of the recording whose work asks, as long as the sound on both sides. */
  piece: PcmPiece;
}

/** When the sound is decoded: beside the other recordings of its lane. */
interface Turn {
  slots: Semaphore;
  dueAtMs: number;
  signal: AbortSignal;
}

/** @returns null if the sounds on both sides do not follow each other */
export async function soundOf(
  context: Context,
  recording: Recording,
  border: ClaimedBorder,
  turn: Turn,
): Promise<BorderPiece | null> {
  const { signal } = turn;
  const { left, right, side } = border;
  const { tail, head } = endsAt(border);
  const excerpts = {
    before: () => excerpt(context, left, left.lengthMs - tail.reachMs, left.lengthMs, turn),
    after: () => excerpt(context, right, 0, head.reachMs, turn),
  };
  const isLeft = side === 'tail';
  const own = await (isLeft ? excerpts.before : excerpts.after)();
  const others = await (isLeft ? excerpts.after : excerpts.before)().catch((error: unknown) => {
    if (!signal.aborted && isUnreadable(error)) return null;
    throw error;
  });
  const [before, after] = isLeft ? [own, others] : [others, own];
  if (!before || !after || isDoubled(fromPcm16(before), fromPcm16(after))) {
    const { id: recordingId, attempt } = recording;
    const marked = await commit(
      context,
      { recordingId, attempt },
      async (tx, recording) =>
        await enqueueSettled(tx, recording, await markApart(tx, border), context.quietMs),
      { timeline: true },
    );
    if (marked === STALE) throw new StaleAttempt();
    return null;
  }
  const samples = new Int16Array(before.length + after.length);
  samples.set(before);
  samples.set(after, before.length);
  const startMs = isLeft ? left.lengthMs - tail.reachMs : 0;
  return {
    border,
    piece: {
      ordinal: BORDER_ORDINALS[side],
      startMs,
      endMs: startMs + tail.reachMs + head.reachMs,
      speechMs: tail.speechMs + head.speechMs,
      limitSamples: null,
      samples,
    },
  };
}

/** The audio of the other recording is lost by now: this one is heard all the same, alone. */
function isUnreadable(error: unknown): boolean {
  return error instanceof AudioError || (error instanceof AfterwordError && error.code === 'blob_missing');
}

function endsAt({ left, right }: ClaimedBorder): { tail: RecordingEnd; head: RecordingEnd } {
  if (!left.tail || !right.head) throw new Error('a border without its ends was to be heard');
  return { tail: left.tail, head: right.head };
}

/** Both sides are decoded alike, whichever of the two recordings came first, so that the words are the same. */
async function excerpt(
  { db, blobs, listening }: Context,
  { contentHash, codec }: ClaimedBorder['left'],
  fromMs: number,
  toMs: number,
  { slots, dueAtMs, signal }: Turn,
): Promise<Int16Array> {
  const bytes = openContent({ db, blobs }, contentHash, signal);
  const { events } = listening.start(bytes, codec, { signal, stretches: [{ fromMs, toMs }] });
  const listener = { dueAtMs, isAsked: false, gaveWay: false, heardUntil: () => {} };
  for await (const event of slotBySlot(events, slots, listener, signal))
    if (event.type === 'piece') return event.piece.samples;
  return new Int16Array(0);
}

/** @returns the milliseconds that the call took; 0 if the answer was stored already */
export async function hearBorder(
  context: Context,
  recording: Recording,
  { border, piece }: BorderPiece,
  options: {
    signal: AbortSignal;
    dueAtMs: number;
    hints: SpeechHints | undefined;
    beginnings: PieceBeginnings;
  },
): Promise<number> {
  const { beginnings, ...asking } = options;
  const begun = await beginnings.begin(piece);
  if (begun.is !== 'asked') return 0;
  return await askAbout(context, recording, piece, {
    ...asking,
    begun,
    timeline: true,
    keep: async (tx, transcription) => {
      // The other recording went or moved meanwhile. The answer was paid for, and is nobody's: both were asked alone.
      if (await markHeard(tx, border, recording.id)) await keepBoth(tx, border, transcription);
      await keepProgress(tx, recording.id, 0);
    },
  });
}

async function keepBoth(tx: Tx, border: ClaimedBorder, transcription: Transcription): Promise<void> {
  const { left, right } = border;
  const { tail, head } = endsAt(border);
  const parts = partAtBorder(
    transcription.segments,
    { ms: tail.reachMs, speechMs: tail.speechMs },
    { ms: head.reachMs, speechMs: head.speechMs },
  );
  const fromMs = left.lengthMs - tail.reachMs;
  // Clocks tell whole seconds: the left one seems to end after the right one has begun, and its words do not.
  const said = saidBefore(parts.left, right.startedAtMs - left.startedAtMs - fromMs);
  await keepSide(tx, left.id, 'tail', { fromMs, end: tail, said, transcription });
  await keepSide(tx, right.id, 'head', { fromMs: 0, end: head, said: parts.right, transcription });
}

interface KeptSide {
  fromMs: number;
  end: RecordingEnd;
  said: readonly PieceSegment[];
  transcription: Transcription;
}

/** Where nobody speaks and nothing was said there is no piece. */
async function keepSide(
  tx: Tx,
  recordingId: string,
  side: Side,
  { fromMs, end, said, transcription }: KeptSide,
): Promise<void> {
  // One of an earlier border does not hold any more.
  if (end.speechMs === 0 && said.length === 0) return await forgetBorderPiece(tx, recordingId, side);
  const recording = await recordingThatIsKept(tx, recordingId);
  if (!recording) return;
  const piece = { ordinal: BORDER_ORDINALS[side], startMs: fromMs, endMs: fromMs + end.reachMs };
  const moved = said.map((segment) => movedBy(segment, fromMs));
  const unintelligible = transcription.unintelligible && end.speechMs > 0;
  await keepPiece(tx, recording, piece, moved, { ...transcription, unintelligible });
}

function movedBy(segment: PieceSegment, ms: number): PieceSegment {
  const move = <T extends { startMs: number; endMs: number }>(item: T): T => ({
    ...item,
    startMs: item.startMs + ms,
    endMs: item.endMs + ms,
  });
  return { ...move(segment), words: segment.words?.map(move) };
}
