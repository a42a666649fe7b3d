import { cues, leadIn, leadTime } from './action-cues.ts';

export interface Clause {
  text: string;
  /** What the same sentence said before: where doubt, reports and conditions stand. */
  before: string;
  last: boolean;
}

const joints = /[,;:–—-]\s+(?:(?:and|but|so|then|also)\s+)*|\s+(?:(?:and|but|so|then|also)\s+)+/giu;
const request = /^(?:\p{Lu}\p{Ll}+, )?(?:can|could|would|will) you\b/u;

/** Cut where a new cue starts after a comma or a conjunction, so that one breath with two tasks makes two. */
export function clausesOf(sentence: string): Clause[] {
  const cuts = [0];
  for (const joint of sentence.matchAll(joints)) {
    const at = joint.index + joint[0].length;
    const rest = sentence.slice(at);
    const opens =
      cues.some((cue) => cue.pattern.test(rest)) || (/^[,;:–—]/u.test(joint[0]) && request.test(rest));
    if (opens && !isName(sentence.slice(cuts.at(-1), at))) cuts.push(at);
  }
  return cuts.map((from, index) => ({
    text: sentence
      .slice(from, cuts[index + 1] ?? sentence.length)
      .replace(/(?:[\s,;:–—-]+(?:and|but|so|then|also)\b)*[\s,;:–—-]*$/iu, ''),
    before: sentence.slice(0, from),
    last: index === cuts.length - 1,
  }));
}

/** "Anna, can you…": whom it is said to belongs to what is asked. */
const isName = (text: string): boolean => /^\p{Lu}[\p{Ll}'’-]+,\s+$/u.test(text.replace(leadIn, ''));

/** Where the task itself begins: behind hesitation, an opening date and the name of whoever is addressed. */
export function core(clause: Clause): string {
  const rest = clause.text.replace(leadIn, '').trimStart().replace(leadTime, '');
  return rest.replace(/^\p{Lu}[\p{Ll}'’-]+,\s+(?=\p{L})/u, '');
}
