import { cues, leadIn, leadTime } from './action-cues.ts';

export interface Clause {
  text: string;
  /** The words of the same sentence before it, where doubt, reports and conditions stand. */
  before: string;
  last: boolean;
}

const joints = /[,;:–—-]\s+(?:(?:and|but|so|then|also)\s+)*|\s+(?:(?:and|but|so|then|also)\s+)+/giu;
const request = /^(?:\p{Lu}\p{Ll}+, )?(?:can|could|would|will) you\b/u;

/** Cuts where a new cue starts after a comma or a conjunction, so that one sentence with two tasks makes two. */
export function clausesOf(sentence: string): Clause[] {
  const cuts = [0];
  for (const joint of sentence.matchAll(joints)) {
    const at = joint.index + joint[0].length;
    const rest = sentence.slice(at);
    const opens =
      cues.some((cue) => cue.pattern.test(rest)) || (/^[,;:–—]/u.test(joint[0]) && request.test(rest));
    if (opens && !deadline.test(joint[0] + rest) && !isName(sentence.slice(cuts.at(-1), at))) cuts.push(at);
  }
  return cuts.map((from, index) => ({
    text: sentence
      .slice(from, cuts[index + 1] ?? sentence.length)
      .replace(/(?:[\s,;:–—-]+(?:and|but|so|then|also)\b)*[\s,;:–—-]*$/iu, ''),
    before: sentence.slice(0, from),
    last: index === cuts.length - 1,
  }));
}

/** Matches the name in "Anna, can you…", because whom it is said to belongs to what is asked. */
const isName = (text: string): boolean => /^\p{Lu}[\p{Ll}'’-]+,\s+$/u.test(text.replace(leadIn, ''));

/** Finds where the task itself begins: behind hesitation, an opening date and the name of the person addressed. */
export function core(clause: Clause): string {
  const rest = clause.text.replace(leadIn, '').trimStart().replace(leadTime, '');
  return rest.replace(/^\p{Lu}[\p{Ll}'’-]+,\s+(?=\p{L})/u, '');
}

/** Matches the start of another clause: somebody else's doing, a reason, or more about a person: "…, he plays until eleven". */
const another = new RegExp(
  [
    "[,;:–—-]\\s+(?:(?:and|but|so)\\s+)?(?:he|she|it|they|we|[Ii]|you|there|this|that|these|those|who|which|(?:my|our|your|his|her|their|the) \\p{L}+|\\p{Lu}\\p{Ll}+)(?:['’](?:s|re|ve|ll|d|m)\\b|\\s+\\p{Ll})",
    '[,;:–—-]\\s+\\p{Ll}+ (?:\\p{Ll}{2,}s|is|are|was|were|has|have|had|will)\\s',
    // "The photos he took on Saturday": a clause without its "that".
    '\\s\\p{L}+ (?:he|she|they|we|[Ii]|you) (?:\\p{Ll}+ed|got|took|made|sent|gave|bought|saw|had|wrote|said|did|left|found|brought|met|went|told|ran|put|read|chose|drew|built|drove|flew|heard|kept|lost|paid|sold|spoke|spent|won)\\s',
    '\\s(?:because|since|although|even though|though|whereas|while|(?<!(?:out|ask|know|see|check|decide|whether|remember|determine) )(?:who|which|where))\\s',
  ].join('|'),
  'u',
);
/** Matches "I need it by Friday", which says when the task before it is due. */
const deadline =
  /^(?:[,;:–—-]\s+)?(?:(?:and|but|so|because|since)\s+)?(?:(?:i|we|he|she|they|\p{Lu}\p{Ll}+) (?:really |only )?(?:need|want|require|expect|must have|have to have)s? |(?:it|that|this|they|these)(?:['’]s|['’]re| is| are| must be| has to be| needs to be) (?:due|needed|wanted|ready|done)|the (?:deadline|due date))/iu;
const asksWhether =
  /\b(?:check|see|ask|know|find out|figure out|look|wonder|test|verify|confirm|decide|tell|remember|sure|determine)\b[^,;]{0,30}$/iu;
const condition =
  /\s(?:if|unless|provided(?: that)?|providing|as long as|so long as|in case|assuming|only when)\s/giu;

/** Removes the clauses that hang on this one, because their times are not its time. */
export function ownPart(text: string): string {
  let until = text.length;
  for (let from = 0; from < text.length; ) {
    const match = another.exec(text.slice(from));
    if (!match) break;
    const at = from + match.index;
    if (!deadline.test(text.slice(at).trimStart())) {
      until = at;
      break;
    }
    from = at + match[0].length;
  }
  const rest = text.slice(0, until);
  for (const match of rest.matchAll(condition)) return rest.slice(0, match.index);
  return rest;
}

/** Recognises "I can do it if…", which may never happen. "Ask whether" and "check if" are no conditions. */
export function isConditional(text: string): boolean {
  for (const match of text.matchAll(condition)) {
    if (!/\sif\s/i.test(match[0]) || !asksWhether.test(text.slice(0, match.index))) return true;
  }
  return false;
}
