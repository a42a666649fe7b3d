/** Scripts without spaces between words: each sign counts as one. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[^\P{L}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}](?:[\p{L}\p{M}\p{N}])*|\p{N}+/gu;

/** What was said, so that two transcriptions of one sound can be compared: case, marks and accents' encoding do not count. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '');
  return plain.match(WORD) ?? [];
}
