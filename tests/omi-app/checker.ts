/**
 * Judges what passed between a phone and a server by the contract alone: every recording is synced once, and none is taken
 * for synced that the app's own routes do not show, in answers that its parsers can read.
 */
import { judgeAnswers } from './answers.ts';
import { judgeOutcome } from './outcome.ts';
import type { Entry } from './traffic.ts';

export type Rule =
  /** The app's parser throws. */
  | 'unreadable'
  /** An answer that no such request may get, or that lacks a header. */
  | 'wrong answer'
  /** A job contradicts itself, its request or what it said before. */
  | 'job'
  /** An id that was told does not answer. */
  | 'told id'
  /** Words of a recording that counts as synced are not shown. */
  | 'lost'
  /** A recording is shown twice. */
  | 'doubled'
  /** A recording is not synced in the end. */
  | 'not synced'
  /** The app took a recording for synced without an answer that says so. */
  | 'unproven'
  /** Speech is not when it was said, or its conversations are not cut at 120 s of silence. */
  | 'time'
  /** The sound of a recording cannot be played. */
  | 'sound'
  /** The list and the conversations disagree. */
  | 'list';

export interface Violation {
  rule: Rule;
  text: string;
}

export type Report = (rule: Rule, text: string) => void;

export function judge(traffic: readonly Entry[]): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (rule, text) => violations.push({ rule, text });
  judgeAnswers(traffic, report);
  judgeOutcome(traffic, report);
  return violations;
}

/** For a person: each thing once, with how often it was seen. */
export function summary(violations: readonly Violation[]): string[] {
  const counts = new Map<string, number>();
  for (const { rule, text } of violations) {
    const line = `${rule}: ${text}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line));
}
