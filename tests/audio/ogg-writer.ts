import { concat } from './omi-writer.ts';

export interface OggOptions {
  packets: readonly Uint8Array[];
  /** Of one packet, at 48 kHz. */
  packetGranules: number;
  packetsPerPage?: number;
  preSkip?: number;
  channels?: number;
  mapping?: number;
  /** Streams, coupled streams, and where each channel comes from. */
  mappingTable?: readonly number[] | undefined;
  gainQ8?: number;
  /** Position of the first sample: a stream cut out of a longer one does not start at 0. */
  startGranule?: number;
  /** Taken off the last page's position. */
  endTrim?: number;
  serial?: number;
  tags?: Uint8Array;
}

export function oggFile(options: OggOptions): Uint8Array {
  return concat(oggPagesOf(options));
}

/** Header page, tags page or pages, then the audio pages. */
export function oggPagesOf(options: OggOptions): Uint8Array[] {
  const { packets, packetGranules, packetsPerPage = 50, serial = 7 } = options;
  const tags = options.tags ?? Buffer.from('OpusTags\x04\0\0\0test\0\0\0\0', 'latin1');
  const pages = [page({ flags: 2, granule: 0n, serial, sequence: 0, ...laced([opusHead(options)]) })];
  for (const part of split(laced([tags]))) {
    const flags = part.continued ? 1 : 0;
    pages.push(page({ flags, granule: part.ends ? 0n : -1n, serial, sequence: pages.length, ...part }));
  }
  for (let at = 0; at < packets.length; at += packetsPerPage) {
    const part = packets.slice(at, at + packetsPerPage);
    const isLast = at + packetsPerPage >= packets.length;
    const end = (options.startGranule ?? 0) + (at + part.length) * packetGranules;
    const granule = BigInt(end - (isLast ? (options.endTrim ?? 0) : 0));
    pages.push(page({ flags: isLast ? 4 : 0, granule, serial, sequence: pages.length, ...laced(part) }));
  }
  return pages;
}

function opusHead(options: OggOptions): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt8(1, 8);
  head.writeUInt8(options.channels ?? 1, 9);
  head.writeUInt16LE(options.preSkip ?? 0, 10);
  head.writeUInt32LE(16_000, 12);
  head.writeInt16LE(options.gainQ8 ?? 0, 16);
  head.writeUInt8(options.mapping ?? 0, 18);
  return concat([head, Uint8Array.from(options.mappingTable ?? [])]);
}

interface Laced {
  lacing: number[];
  body: Uint8Array;
}

export function laced(packets: readonly Uint8Array[]): Laced {
  const lacing = packets.flatMap((packet) => [
    ...new Array<number>(Math.floor(packet.length / 255)).fill(255),
    packet.length % 255,
  ]);
  return { lacing, body: concat(packets) };
}

/** Over pages of at most `limit` segments. */
export function split(whole: Laced, limit = 255): (Laced & { continued: boolean; ends: boolean })[] {
  const parts: (Laced & { continued: boolean; ends: boolean })[] = [];
  let byteAt = 0;
  for (let at = 0; at < whole.lacing.length; at += limit) {
    const lacing = whole.lacing.slice(at, at + limit);
    const size = lacing.reduce((sum, value) => sum + value, 0);
    const ends = lacing.some((value) => value < 255);
    const continued = at > 0 && whole.lacing[at - 1] === 255;
    parts.push({ lacing, body: whole.body.slice(byteAt, byteAt + size), continued, ends });
    byteAt += size;
  }
  return parts;
}

interface PageOptions extends Laced {
  flags: number;
  granule: bigint;
  serial: number;
  sequence: number;
}

export function page(options: PageOptions): Uint8Array {
  const header = Buffer.alloc(27 + options.lacing.length);
  header.write('OggS');
  header.writeUInt8(options.flags, 5);
  header.writeBigInt64LE(options.granule, 6);
  header.writeUInt32LE(options.serial, 14);
  header.writeUInt32LE(options.sequence, 18);
  header.writeUInt8(options.lacing.length, 26);
  options.lacing.forEach((value, i) => {
    header.writeUInt8(value, 27 + i);
  });
  const bytes = concat([header, options.body]);
  new DataView(bytes.buffer).setUint32(22, bitwiseCrc(bytes), true);
  return bytes;
}

/** Bit by bit from the polynomial of RFC 3533, so that it shares no table with the decoder's. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const carry = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = (crc << 1) ^ (carry === 1 ? 0x04c11db7 : 0);
    }
  }
  return crc >>> 0;
}
