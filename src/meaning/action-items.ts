import { leadIn } from './action-cues.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { type DueDate, dueDateIn } from './due-date.ts';
import { isTask } from './is-task.ts';
import type { Sentence } from './sentences.ts';
import type { ActionItem } from './understanding.ts';
import { capitalised, contentWords, tokens } from './words.ts';

const longestDescription = 200;

/** A list longer than this is not a list of things to do; it also bounds what five hours of speech can produce. */
const mostItems = 100;

export function actionItemsOf(sentences: readonly Sentence[], timeZone: string): ActionItem[] {
  const items: ActionItem[] = [];
  for (const sentence of sentences) {
    for (const item of itemsOf(sentence, timeZone)) add(items, item);
    if (items.length >= mostItems) return items.slice(0, mostItems);
  }
  return items;
}

function itemsOf(sentence: Sentence, timeZone: string): ActionItem[] {
  // Words in quotation marks are somebody else's.
  if (/["“”«»]/.test(sentence.text)) return [];
  return clausesOf(sentence.text).flatMap((clause) => {
    // Looking for a date costs a millisecond, and most of what is said is no task: only a likely one is looked at.
    const dueDate = () => dueOf(clause, sentence.saidAtMs, timeZone);
    if (!isTask(clause, sentence.text, () => dueDate() !== null)) return [];
    const due = dueDate();
    return {
      description: described(clause.text),
      dueAtMs: due?.dueAtMs ?? null,
      dueText: due?.dueText ?? null,
      segmentId: sentence.segmentId,
    };
  });
}

/** A date that opens the sentence ("By Friday, I'll…") holds for what follows; one inside another clause is that clause's. */
function dueOf(clause: Clause, saidAtMs: number, timeZone: string): DueDate | null {
  const own = dueDateIn(clause.text, saidAtMs, timeZone);
  if (own || clause.before.split(' ').length > 5) return own;
  return dueDateIn(clause.before, saidAtMs, timeZone);
}

function described(clause: string): string {
  const text = clause.replace(leadIn, '').trim();
  const end = tokens(text).findLast((token) => token.end <= longestDescription)?.end ?? longestDescription;
  return capitalised(text.slice(0, end).replace(/[\s,;:.!?–—-]+$/u, ''));
}

/** Meetings close by repeating what was agreed: the same task counts once, with its date if either saying had one. */
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
  const [ofA, ofB] = [a, b].map((item) => new Set(contentWords(item.description)));
  if (!ofA || !ofB) return false;
  const shared = [...ofA].filter((word) => ofB.has(word)).length;
  const all = ofA.size + ofB.size - shared;
  if (shared < 2) return shared === 1 && all === 1;
  return shared === Math.min(ofA.size, ofB.size) || shared / all >= 0.7;
}
