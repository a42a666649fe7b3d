/** Reads the elements of a Matroska or WebM file as one flat stream: what a live recorder wrote has no sizes to rely on. */
import type { ByteReader } from './byte-reader.ts';
import { type DecodeReport, noteDamage } from './report.ts';

/** An element with its content, which is a view, valid until the next one is asked for. */
export interface Element {
  id: number;
  body: Uint8Array;
  /** The offset of the body, and how many bytes of head are in front of it. */
  at: number;
  headBytes: number;
}

/** What these hold is given one by one, so their sizes are not needed. */
const OPENED: ReadonlySet<number> = new Set([0x18538067, 0x1549a966, 0x1f43b675, 0xa0]);
export const CLUSTER = 0x1f43b675;
/** What is wanted whole; anything else is skipped. */
const WANTED: ReadonlySet<number> = new Set([0x2ad7b1, 0x1654ae6b, 0xe7, 0xa3, 0xa1]);
/** A block has one packet or a few; the largest honest ones are a second of PCM. */
const LONGEST_BODY = 2 ** 20;
const LONGEST_HEAD = 12;

export async function* elements(reader: ByteReader, report: DecodeReport): AsyncGenerator<Element> {
  while (await reader.fill(2)) {
    await reader.fill(LONGEST_HEAD);
    const head = elementHead(reader.peek(LONGEST_HEAD));
    if (head === null) {
      if (!(await skipToCluster(reader, report))) return;
      continue;
    }
    const { id, size, bytes } = head;
    if (OPENED.has(id)) {
      reader.take(bytes);
      yield { id, body: new Uint8Array(0), at: reader.position, headBytes: bytes };
    } else if (!WANTED.has(id)) {
      if (size === null || !isKnown(id)) {
        if (!(await skipToCluster(reader, report))) return;
        continue;
      }
      const skipped = await reader.skip(bytes + size);
      if (skipped < bytes + size) noteDamage(report, 'data_cut_short');
    } else if (size === null || size > LONGEST_BODY) {
      if (!(await skipToCluster(reader, report))) return;
    } else if (await reader.fill(bytes + size)) {
      reader.take(bytes);
      const at = reader.position;
      yield { id, body: reader.take(size), at, headBytes: bytes };
    } else {
      noteDamage(report, 'data_cut_short');
      report.bytesLost += reader.take(reader.available).length;
    }
  }
  report.bytesLost += reader.take(reader.available).length;
}

/** The elements of one body, which is in memory. Pure. */
export function children(body: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < body.length; ) {
    const head = elementHead(body.subarray(at, at + LONGEST_HEAD));
    if (head === null || head.size === null) break;
    const from = at + head.bytes;
    found.push({ id: head.id, body: body.subarray(from, from + head.size), at: from, headBytes: head.bytes });
    at += head.bytes + head.size;
  }
  return found;
}

export function uint(body: Uint8Array): number {
  return body.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
}

export function float(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.length === 4) return view.getFloat32(0);
  return body.length === 8 ? view.getFloat64(0) : 0;
}

/** @returns null for a size that is not known, which only what is opened may have */
function elementHead(bytes: Uint8Array): { id: number; size: number | null; bytes: number } | null {
  const idBytes = Math.clz32((bytes[0] ?? 0) << 24) + 1;
  if (idBytes > 4 || bytes.length < idBytes + 1) return null;
  const id = uint(bytes.subarray(0, idBytes));
  const size = vint(bytes, idBytes);
  return size === null ? null : { id, size: size.value, bytes: idBytes + size.bytes };
}

/** A number whose first bits tell its length. All ones mean that it is not known. */
export function vint(bytes: Uint8Array, at: number): { value: number | null; bytes: number } | null {
  const length = Math.clz32((bytes[at] ?? 0) << 24) + 1;
  if (length > 8 || at + length > bytes.length) return null;
  let value = (bytes[at] ?? 0) & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (let i = 1; i < length; i += 1) {
    const byte = bytes[at + i] ?? 0;
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: isUnknown || !Number.isSafeInteger(value) ? null : value, bytes: length };
}

/** IDs that stand at the levels that are walked here; anything else between clusters is damage. */
const KNOWN: ReadonlySet<number> = new Set(
  [0x1a45dfa3, 0x114d9b74, 0x1c53bb6b, 0x1254c367, 0x1043a770, 0x1941a469, 0xec, 0xbf].concat(
    [
      0x4489, 0x4461, 0x7ba9, 0x4d80, 0x5741, 0x73a4, 0x7384, 0x3cb923, 0x3eb923, 0x3c83ab, 0x3e83bb, 0x4444,
      0x6924,
    ],
    [0x9b, 0xfb, 0xfd, 0xfa, 0xa7, 0xab, 0xa4, 0x75a1, 0x75a2, 0x8e, 0x5854],
  ),
);

function isKnown(id: number): boolean {
  return KNOWN.has(id);
}

/** Goes to the next cluster. @returns false at the end of the file */
async function skipToCluster(reader: ByteReader, report: DecodeReport): Promise<boolean> {
  noteDamage(report, 'page_corrupt');
  report.bytesLost += reader.take(1).length;
  while (await reader.fill(4)) {
    const ahead = reader.peek(reader.available);
    const at = Buffer.from(ahead.buffer, ahead.byteOffset, ahead.length).indexOf('1f43b675', 'hex');
    report.bytesLost += reader.take(at === -1 ? ahead.length - 3 : at).length;
    if (at !== -1) return true;
  }
  report.bytesLost += reader.take(reader.available).length;
  return false;
}
