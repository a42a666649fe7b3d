/** The rows of the list: a heading for each day, and under it the conversations that began on that day. */

import { byDay } from '../words/days.ts';

interface Begun {
  /** UTC epoch milliseconds. */
  startedAtMs: number;
}

export type ListRow<T> =
  /** `day` is its date, and `atMs` a moment of it. */
  { kind: 'day'; day: string; atMs: number; count: number } | { kind: 'conversation'; conversation: T };

/**
 * A day is that of the person's time zone: a talk at one in the morning in Stockholm belongs to that day and not to the
 * one before, which it still is in UTC.
 *
 * @param conversations newest first, as the server lists them
 * @param dayOf the date of a moment in that zone
 */
export function rowsByDay<T extends Begun>(
  conversations: readonly T[],
  dayOf: (ms: number) => string,
): ListRow<T>[] {
  return byDay(conversations, ({ startedAtMs }) => startedAtMs, dayOf).flatMap(({ day, atMs, items }) => [
    { kind: 'day' as const, day, atMs, count: items.length },
    ...items.map((conversation) => ({ kind: 'conversation' as const, conversation })),
  ]);
}

/** @returns the index of the heading under which a row stands: the one that stays at the top while its day is read */
export function headingOf<T>(rows: readonly ListRow<T>[], index: number): number {
  for (let at = Math.min(index, rows.length - 1); at > 0; at -= 1) if (rows[at]?.kind === 'day') return at;
  return 0;
}

/** @returns the next conversation's row in a direction, or the same one at the end of the list */
export function nextConversation<T>(rows: readonly ListRow<T>[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < rows.length; at += step)
    if (rows[at]?.kind === 'conversation') return at;
  return from;
}
