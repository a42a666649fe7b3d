/** Finds the frames of a stream that was cut in its middle, as recorders of radio do, or has erased storage in front. Pure. */
import { ADTS_HEADER_BYTES, parseAdtsHeader } from './adts.ts';
import type { OutsideFormat } from './formats.ts';
import { parseMpegHeader } from './mp3-frames.ts';

/** By chance so many headers of one kind follow each other, frame by frame, in no file that ever was. */
const CHAIN = 4;

interface Frame {
  bytes: number;
  kind: number;
}

export function framesAhead(bytes: Uint8Array): OutsideFormat | null {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (isChain(bytes, at, parseMpegHeader)) return 'mp3';
    if (isChain(bytes, at, adtsFrame)) return 'adts';
  }
  return null;
}

function isChain(
  bytes: Uint8Array,
  from: number,
  frameAt: (bytes: Uint8Array, at: number) => Frame | null,
): boolean {
  const first = frameAt(bytes, from);
  let frame = first;
  for (
    let [count, at] = [0, from];
    frame !== null && frame.kind === first?.kind;
    frame = frameAt(bytes, at)
  ) {
    count += 1;
    if (count === CHAIN) return true;
    at += frame.bytes;
  }
  return false;
}

function adtsFrame(bytes: Uint8Array, at: number): Frame | null {
  const header = parseAdtsHeader(bytes, at);
  return header !== null && header.bytes > ADTS_HEADER_BYTES ? header : null;
}
