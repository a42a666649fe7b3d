/** Reads the head of a frame of plain AAC. Pure. */

export const ADTS_HEADER_BYTES = 7;

export interface AdtsHeader {
  /** The length of the frame with its head. */
  bytes: number;
  /** The same for all frames of one stream. */
  kind: number;
  /** Its place in the standard's table of rates. */
  rateIndex: number;
  /** The blocks of 1,024 samples in it. */
  blocks: number;
}

/** @returns null where none begins */
export function parseAdtsHeader(bytes: Uint8Array, at: number): AdtsHeader | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = bytes.subarray(at, at + ADTS_HEADER_BYTES);
  if (a !== 0xff || (b & 0xf6) !== 0xf0) return null;
  return {
    bytes: ((d & 3) << 11) | (e << 3) | (f >> 5),
    kind: (b << 16) | ((c & 0xfd) << 8) | (d & 0xc0),
    rateIndex: (c >> 2) & 15,
    blocks: (g & 3) + 1,
  };
}
