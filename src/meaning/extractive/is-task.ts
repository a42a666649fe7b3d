import {
  bareOrder,
  type Cue,
  callVerb,
  chore,
  cues,
  datedOrder,
  looseOrder,
  looseVerb,
  politeOrder,
  someone,
  taskVerb,
} from './action-cues.ts';
import {
  afterPronoun,
  anyone,
  askedLoose,
  courtesy,
  definite,
  destination,
  hypothetical,
  idiom,
  information,
  negated,
  noVerb,
  passingNeed,
  purpose,
  reported,
  serviceVerb,
  stative,
  tag,
  wouldYouMind,
} from './action-guards.ts';
import { type Clause, core, isConditional } from './clauses.ts';

const startsWithTask = new RegExp(`^${taskVerb}(?![\\p{L}'’])`, 'iu');
const startsWithCall = new RegExp(`^${callVerb}\\s+`, 'iu');
const startsWithLoose = new RegExp(`^${looseVerb}(?![\\p{L}'’])`, 'iu');

/** Says whether somebody has to do what this clause says. In doubt it says no, because nobody reads a list of false tasks. */
export function isTask(clause: Clause, sentence: string, hasDate: () => boolean): boolean {
  const text = core(clause);
  const before = clause.before.replace(courtesy, '');
  if (text.split(' ').length < 3) return false;
  if (reported.test(before) || hypothetical.test(before)) return false;
  if (/\b(?:said|replied|cried|exclaimed|whispered)\b/iu.test(sentence)) return false;
  const question = clause.last && sentence.trimEnd().endsWith('?') && !tag.test(sentence);

  const conditional = isConditional(text.replace(courtesy, ''));
  if (wouldYouMind.test(text)) return !conditional;
  for (const cue of cues) {
    const match = cue.pattern.exec(text);
    if (!match) continue;
    if (cue.name === 'third' && isNobodyNamed(text)) continue;
    if (question && !cue.asked) return false;
    if (conditional && !cue.anyVerb) return false;
    const spoken = { said: match[0], rest: text.slice(match[0].length), before, question };
    return isAsked(cue, spoken, hasDate);
  }
  if (conditional || question || before.trim() !== '' || hypothetical.test(text) || reported.test(text))
    return false;
  return isOrder(text.slice(0, 1).toLowerCase() + text.slice(1), hasDate);
}

interface Spoken {
  said: string;
  rest: string;
  before: string;
  question: boolean;
}

function isAsked(cue: Cue, { said, rest, before, question }: Spoken, hasDate: () => boolean): boolean {
  if (cue.anyVerb) return rest.split(' ').length >= 2 && !/^(?:when|how|what|the time)\b/i.test(rest);
  if (negated.test(said) || negated.test(firstWords(rest, 3)) || doubted(rest)) return false;
  if (cue.needsDate && !hasDate()) return false;
  if (cue.name === 'wanted') return !passingNeed.test(rest);
  if (cue.name === 'deadline') return deadlineFor.test(rest);
  if (cue.name === 'duty' && (anyone.test(before) || (purpose.test(rest) && !hasDate()))) return false;
  if (question && cue.name === 'request' && !/\bplease\b/i.test(said) && !isRequest(said, rest)) {
    return isDatedRequest(rest, hasDate);
  }
  return isDoable(rest, hasDate) || isDated(said, rest, hasDate);
}

/** Says whether it is promised, needed or asked for with a date: then it is a task, whatever the verb. */
function isDated(said: string, rest: string, hasDate: () => boolean): boolean {
  if (!/^\p{Ll}/u.test(rest) || noVerb.test(rest) || stative.test(rest)) return false;
  if (idiom.test(rest.replace(/[.!?]+$/u, ''))) return false;
  if (startsWithCall.test(rest) || startsWithLoose.test(rest)) return false;
  if (/going to\s+$|gonna\s+$/iu.test(said) && destination.test(rest)) return false;
  return hasDate();
}

/** "Could you look at the logs today?" asks for it; without a definite thing it would ask about an ability. */
const isDatedRequest = (rest: string, hasDate: () => boolean): boolean =>
  definite.test(rest) && !stative.test(rest) && !noVerb.test(rest) && hasDate();

/** "Can you send me the file?" asks for it; "Can you pay by card here?" asks whether. */
function isRequest(said: string, rest: string): boolean {
  if (startsWithLoose.test(rest) && !startsWithTask.test(rest)) return askedLoose.test(rest);
  if (definite.test(rest)) return true;
  return serviceVerb.test(rest) && / an? /i.test(rest) && !/^would/i.test(said);
}

function isOrder(order: string, hasDate: () => boolean): boolean {
  if (negated.test(firstWords(order, 4)) || idiom.test(order)) return false;
  if (/^(?:call|phone)\b/.test(order)) return isDoable(order, hasDate);
  if (bareOrder.test(order) || chore.test(order)) return true;
  return (
    !startsWithCall.test(order) &&
    (looseOrder.test(order) || datedOrder.test(order) || politeOrder.test(order)) &&
    hasDate()
  );
}

function isDoable(rest: string, hasDate: () => boolean): boolean {
  if (idiom.test(rest.replace(/[.!?]+$/u, ''))) return false;
  const call = startsWithCall.exec(rest);
  if (call) return isCalled(call[0], rest.slice(call[0].length));
  if (startsWithTask.test(rest)) return saysWhat(rest) || hasDate();
  if (chore.test(rest)) return true;
  return startsWithLoose.test(rest) && hasDate();
}

/** "Call him back" rings him, "call him a genius" names him. */
function isCalled(verb: string, whom: string): boolean {
  if (!someone.test(whom)) return false;
  return !/^call/i.test(verb) || !/^(?:him|her|them|us|you|me)\b/i.test(whom) || afterPronoun.test(whom);
}

/** "The roof needs to be sealed by October" sets a date by which; "the shop must close on Monday" tells of a day. */
const deadlineFor = /\b(?:by|before|until|no later than)\s/iu;

/** Says whether the task names its object. "I'll check that" means nothing to a later reader. */
const saysWhat = (rest: string): boolean =>
  /\s/.test(rest.trim()) && !/^\S+ (?:it|that|this|them|those|these)[.!?]?$/iu.test(rest.trim());

/** Doubt right behind the verb belongs to the promise; further on it belongs to the thing promised ("check whether…"). */
const doubted = (rest: string): boolean =>
  /^\S+\s+(?:maybe|perhaps|probably|someday|one day)\b/iu.test(rest) ||
  /\b(?:someday|one of these days|never)\b/iu.test(rest);

const isNobodyNamed = (text: string): boolean =>
  information.test(text) ||
  /^(?:he|she|it|they|we|you|this|that|there|everyone|everybody|nobody|nothing|somebody|someone|people|god|the)\b/iu.test(
    text,
  );

const firstWords = (text: string, count: number): string => text.split(' ').slice(0, count).join(' ');
