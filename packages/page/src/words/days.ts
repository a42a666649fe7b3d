/** Lists by day, in the person's time zone. Pure. */

export interface Day<Item> {
  /** Its date, as `2026-11-26`. */
  day: string;
  /** The moment of its first item, UTC epoch milliseconds. */
  atMs: number;
  items: Item[];
}

/**
 * What follows each other on one day stands together; the order is kept.
 *
 * @param atOf when an item was, UTC epoch milliseconds
 * @param dayOf the date of a moment, as `Format.dayKey` writes it
 */
export function byDay<Item>(
  items: readonly Item[],
  atOf: (item: Item) => number,
  dayOf: (ms: number) => string,
): Day<Item>[] {
  const days: Day<Item>[] = [];
  for (const item of items) {
    const atMs = atOf(item);
    const day = dayOf(atMs);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, atMs, items: [item] });
  }
  return days;
}
