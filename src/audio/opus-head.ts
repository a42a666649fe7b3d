import { AudioError } from './report.ts';

/** The identification header of an Ogg Opus stream, RFC 7845 section 5.1. */
export interface OpusHead {
  /** The samples at 48 kHz to drop from the start, in which the encoder settles. */
  preSkip: number;
  /** Output gain in 1/256 dB. */
  gainQ8: number;
  channels: 1 | 2;
  /** Opus streams in each packet: two where an encoder keeps its two channels apart. */
  streams: 1 | 2;
}

const MAGIC = 'OpusHead';
const MIN_BYTES = 19;
/** Families other than 0 have a table behind the header: streams, coupled streams, a byte for each channel. */
const TABLE_BYTES = 2;

export function isOpusHead(packet: Uint8Array): boolean {
  return (
    Buffer.from(packet.buffer, packet.byteOffset, packet.length).toString('latin1', 0, MAGIC.length) === MAGIC
  );
}

/** Throws for surround sound and for a future major version, which cannot be decoded (section 5.1). */
export function parseOpusHead(packet: Uint8Array): OpusHead {
  if (packet.length < MIN_BYTES) throw new AudioError('unsupported_format', 'The Opus header is cut short.');
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const version = view.getUint8(8);
  const channels = view.getUint8(9);
  const mapping = view.getUint8(18);
  if (version >= 16) throw new AudioError('unsupported_format', `Ogg Opus version ${version} is not known.`);
  // If the table is missing, one or two channels are one stream.
  const hasTable = mapping !== 0 && packet.length >= MIN_BYTES + TABLE_BYTES;
  const streams = hasTable ? view.getUint8(MIN_BYTES) : 1;
  const coupled = hasTable ? view.getUint8(MIN_BYTES + 1) : 0;
  if (
    (channels !== 1 && channels !== 2) ||
    (streams !== 1 && streams !== 2) ||
    (streams === 2 && coupled > 0)
  ) {
    throw new AudioError(
      'unsupported_format',
      `Ogg Opus with ${channels} channels (mapping family ${mapping}).`,
    );
  }
  return { preSkip: view.getUint16(10, true), gainQ8: view.getInt16(16, true), channels, streams };
}
