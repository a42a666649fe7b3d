/**
 * How a conversation stands: what it waits for, why, and what comes next. The list says it in a line and the conversation in
 * a notice, both by this rule and with the same sentences. Pure.
 */
import type { Conversation } from '@afterword/client';
import type { Words } from '../words/en.ts';

type Stage = NonNullable<Conversation['expected']>['stage'];

interface Failure {
  /** In the server's words. */
  failure: string | null;
  remedy: string | null;
  /** By which the page has words of its own. */
  code: string | null;
  tries: number;
}

export type Standing =
  | { kind: 'ready' }
  /** A few words that lists leave out. */
  | { kind: 'filler' }
  /** Title and summary are sentences that were spoken, until the language model answers. */
  | ({ kind: 'for-now'; nextTryAtMs: number | null } & Failure)
  | ({ kind: 'failed' } & Failure)
  /** An attempt has failed, and the next one comes by itself. */
  | ({ kind: 'again'; nextTryAtMs: number } & Failure)
  | { kind: 'no-worker' }
  | { kind: 'working'; stage: Stage; place: number | null; doneAtMs: number | null };

export type StandingOf = Pick<
  Conversation,
  'status' | 'failure' | 'code' | 'remedy' | 'nextTryAtMs' | 'tries' | 'expected' | 'madeBy' | 'discarded'
>;

export function standingOf(conversation: StandingOf, nowMs: number): Standing {
  const { status, failure, code, remedy, tries, nextTryAtMs, expected, madeBy, discarded } = conversation;
  const failed = { failure, code, remedy, tries };
  if (status === 'failed') return { kind: 'failed', ...failed };
  if (status === 'ready') {
    if (failure !== null && madeBy?.kind === 'extractive') return { kind: 'for-now', ...failed, nextTryAtMs };
    return { kind: discarded ? 'filler' : 'ready' };
  }
  if (expected?.unknown === 'no_worker') return { kind: 'no-worker' };
  // An attempt whose time has come is under way.
  if (failure !== null && nextTryAtMs !== null && nextTryAtMs > nowMs)
    return { kind: 'again', ...failed, nextTryAtMs };
  return {
    kind: 'working',
    stage: expected?.stage ?? 'understanding',
    place: expected?.place ?? null,
    doneAtMs: expected?.doneAtMs ?? null,
  };
}

/** The parts of what is said, in the order in which they are: each form leaves out what it has no room for. */
export interface Told {
  tone: 'plain' | 'warning' | 'danger';
  /** What is the case, for a heading. */
  title: string | null;
  /** Why, or what is done about it now. */
  what: string | null;
  /** More of the same, for whoever has opened the conversation. */
  more: string[];
  /** What comes next or has to be done. */
  next: string[];
  /** What the server said, where the page says it in its own words: for whoever looks for the reason. */
  detail: string | null;
}

/** @param at writes a time. @returns null of one that is ready: there is nothing to say */
export function told(standing: Standing, words: Words['standing'], at: (ms: number) => string): Told | null {
  switch (standing.kind) {
    case 'ready':
      return null;
    case 'filler':
      return { tone: 'plain', title: null, what: words.filler, more: [], next: [], detail: null };
    case 'no-worker':
      return {
        tone: 'danger',
        title: words.titles.working,
        what: words.noWorker,
        more: [],
        next: [],
        detail: null,
      };
    case 'working': {
      const { stage, place, doneAtMs } = standing;
      return {
        tone: 'plain',
        title: words.titles.working,
        what: words.stages[stage],
        more: place === null ? [] : [words.place(place)],
        next: doneAtMs !== null ? [words.expected(at(doneAtMs))] : [],
        detail: null,
      };
    }
    default: {
      const { kind, failure, code, tries } = standing;
      const known = code === null ? undefined : words.failures[code];
      const what = known?.what ?? failure;
      const remedy = known ? (kind === 'failed' ? known.remedy : words.byItself) : standing.remedy;
      const nextTryAtMs = kind === 'failed' ? null : standing.nextTryAtMs;
      return {
        tone: kind === 'failed' ? 'danger' : 'warning',
        title: words.titles[kind],
        what: what === null ? null : sentence(what),
        detail: known && failure !== what ? failure : null,
        more: [
          ...(tries > 0 ? [words.tries(tries)] : []),
          ...(kind === 'for-now' ? [] : [words.wordsAreThere]),
        ],
        next: [
          ...(nextTryAtMs === null ? [] : [words.nextTry(at(nextTryAtMs))]),
          ...(remedy === null ? [] : [sentence(remedy)]),
        ],
      };
    }
  }
}

/** Reasons come from the server, with a full stop or without. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** In a line of the list: what is the case, and what comes next. */
export function lineOf({ title, what, next }: Told): string {
  const [first] = next;
  return [what ?? (title === null ? null : sentence(title)), first].filter(Boolean).join(' ');
}

/** In a notice, under its heading. */
export function sentencesOf({ what, more, next }: Told): string[] {
  return [...(what === null ? [] : [what]), ...more, ...next];
}
