/** Reads the boxes of MP4 and moves the places that its index names. Pure. */

export interface Box {
  type: string;
  /** With its head; null if it reaches to the end of the file. */
  bytes: number | null;
}

/** Boxes of the index that hold others on the way to the places of the sound. */
const NESTED = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
const MAX_DEPTH = 6;

/** @returns null at the end of the file, or where no box begins */
export function boxHead(bytes: Uint8Array): Box | null {
  if (bytes.length < 8) return null;
  const view = viewOf(bytes);
  const type = Buffer.from(bytes.subarray(4, 8)).toString('latin1');
  const size = view.getUint32(0);
  if (!/^[ -~\xa9]{4}$/.test(type)) return null;
  if (size === 0) return { type, bytes: null };
  if (size !== 1) return size < 8 ? null : { type, bytes: size };
  if (bytes.length < 16) return null;
  const long = Number(view.getBigUint64(8));
  return long < 16 || !Number.isSafeInteger(long) ? null : { type, bytes: long };
}

/** @returns a copy of the index in which each place behind `from` is `by` bytes further on */
export function shifted(index: Uint8Array, from: number, by: number): Uint8Array {
  const moved = new Uint8Array(index);
  walk(moved, 0, (type, body) => {
    if (type !== 'stco' && type !== 'co64') return;
    const view = viewOf(body);
    const width = type === 'stco' ? 4 : 8;
    const count = body.length < 8 ? 0 : Math.min(view.getUint32(4), Math.floor((body.length - 8) / width));
    for (let entry = 0, at = 8; entry < count; entry += 1, at += width) {
      if (width === 8) {
        const place = view.getBigUint64(at);
        if (place >= BigInt(from)) view.setBigUint64(at, BigInt.asUintN(64, place + BigInt(by)));
      } else {
        const place = view.getUint32(at);
        if (place >= from) view.setUint32(at, Math.min(place + by, 0xffff_ffff));
      }
    }
  });
  return moved;
}

/** The length that the index states for the longest of its sound tracks; 0 if it states none. */
export function durationMs(index: Uint8Array): number {
  let longest = 0;
  let last = 0;
  walk(index, 0, (type, body) => {
    if (type === 'mdhd') last = mediaMs(body);
    else if (isOfSound(type, body)) longest = Math.max(longest, last);
  });
  return longest;
}

/** Whether the index names a track of sound. */
export function hasSoundTrack(index: Uint8Array): boolean {
  let found = false;
  walk(index, 0, (type, body) => {
    found ||= isOfSound(type, body);
  });
  return found;
}

/** Whether this box says that its track is one of sound. */
function isOfSound(type: string, body: Uint8Array): boolean {
  return type === 'hdlr' && Buffer.from(body.subarray(8, 12)).toString('latin1') === 'soun';
}

function mediaMs(body: Uint8Array): number {
  const isLong = body[0] === 1;
  if (body.length < (isLong ? 32 : 20)) return 0;
  const view = viewOf(body);
  const scale = view.getUint32(isLong ? 20 : 12);
  const units = isLong ? Number(view.getBigUint64(24)) : view.getUint32(16);
  const isUnknown = scale === 0 || units === 0xffff_ffff || !Number.isSafeInteger(units);
  return isUnknown ? 0 : (units * 1000) / scale;
}

function walk(bytes: Uint8Array, depth: number, see: (type: string, body: Uint8Array) => void): void {
  if (depth > MAX_DEPTH) return;
  for (const { type, body } of boxesIn(bytes)) {
    see(type, body);
    if (NESTED.has(type)) walk(body, depth + 1, see);
  }
}

/** The boxes that lie one behind the other; the body of one that is cut short is what is there of it. All are views. */
export function* boxesIn(
  bytes: Uint8Array,
): Generator<{ type: string; at: number; whole: Uint8Array; body: Uint8Array }> {
  for (let at = 0; at < bytes.length; ) {
    const box = boxHead(bytes.subarray(at, at + 16));
    if (box === null) return;
    const end = Math.min(bytes.length, at + (box.bytes ?? bytes.length - at));
    const headBytes = viewOf(bytes).getUint32(at) === 1 ? 16 : 8;
    yield { type: box.type, at, whole: bytes.subarray(at, end), body: bytes.subarray(at + headBytes, end) };
    at = end;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
