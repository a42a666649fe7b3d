/**
 * Puts changes into pages of conversations that were read before. Reading all pages again for each event would ask the server
 * for thousands of conversations while a backlog is worked off; so only those are asked for that an event has named.
 */

interface Placed {
  id: string;
  /** UTC epoch milliseconds. */
  startedAtMs: number;
}

interface Page<T> {
  conversations: T[];
  /** null: the list ends here. */
  nextCursor: string | null;
}

/**
 * @param pages as the server gave them: newest first, of two that began together the greater id first
 * @param changed ids that events have named
 * @param present those of them that belong into the list now; the others have left it
 */
export function withChanges<T extends Placed>(
  pages: readonly Page<T>[],
  changed: ReadonlySet<string>,
  present: readonly T[],
): Page<T>[] {
  const next = pages.map((page) => ({
    ...page,
    conversations: page.conversations.filter(({ id }) => !changed.has(id)),
  }));
  for (const one of present) {
    const page = next.find(({ conversations, nextCursor }, at) => {
      const isLast = at === next.length - 1;
      const last = conversations.at(-1);
      // What comes after the last row that was read, comes with the next page.
      return isLast
        ? nextCursor === null || (last !== undefined && isBefore(one, last))
        : last !== undefined && isBefore(one, last);
    });
    page?.conversations.splice(placeIn(page.conversations, one), 0, one);
  }
  return next;
}

function placeIn(conversations: readonly Placed[], one: Placed): number {
  const at = conversations.findIndex((other) => isBefore(one, other));
  return at < 0 ? conversations.length : at;
}

function isBefore(one: Placed, other: Placed): boolean {
  if (one.startedAtMs !== other.startedAtMs) return one.startedAtMs > other.startedAtMs;
  return one.id > other.id;
}
