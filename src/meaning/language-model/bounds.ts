/** No model is trusted with how much it writes. */
const segmenter = new Intl.Segmenter();

/** On one line and no longer than `longest`; cut between two words where there are two. */
export function line(text: string, longest: number): string {
  return cut(text.replace(/\s+/gu, ' ').trim(), longest);
}

export function paragraph(text: string, longest: number): string {
  return cut(text.replace(/\n{3,}/g, '\n\n').trim(), longest);
}

/** @returns null for what is not exactly one emoji */
export function oneEmoji(text: string): string | null {
  const trimmed = text.trim();
  const [first, ...more] = segmenter.segment(trimmed);
  if (!first || more.length > 0 || trimmed.length > 32) return null;
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/u.test(trimmed) ? trimmed : null;
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const room = longest - 1;
  let whole = '';
  for (const { segment } of segmenter.segment(text.slice(0, longest * 2))) {
    if (whole.length + segment.length > room) break;
    whole += segment;
  }
  const space = whole.lastIndexOf(' ');
  const kept = space > room / 2 ? whole.slice(0, space) : withoutHalfMark(whole, text);
  return `${kept.replace(/[\s,;:–—-]+$/u, '')}…`;
}

/** The mark of a speaker that is cut off in its middle would be nobody's, or another one's. */
function withoutHalfMark(cutOff: string, text: string): string {
  return /^\w/.test(text.slice(cutOff.length)) ? cutOff.replace(/@\w*$/, '') : cutOff;
}
