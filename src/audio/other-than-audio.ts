/**
 * Names what people send by mistake: pictures, documents, the error page of a server. Read as the length of an Omi frame,
 * the first four bytes of each are far over the limit, so no recording is taken for one of them. Pure.
 */

const STARTS: readonly [at: number, text: string, name: string][] = [
  [0, '\x89PNG\r\n', 'a PNG picture'],
  [0, '\xff\xd8\xff', 'a JPEG picture'],
  [0, 'GIF8', 'a GIF picture'],
  [8, 'WEBP', 'a WebP picture'],
  ...['heic', 'heix', 'heim', 'heis', 'mif1', 'avif', 'avis'].map((brand): [number, string, string] => [
    4,
    `ftyp${brand}`,
    'a HEIC or AVIF picture',
  ]),
  [0, '%PDF-', 'a PDF document'],
  [0, 'PK\x03\x04', 'a ZIP archive or an office document'],
  [0, '\x1f\x8b\x08', 'packed with gzip'],
  [0, 'MThd\0\0\0\x06', 'MIDI, which holds notes and no sound'],
  [0, 'SQLite format 3\0', 'a database'],
  [0, '\xfe\xff\0', 'text'],
];
/** The least and the most that is looked at. Fewer bytes are the beginning of anything. */
const LEAST_TEXT = 12;
const MOST_TEXT = 4_096;

/** @returns what the file is; null if it may be audio */
export function otherThanAudio(head: Uint8Array): string | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 0, 64);
  const found = STARTS.find(([at, start]) => text.startsWith(start, at));
  if (found !== undefined) return found[2];
  if (text.startsWith('\xff\xfe') && text[3] === '\0') return 'text';
  if (!isText(head)) return null;
  return /^\s*<(!doctype html|html)/i.test(text) ? 'a web page' : 'text';
}

function isText(head: Uint8Array): boolean {
  const sample = head.subarray(0, MOST_TEXT);
  if (
    sample.length < LEAST_TEXT ||
    sample.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))
  )
    return false;
  try {
    // A letter of several bytes may be cut at the end of the sample.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
