/** Defines the messages between a decoder's own thread and the one that wants its sound. */
import type { AudioErrorCode, DecodeReport } from '../audio/report.ts';
import type { SeekPoints } from '../audio/seek-index.ts';

export const WASM_FORMATS = ['mp3', 'flac', 'ogg-flac', 'ogg-vorbis'] as const;
export type WasmFormat = (typeof WASM_FORMATS)[number];

/** Takes the places at which a decoder can begin; null where it cannot begin anywhere else. */
export type SeekTold = (points: SeekPoints | null) => void;

export type ToDecoder =
  | { type: 'bytes'; bytes: Uint8Array }
  | { type: 'end' } // of the bytes
  | { type: 'taken' }; // a block of sound

export type FromDecoder =
  | { type: 'more' } // room for one more chunk of bytes
  | { type: 'sound'; samples: Float32Array<ArrayBuffer>; report: DecodeReport }
  | { type: 'done'; report: DecodeReport; seek: SeekPoints | null }
  | { type: 'refused'; code: AudioErrorCode; message: string }
  | { type: 'failed'; message: string };

/** The number of blocks that may wait to be taken: a chunk of a bomb can become hours of sound. */
export const BLOCKS_AHEAD = 4;
export const CHUNK_BYTES = 64 * 1024;
