/** Parts of a text, marked where a search has found something. */

/** From a character to before another one, in UTF-16 code units, as the server tells them. */
export interface Range {
  start: number;
  end: number;
}

export interface TextPart {
  text: string;
  isFound: boolean;
}

/**
 * The ranges may come in any order, overlap or lie outside of the text, which a correction may have made shorter since: the
 * parts are always the whole text.
 */
export function partsOf(text: string, ranges: readonly Range[]): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  const add = (to: number, isFound: boolean) => {
    if (to > end) parts.push({ text: text.slice(end, to), isFound });
    end = Math.max(end, to);
  };
  for (const { start, end: before } of [...ranges].sort((one, other) => one.start - other.start)) {
    add(Math.min(start, text.length), false);
    add(Math.min(before, text.length), true);
  }
  add(text.length, false);
  return parts;
}
