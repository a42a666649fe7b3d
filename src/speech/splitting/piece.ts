import { joinedFloats, joinedPcm16 } from '../../audio/pcm16.ts';
import type { Edge } from './edges.ts';
import type { CutOut } from './time-map.ts';

/**
 * A piece of audio sent to a recognizer in one call: neighbouring speech with a little silence around it. Times count
 * from the file's start.
 */
export interface Piece {
  ordinal: number;
  startMs: number;
  endMs: number;
  /** The duration of its speech; the rest is pauses and padding. */
  speechMs: number;
  /** The limit at which it was cut off, in samples without padding; null where it ended by itself. */
  limitSamples: number | null;
  samples: Float32Array<ArrayBuffer>;
  /** The pauses that are not in its sound; absent if there are none. */
  cutOuts?: readonly CutOut[] | undefined;
  /** The end of the recording that it touches: what is said in it may go on in another recording. */
  edge?: Edge | undefined;
}

/** A piece as it is cut: its sound lies in several arrays, which follow each other. */
export interface PieceInParts extends Omit<Piece, 'samples'> {
  parts: readonly Float32Array[];
}

/** A piece outside of the thread that cut it. 16 bits take half the memory, and are what nearly all files hold. */
export interface PcmPiece extends Omit<Piece, 'samples'> {
  samples: Int16Array<ArrayBuffer>;
}

export function inPcm16({ parts, ...piece }: PieceInParts): PcmPiece {
  return { ...piece, samples: joinedPcm16(parts) };
}

export function inFloats({ parts, ...piece }: PieceInParts): Piece {
  return { ...piece, samples: joinedFloats(parts) };
}
