import type { ByteReader } from './byte-reader.ts';
import { MAX_FRAME_BYTES } from './framing.ts';
import { type DecodeReport, noteDamage } from './report.ts';

/** One page of RFC 3533. `lacing`, `body` and `bytes` are views, valid until the next page is asked for. */
export interface OggPage {
  /** The first packet began on an earlier page. */
  continued: boolean;
  first: boolean;
  last: boolean;
  /** End position of the last packet that ends on this page; null when none does (-1 in the file). */
  granule: number | null;
  serial: number;
  sequence: number;
  lacing: Uint8Array;
  body: Uint8Array;
  /** All of it. */
  bytes: Uint8Array;
  /** The offset of the body in the file. */
  at: number;
}

/** @returns the offset of the whole page; null where a decoder cannot begin with it, since its first packet began before it */
export function beginOfPage({ continued, at, bytes, body }: OggPage): number | null {
  return continued ? null : at - (bytes.length - body.length);
}

export interface OggPacket {
  bytes: Uint8Array;
  /** Its offset in the file; null for one that goes over several pages. */
  at: number | null;
}

const HEADER_BYTES = 27;
const CAPTURE = Buffer.from('OggS');
/**
 * Bounds the bad pages. Each costs a checksum over up to 65,307 bytes and moves the search on by 4, so bytes made of
 * capture patterns would cost 16,000 times their length. An honest file has few bad pages.
 */
const MAX_CORRUPT_PAGES = 1_000;

/** Yields the intact pages. Bad ones are skipped up to the next capture pattern, and counted as lost bytes. */
export async function* oggPages(reader: ByteReader, report: DecodeReport): AsyncGenerator<OggPage> {
  let corrupt = 0;
  while (await reader.fill(HEADER_BYTES)) {
    const found = reader.peek(CAPTURE.length).every((byte, i) => byte === CAPTURE[i]);
    if (!found) {
      noteDamage(report, 'page_corrupt');
      report.bytesLost += skipToCapture(reader);
      continue;
    }
    const size = await pageSize(reader);
    const page = size === null ? null : parsePage(reader.peek(size), reader.position);
    if (page !== null && size !== null) {
      reader.take(size);
      yield page;
      continue;
    }
    // The page is too long for the rest of the file, or its checksum is wrong. Its length may be wrong too, so the search
    // goes on right behind the pattern.
    noteDamage(report, size === null ? 'last_page_cut_short' : 'page_corrupt');
    report.bytesLost += reader.take(CAPTURE.length).length;
    corrupt += 1;
    if (corrupt === MAX_CORRUPT_PAGES) {
      report.damage = 'too_many_corrupt_pages'; // this, not the first bad page, is why the rest is missing
      break;
    }
  }
  const rest = await reader.drain();
  if (rest.bytes > 0) noteDamage(report, 'last_page_cut_short');
  report.bytesLost += rest.bytes;
}

/** Drops bytes up to a capture pattern, or all but the last three, which may begin one. */
function skipToCapture(reader: ByteReader): number {
  const window = reader.peek(reader.available);
  const at = Buffer.from(window.buffer, window.byteOffset, window.length).indexOf(CAPTURE, 1);
  return reader.take(at === -1 ? window.length - CAPTURE.length + 1 : at).length;
}

/** Waits for the whole page; null when the file ends before it does. */
async function pageSize(reader: ByteReader): Promise<number | null> {
  const segments = reader.peek(HEADER_BYTES)[26] ?? 0;
  if (!(await reader.fill(HEADER_BYTES + segments))) return null;
  const lacing = reader.peek(HEADER_BYTES + segments).subarray(HEADER_BYTES);
  const size = HEADER_BYTES + segments + lacing.reduce((sum, value) => sum + value, 0);
  return (await reader.fill(size)) ? size : null;
}

function parsePage(bytes: Uint8Array, at: number): OggPage | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(4) !== 0 || view.getUint32(22, true) !== oggChecksum(bytes)) return null;
  const flags = view.getUint8(5);
  const granule = Number(view.getBigInt64(6, true));
  const bodyAt = HEADER_BYTES + view.getUint8(26);
  return {
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    granule: granule >= 0 && Number.isSafeInteger(granule) ? granule : null,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    lacing: bytes.subarray(HEADER_BYTES, bodyAt),
    body: bytes.subarray(bodyAt),
    bytes,
    at: at + bodyAt,
  };
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c1_1db7 : 0);
  return value;
});

/** Computes Ogg's CRC-32: most significant bit first, starting at 0, with its own field (bytes 22 to 25) read as zero. */
export function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i += 1) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] ?? 0);
    crc = (crc << 8) ^ (TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0);
  }
  return crc >>> 0;
}

/** Puts the packets of one logical stream together from its pages. */
export class OggPackets {
  /** The beginning of a packet that goes on on the next page; null if no packet is open, or its beginning is lost. */
  #open: Uint8Array | null = null;
  #nextSequence: number | null = null;
  /** Set while a packet that is too long for Opus (a cover picture in OpusTags) passes without being kept. */
  #overlong = false;

  /**
   * Returns copies of the packets that end on this page. A packet that lost its beginning is left out: the page's granule
   * position still accounts for its time. `lost` says that pages are missing in front of this one.
   */
  from(page: OggPage): { packets: OggPacket[]; lost: boolean } {
    const lost = this.#nextSequence !== null && page.sequence !== this.#nextSequence;
    this.#nextSequence = (page.sequence + 1) >>> 0;
    if (lost || !page.continued) {
      this.#open = null;
      this.#overlong = false;
    }
    const packets: OggPacket[] = [];
    let headless = page.continued && this.#open === null && !this.#overlong;
    let start = 0;
    let end = 0;
    for (const value of page.lacing) {
      end += value;
      if (value === 255) continue; // the packet goes on in the next segment
      const isWhole = this.#open === null;
      const bytes = headless ? null : this.#close(page.body.subarray(start, end));
      if (bytes !== null) packets.push({ bytes, at: isWhole ? page.at + start : null });
      headless = false;
      start = end;
    }
    const goesOn = page.lacing.at(-1) === 255;
    if (goesOn && !headless) this.#extend(page.body.subarray(start, end));
    return { packets, lost };
  }

  #close(tail: Uint8Array): Uint8Array | null {
    this.#extend(tail);
    const packet = this.#overlong ? null : this.#open;
    this.#open = null;
    this.#overlong = false;
    return packet;
  }

  #extend(part: Uint8Array): void {
    const have = this.#open?.length ?? 0;
    if (this.#overlong || have + part.length > MAX_FRAME_BYTES) {
      this.#overlong = true;
      this.#open = null;
      return;
    }
    const joined = new Uint8Array(have + part.length);
    if (this.#open !== null) joined.set(this.#open);
    joined.set(part, have);
    this.#open = joined;
  }
}

/** Says whether a stream's first page starts sound of any codec: pictures and notes beside the sound are no loss. */
export function isOggSound(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1', 0, 8);
  return ['OpusHead', '\x01vorbis', '\x7fFLAC', 'Speex   '].some((name) => text.startsWith(name));
}
