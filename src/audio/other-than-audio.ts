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
  [0, 'PK\x05\x06', 'an empty ZIP archive'],
  [0, '\x1f\x8b\x08', 'packed with gzip'],
  [0, 'BZh', 'packed with bzip2'],
  [0, '\xfd7zXZ\0', 'packed with xz'],
  [0, '\x28\xb5\x2f\xfd', 'packed with Zstandard'],
  [0, 'Rar!\x1a\x07', 'a RAR archive'],
  [0, '7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  [257, 'ustar', 'a tar archive'],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an office document'],
  [0, 'II*\0', 'a TIFF picture'],
  [0, 'MM\0*', 'a TIFF picture'],
  // What macOS writes beside each file on a foreign disk, as `._memo.m4a`.
  [0, '\0\x05\x16\x07', 'what macOS writes beside a file, and not the file itself'],
  [0, '\0\0\0\x01Bud1', 'what macOS writes into a folder'],
  [0, '\x7fELF', 'a program'],
  [0, 'MZ\x90\0', 'a program'],
  [0, 'MThd\0\0\0\x06', 'MIDI, which holds notes and no sound'],
  [0, 'SQLite format 3\0', 'a database'],
  [0, '\xfe\xff\0', 'text'],
];
/** The least and the most that is looked at. Fewer bytes are the beginning of anything. */
const LEAST_TEXT = 12;
const STARTS_WITHIN = 264;
const MOST_TEXT = 4_096;

/** @returns what the file is; null if it may be audio */
export function otherThanAudio(head: Uint8Array): string | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 0, STARTS_WITHIN);
  const found = STARTS.find(([at, start]) => text.startsWith(start, at));
  if (found !== undefined) return found[2];
  if (text.startsWith('\xff\xfe') && text[3] === '\0') return 'text';
  if (!isText(head)) return null;
  return /^\s*<(!doctype html|html)/i.test(text) ? 'a web page' : 'text';
}

/**
 * Text in two bytes a letter, without the mark that says so. Soft samples of 16 bits can look the same, so this is asked only
 * where nothing says that the bytes are samples.
 */
export function isWideText(head: Uint8Array): boolean {
  const sample = head.subarray(0, Math.min(head.length - (head.length % 2), MOST_TEXT));
  if (sample.length < 2 * LEAST_TEXT) return false;
  return [0, 1].some((low) =>
    sample.every((byte, at) => (at % 2 === low ? byte >= 32 || (byte >= 9 && byte <= 13) : byte === 0)),
  );
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
