/**
 * What the main thread and a listening thread say to each other about one recording, over a port of its own.
 * Closing the port is the way to say "stop"; the other side frees what it holds.
 */
import type { AudioHint } from '../../audio/hint.ts';
import type { AudioErrorCode, DecodeReport } from '../../audio/report.ts';
import type { CutOptions, Piece } from '../splitting/cut.ts';
import type { TimeRange } from '../splitting/excerpt.ts';
import type { PlanTask } from '../splitting/planned-limits.ts';
import type { WindowCounts } from '../vad/listen-in-windows.ts';
import type { Resume } from '../vad/mark.ts';
import type { Span } from '../voice-activity.ts';

export type ToThread =
  | { type: 'bytes'; bytes: Uint8Array }
  | { type: 'end' } // of the bytes
  | { type: 'taken' } // a piece
  | { type: 'on' } // word of how much was heard has been taken
  | { type: 'detected'; window: number; spans: Span[] | null }; // null: there is no answer

export type FromThread =
  | { type: 'started' }
  | { type: 'more' } // room for one more chunk of bytes
  | { type: 'piece'; piece: Piece }
  | { type: 'heard'; untilMs: number }
  | { type: 'mark'; resume: Resume } // behind the pieces before it
  | { type: 'detect'; window: number; samples: Float32Array } // asked of the detector, if there is one
  | { type: 'done'; summary: ListeningSummary }
  // A class does not survive the way between threads, so a verdict travels as its code.
  | { type: 'failed'; code: AudioErrorCode | null; message: string };

export interface ListeningSummary {
  report: DecodeReport;
  speechMs: number;
  /** Who has heard it, the detector or this process in its place; both 0 where there is no detector to ask. */
  windows: WindowCounts;
  /**
   * Time the thread spent in each stage; waiting for bytes and for pieces to be taken is not in it, waiting for a
   * detector is.
   */
  timings: { decodeMs: number; listenMs: number };
}

/** Given to the thread with its port. */
export interface ListeningTask {
  port: import('node:worker_threads').MessagePort;
  hint: AudioHint | null;
  vadModel: string;
  /** Whether there is a detector to ask over the port. Without one Silero hears the stream as a whole. */
  hasDetector: boolean;
  cut: CutOptions;
  /** Only these are wanted, one piece for each: nothing is listened to. */
  stretches: readonly TimeRange[] | undefined;
  /** How long each piece may be, decided while it is cut; null: as `cut` says. */
  plan: PlanTask | null;
  /** Where to go on from; null: from the beginning. */
  from: Resume | null;
  /** Of several streams side by side. */
  track: number;
}

/** Chunks on their way to the thread: enough that it never waits for a local disk. */
export const CHUNKS_AHEAD = 4;
/** Larger chunks are passed on in parts of this size. */
export const CHUNK_BYTES = 64 * 1024;
/** Pieces cut and not yet taken: 4 of 15 s are 4 MB, of 90 s 23 MB. */
export const PIECES_AHEAD = 4;
/** Word of how much was heard comes after each so many seconds of audio: some 0.1 s of one core. */
export const HEARD_SECONDS = 30;
/** How often it is given before it is taken. */
export const HEARD_AHEAD = 1;

export type ListeningErrorKind =
  | 'crashed' // the thread ended or a bug showed in it; another attempt may succeed
  | 'stalled' // the thread stopped answering; another attempt gets another one
  | 'closed' // this process is ending
  | 'configuration' // the voice model is missing or damaged
  | 'given_up'; // the pieces were not taken to their end

export class ListeningError extends Error {
  readonly kind: ListeningErrorKind;

  constructor(kind: ListeningErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ListeningError';
    this.kind = kind;
  }
}
