/**
 * Describes a decode: AudioError says why nothing came out, and DecodeReport counts what was lost when something did. Both
 * are stored and shown to people, so the codes are stable.
 */

import type { OutsideFormat } from './formats.ts';

export type AudioErrorCode =
  | 'empty_file' // not a single byte
  | 'no_frames' // the right kind of file, with no complete frame in it
  | 'erased_storage' // nothing but 0x00 or 0xFF: flash pages that were erased and never written
  | 'not_audio' // the bytes are no recording: text, noise, another kind of data
  | 'unsupported_format'; // audio, but in a container, codec or rate that is not read here

/**
 * Says that the bytes cannot be decoded. The same bytes always give the same verdict, so it is never worth a retry. A
 * failing byte source (disk, network) throws its own error and never this one.
 */
export class AudioError extends Error {
  readonly code: AudioErrorCode;

  constructor(code: AudioErrorCode, message: string) {
    super(message);
    this.name = 'AudioError';
    this.code = code;
  }
}

/** Names damage to the container. Bad packets inside an intact container are counted instead (`concealedFrames`). */
type DamageCode =
  | 'zero_length_frame'
  | 'frame_length_out_of_range'
  | 'frame_misplaced'
  | 'last_frame_cut_short'
  | 'data_cut_short'
  | 'page_corrupt'
  | 'pages_missing'
  | 'last_page_cut_short'
  | 'too_many_corrupt_pages'
  | 'gap_too_long'
  | 'stream_unsupported'
  | 'decoder_stopped' // a decoder outside gave up in the middle
  | 'too_long'; // more sound than one file can have been recorded

export interface DecodeReport {
  format:
    | ('omi-opus' | 'omi-pcm16' | 'omi-pcm8' | 'omi-mulaw')
    | ('wav' | 'ogg-opus' | 'matroska' | 'aiff' | 'au' | 'caf')
    | OutsideFormat
    | 'unknown';
  /** Frames that were given their time in the output, concealed ones included. In a WAV: sample frames. */
  frames: number;
  /** Of these, the frames whose sound is made up because the packet was bad or missing. */
  concealedFrames: number;
  /** Frames known to be missing that were given no time: after them the recording runs early. Ogg only. */
  skippedFrames: number;
  bytesRead: number;
  /** Bytes that were read and gave no sound because of damage. */
  bytesLost: number;
  /** The first damage found; what follows it is usually its consequence. */
  damage: DamageCode | null;
  durationMs: number;
  /** The duration of sound that was there once and is lost, as far as the bytes tell: concealed, skipped or cut off. */
  lostMs: number;
  /** Streams that run side by side, each heard by itself. */
  tracks: number;
}

export function emptyReport(): DecodeReport {
  return {
    format: 'unknown',
    frames: 0,
    concealedFrames: 0,
    skippedFrames: 0,
    bytesRead: 0,
    bytesLost: 0,
    damage: null,
    durationMs: 0,
    lostMs: 0,
    tracks: 1,
  };
}

export function noteDamage(report: DecodeReport, code: DamageCode): void {
  report.damage ??= code;
}
