import { AfterwordError } from '../errors.ts';

/** A position in a list that is ordered by time and, for equal times, by id. */
interface Place {
  atMs: number;
  id: string;
}

function writeCursor({ atMs, id }: Place): string {
  return `${atMs}~${id}`;
}

/** @throws AfterwordError `invalid_request` */
export function readCursor(cursor: string): Place {
  const [time, id] = cursor.split('~');
  if (!id || !/^\d{1,15}$/.test(time ?? '')) {
    throw new AfterwordError('invalid_request', 'The cursor is not one of ours.');
  }
  return { atMs: Number(time), id };
}

/** One row more than requested was read; it shows whether there is a next page. */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  placeOf: (item: T) => Place,
): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? writeCursor(placeOf(last)) : null };
}
