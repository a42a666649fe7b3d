/**
 * Says whether words have changed so little that what was understood of them still holds: by less than 3 % of the words, or
 * only in names. The words that were understood are kept as hashes, four bytes each, in no order: a day of talk takes some
 * 400 kB. Pure.
 */

/** As long as fewer words than this share are others, the gist and the tasks are the same. */
const SMALL_SHARE = 0.03;

/** The last bit of a hash: the word is written like a name. */
const NAME_BIT = 1;

export type WordsPrint = Uint32Array;

/** @param texts what each segment says, in the order spoken */
export function printOf(texts: readonly string[]): WordsPrint {
  const hashes: number[] = [];
  for (const text of texts) {
    let beginsSentence = true;
    for (const written of text.split(/\s+/u)) {
      const word = written.replace(/[^\p{L}\p{N}]+/gu, '');
      if (word !== '') hashes.push(hashOf(word, !beginsSentence && /^\p{Lu}/u.test(word)));
      beginsSentence = word === '' ? beginsSentence : /[.!?…:]["'”’)]*$/u.test(written);
    }
  }
  return Uint32Array.from(hashes).sort();
}

export function isSmallChange(before: WordsPrint, after: WordsPrint): boolean {
  const { gone, come } = differenceOf(before, after);
  // A word in the place of another is one change and not two.
  const changed = Math.max(gone.length, come.length);
  if (changed === 0) return true;
  if (changed < SMALL_SHARE * Math.max(before.length, after.length)) return true;
  return gone.length > 0 && come.length > 0 && [...gone, ...come].every((hash) => hash & NAME_BIT);
}

/** Both are sorted, so one pass is enough. */
function differenceOf(before: WordsPrint, after: WordsPrint): { gone: number[]; come: number[] } {
  const gone: number[] = [];
  const come: number[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left] ?? Number.POSITIVE_INFINITY;
    const now = after[right] ?? Number.POSITIVE_INFINITY;
    if (old <= now) left++;
    if (now <= old) right++;
    if (old < now) gone.push(old);
    if (now < old) come.push(now);
  }
  return { gone, come };
}

/** FNV-1a. That two words of one conversation share a hash happens once in two billion pairs. */
function hashOf(word: string, isName: boolean): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(word.toLowerCase()))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash & ~NAME_BIT) | (isName ? NAME_BIT : 0)) >>> 0;
}

/** In the machine's order of bytes, which is little-endian on every machine that Node runs on. */
export function storedPrint(print: WordsPrint): Buffer {
  return Buffer.from(print.buffer, print.byteOffset, print.byteLength);
}

export function readPrint(stored: Buffer): WordsPrint {
  return new Uint32Array(Uint8Array.from(stored).buffer);
}
