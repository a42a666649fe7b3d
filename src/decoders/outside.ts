/**
 * Chooses who decodes what `audio/` does not: a WebAssembly decoder in a thread of its own, or ffmpeg as a process. A
 * crash, an endless loop or a bomb costs the one file, since neither shares a thread with another recording.
 */
import type { ByteReader } from '../audio/byte-reader.ts';
import { noDecoderOf, type OutsideDecoder } from '../audio/decode.ts';
import type { OutsideFormat } from '../audio/formats.ts';
import { decodeWithFfmpeg } from './ffmpeg.ts';
import { atMost } from './longest.ts';
import { decodeInThread } from './own-thread.ts';
import { WASM_FORMATS } from './protocol.ts';
import { requireSoundTrack } from './seekable.ts';

/** @param ffmpeg the program's path; null if there is none */
export function outsideDecoder(ffmpeg: string | null): OutsideDecoder {
  return (format, reader, report, trace) => {
    report.format = format;
    if (isWasm(format)) return atMost(decodeInThread(format, reader, report, { trace }), report);
    if (ffmpeg === null) return format === 'mp4' ? withoutDecoder(reader) : null;
    return atMost(decodeWithFfmpeg(ffmpeg, format, reader, report, { trace }), report);
  };
}

/** A video without sound is refused as what it is: ffmpeg would not help. */
// biome-ignore lint/correctness/useYield: there is no sound, only one of two refusals.
async function* withoutDecoder(reader: ByteReader): AsyncGenerator<Float32Array> {
  await requireSoundTrack(reader);
  throw noDecoderOf('mp4');
}

function isWasm(format: OutsideFormat): format is (typeof WASM_FORMATS)[number] {
  return (WASM_FORMATS as readonly OutsideFormat[]).includes(format);
}
