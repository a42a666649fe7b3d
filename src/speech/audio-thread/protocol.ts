/**
 * Defines the messages between the main thread and a listening thread about one recording, over a port of its own.
 * Closing the port means "stop": the other side then frees what it holds.
 */
import type { MessagePort } from 'node:worker_threads';
import type { AudioHint } from '../../audio/hint.ts';
import type { AudioErrorCode, DecodeReport } from '../../audio/report.ts';
import type { Sound } from '../../audio/sound-notes.ts';
import type { CutOptions } from '../splitting/cut.ts';
import type { TimeRange } from '../splitting/excerpt.ts';
import type { PcmPiece } from '../splitting/piece.ts';
import type { PlanTask } from '../splitting/planned-limits.ts';
import type { WindowCounts } from '../vad/listen-in-windows.ts';
import type { Resume } from '../vad/mark.ts';
import type { Speech } from '../vad/speech.ts';
import type { FinderOptions } from '../vad/speech-finder.ts';
import type { Span } from '../voice-activity.ts';

export type ToThread =
  | { type: 'bytes'; bytes: Uint8Array }
  | { type: 'end' } // of the bytes
  | { type: 'taken' } // a piece
  | { type: 'on' } // the report of progress has been taken
  | { type: 'detected'; window: number; spans: Span[] | null } // null: there is no answer
  // A thread that has nothing else to do hears a window over this port; null: each has something to do. So many more are free.
  | { type: 'idle'; port: MessagePort | null; free: number };

export type FromThread =
  | { type: 'started' }
  | { type: 'more' } // room for one more chunk of bytes
  | { type: 'piece'; piece: PcmPiece }
  | { type: 'heard'; untilMs: number }
  | { type: 'mark'; resume: Resume } // behind the pieces before it
  | { type: 'detect'; window: number; samples: Float32Array } // asked of the detector, if there is one
  | { type: 'window'; window: FinderOptions } // may another thread hear it?
  | { type: 'done'; summary: ListeningSummary }
  // A message between threads loses an error's class, so the verdict is sent as its code.
  | { type: 'failed'; code: AudioErrorCode | null; message: string; stack?: string | undefined };

export interface ListeningSummary {
  report: DecodeReport;
  speechMs: number;
  /** The windows examined by the hosted detector and by Silero in its place; both 0 without a hosted detector. */
  windows: WindowCounts;
  /**
   * The time that the thread spent in each stage. Waiting for bytes and for pieces to be taken is not counted, waiting
   * for a detector is.
   */
  timings: { decodeMs: number; listenMs: number };
  /** For whoever plays it; null where this pass did not hear all of it. */
  sound: Sound | null;
}

/** The task that the thread gets with its port. */
export interface ListeningTask {
  port: MessagePort;
  hint: AudioHint | null;
  vadModel: string;
  /** Whether there is a detector to ask over the port. Without one Silero examines the stream as a whole. */
  hasDetector: boolean;
  cut: CutOptions;
  /** If set, only the sound of these is wanted, one piece for each, and speech is not looked for. */
  stretches: readonly TimeRange[] | undefined;
  /** How long each piece may be, decided while it is cut; null: as `cut` says. */
  plan: PlanTask | null;
  /** Where to go on from; null: from the beginning. */
  from: Resume | null;
  /** Which of several parallel streams is wanted. */
  track: number;
  /** The path of ffmpeg; null if there is none. */
  ffmpeg: string | null;
}

/** One window of a long recording, heard by a thread that has nothing else to do. */
export interface WindowTask {
  port: MessagePort;
  window: FinderOptions;
}

/** A chunk of the window's sound; null at its end. The answer to each is the speech that has ended with it. */
export type ToWindow = Float32Array<ArrayBuffer> | null;
export interface FromWindow {
  speech: Speech[];
  isDone: boolean;
}

/** The number of chunks on their way to the thread, so that it never waits for a local disk. */
export const CHUNKS_AHEAD = 4;
/** Larger chunks are passed on in parts of this size. */
export const CHUNK_BYTES = 64 * 1024;
/** The number of pieces that are cut and not yet taken: 8 of 15 s are 4 MB, of 180 s 46 MB. */
export const PIECES_AHEAD = 8;
/** Progress is reported after each so many seconds of audio, which take about 0.1 s of one core. */
export const HEARD_SECONDS = 30;
/** The number of reports of progress that may be sent before one is taken. */
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
