import type { ActionItem } from '../understanding.ts';
import { leadIn } from './action-cues.ts';
import { courtesy } from './action-guards.ts';
import { type Clause, clausesOf, ownPart } from './clauses.ts';
import { type DueDate, dueDateIn } from './due-date.ts';
import { isTask } from './is-task.ts';
import type { Sentence } from './sentences.ts';
import { capitalised, contentWords, isSmallTalk, tokens } from './words.ts';

const longestDescription = 200;

/** No list of tasks is longer than this, which also bounds what five hours of speech can produce. */
const mostItems = 100;

export function actionItemsOf(sentences: readonly Sentence[], timeZone: string): ActionItem[] {
  const items: ActionItem[] = [];
  let before: string | undefined;
  for (const sentence of sentences) {
    for (const item of itemsOf(sentence, timeZone, before)) add(items, item);
    if (items.length >= mostItems) return items.slice(0, mostItems);
    if (!isSmallTalk(sentence.text) && !pointsBack.test(described(sentence.text))) before = sentence.text;
  }
  return items;
}

function itemsOf(sentence: Sentence, timeZone: string, said: string | undefined): ActionItem[] {
  // Words in quotation marks are somebody else's, so they promise nothing.
  if (/["“”«»]/.test(sentence.text)) return [];
  return clausesOf(sentence.text).flatMap((clause) => {
    // Looking for a date costs a millisecond, and most of what is said is no task: only a likely one is looked at.
    const dueDate = () => dueOf(clause, sentence.saidAtMs, timeZone);
    if (!isTask(clause, sentence.text, () => dueDate() !== null)) return [];
    const due = dueDate();
    const description = described(clause.text);
    const context = pointsBack.test(description) ? contextOf(clause.before, said) : undefined;
    return {
      description,
      dueAtMs: due?.dueAtMs ?? null,
      dueText: due?.dueText ?? null,
      segmentId: sentence.segmentId,
      ...(context === undefined ? {} : { context }),
    };
  });
}

/**
 * Matches a task whose object is only "it" or "that", with nothing behind it that names the thing. A word between verb and object is
 * one that belongs to the verb ("pick it up", "look into that").
 */
const pointsBack =
  /^(?:(?:\p{L}+,? )?(?:can|could|would|will) (?:you|we)|.{0,40}?(?:['’]ll|\b(?:will|going to|gonna|to|must|should|can|please|let me|let['’]s|sure|us|kindly)))(?: \p{L}+ly| also| just)* \p{Ll}+(?: (?:up|off|out|in|into|on|over|at|after|for|with|about|back|through|to|of|him|her|them|you|me|us))? (?:it|that|this|them|those|these|so|one|both)(?=$|[,.;:!?]|\s+(?:up|off|out|in|on|over|at|back|to|for|with|by|before|after|until|when|once|again|now|then|right|as|tomorrow|today|tonight|this|next|first|later|soon|myself|yourself|ourselves|too|please|on|and|or|\p{L}+day)(?![\p{L}]))|^(?:\p{L}+ )(?:it|that|this|them|those|these)(?=$|[,.;:!?]|\s+(?:up|off|out|by|before|on|tomorrow|today|tonight|this|next|to|for|at|in|until|please|now)(?![\p{L}]))/iu;

/** Finds what "it" means: the same sentence's beginning ("The boiler leaks, so I'll fix it"), or the sentence before. */
function contextOf(before: string, said: string | undefined): string | undefined {
  const own = before
    .replace(leadIn, '')
    .replace(/(?:[\s,;:–—-]+(?:and|but|so|then|also)\b)*[\s,;:–—-]*$/iu, '');
  const text = contentWords(own).length > 0 ? own : said;
  return text === undefined ? undefined : shortened(text);
}

/** Replaces a courtesy by blanks, since it is no condition. Blanks keep the places of the words. */
const blank = (said: string): string => ' '.repeat(said.length);

/** Finds the date of a clause. One that opens the sentence ("By Friday, I'll…") also counts; one in another clause does not. */
function dueOf(clause: Clause, saidAtMs: number, timeZone: string): DueDate | null {
  const own = dueDateIn(ownPart(clause.text.replace(courtesy, blank)), saidAtMs, timeZone);
  if (own || clause.before.split(' ').length > 5) return own;
  return dueDateIn(clause.before, saidAtMs, timeZone);
}

function described(clause: string): string {
  return shortened(clause.replace(leadIn, '').trim());
}

function shortened(text: string): string {
  const end = tokens(text).findLast((token) => token.end <= longestDescription)?.end ?? longestDescription;
  return capitalised(text.slice(0, end).replace(/[\s,;:.!?–—-]+$/u, ''));
}

/** Adds a task once, with its date if any mention had one, because meetings end by repeating what was agreed. */
function add(items: ActionItem[], item: ActionItem): void {
  const same = items.find((other) => isSame(other, item));
  if (!same) items.push(item);
  else if (same.dueAtMs === null && item.dueAtMs !== null) {
    same.dueAtMs = item.dueAtMs;
    same.dueText = item.dueText;
  }
}

function isSame(a: ActionItem, b: ActionItem): boolean {
  if (a.dueAtMs !== null && b.dueAtMs !== null && a.dueAtMs !== b.dueAtMs) return false;
  const [ofA, ofB] = [a, b].map((item) => new Set(contentWords(`${item.context ?? ''} ${item.description}`)));
  if (!ofA || !ofB) return false;
  const shared = [...ofA].filter((word) => ofB.has(word)).length;
  const all = ofA.size + ofB.size - shared;
  if (shared < 2) return shared === 1 && all === 1;
  return shared === Math.min(ofA.size, ofB.size) || shared / all >= 0.7;
}
