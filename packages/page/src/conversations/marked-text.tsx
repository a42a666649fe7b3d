import { partsOf, type Range } from './highlight.ts';

/** A text with what a search has found in it marked. */
export function MarkedText({ text, ranges }: { text: string; ranges: readonly Range[] }) {
  let at = 0;
  return partsOf(text, ranges).map((part) => {
    const key = at;
    at += part.text.length;
    return part.isFound ? <mark key={key}>{part.text}</mark> : <span key={key}>{part.text}</span>;
  });
}
