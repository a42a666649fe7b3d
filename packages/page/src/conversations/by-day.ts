/** The rows of the list: a heading for each day, and under it the conversations that began on that day. */

interface Begun {
  /** UTC epoch milliseconds. */
  startedAtMs: number;
}

export type ListRow<T> =
  /** `day` is the date in the person's time zone, as `2026-11-26`. */
  { kind: 'day'; day: string; count: number } | { kind: 'conversation'; conversation: T };

/**
 * A day is that of the person's time zone: a talk at one in the morning in Stockholm belongs to that day and not to the
 * one before, which it still is in UTC.
 *
 * @param conversations newest first, as the server lists them
 */
export function rowsByDay<T extends Begun>(conversations: readonly T[], timeZone: string): ListRow<T>[] {
  const dayOf = dayIn(timeZone);
  const rows: ListRow<T>[] = [];
  let heading: { kind: 'day'; day: string; count: number } | undefined;
  for (const conversation of conversations) {
    const day = dayOf(conversation.startedAtMs);
    if (heading?.day !== day) {
      heading = { kind: 'day', day, count: 0 };
      rows.push(heading);
    }
    heading.count += 1;
    rows.push({ kind: 'conversation', conversation });
  }
  return rows;
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

/** One formatter serves thousands of rows: making one takes longer than using it. */
function dayIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (ms) => format.format(ms);
}
