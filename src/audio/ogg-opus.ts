import type { ByteReader } from './byte-reader.ts';
import { OggLink } from './ogg-link.ts';
import { type OggPage, oggPages } from './ogg-page.ts';
import { isOpusHead, type OpusHead, parseOpusHead } from './opus-head.ts';
import { AudioError, type DecodeReport, noteDamage } from './report.ts';

/**
 * Ogg Opus, RFC 7845. Of several streams at once (a film) the first Opus one is decoded; streams one after the other
 * (chained, as web radio sends them) are decoded one after the other.
 */
export async function* decodeOggOpus(reader: ByteReader, report: DecodeReport): AsyncGenerator<Float32Array> {
  let link: OggLink | null = null;
  let sawForeignStream = false;
  try {
    for await (const page of oggPages(reader, report)) {
      if (page.first && !isOpusHead(page.body)) sawForeignStream = true;
      else if (page.first && (link === null || link.hasAudio)) {
        const head = readHead(page, report);
        if (head === null) continue;
        link?.free();
        link = await OggLink.open(page, head, report);
        report.format = 'ogg-opus';
      } else if (link !== null && page.serial === link.serial) yield* link.play(page);
    }
  } finally {
    link?.free();
  }
  if (link === null) {
    throw sawForeignStream
      ? new AudioError('unsupported_format', 'The Ogg file holds no Opus stream.')
      : new AudioError('no_frames', 'The Ogg file holds no sound page that starts a stream.');
  }
}

/** A first stream that cannot be decoded is a verdict; a later one must not cost what was decoded before it. */
function readHead(page: OggPage, report: DecodeReport): OpusHead | null {
  try {
    return parseOpusHead(page.body);
  } catch (error) {
    if (!(error instanceof AudioError) || report.frames === 0) throw error;
    noteDamage(report, 'stream_unsupported');
    return null;
  }
}
