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
function readCursor(cursor: string): Place {
  const [time, id] = cursor.split('~');
  if (!id || !/^\d{1,15}$/.test(time ?? '')) {
    throw new AfterwordError('invalid_request', 'The cursor is not one of ours.');
  }
  return { atMs: Number(time), id };
}

interface Asked {
  limit: number;
  /** Where the page before ended. */
  cursor?: string | undefined;
}

/**
 * Reads one row more than was requested; it shows whether there is a next page.
 * @throws AfterwordError `invalid_request` if the cursor is not one of ours
 */
export async function readPage<T>(
  { limit, cursor }: Asked,
  read: (limit: number, after: Place | null) => Promise<readonly T[]>,
  placeOf: (item: T) => Place,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const found = await read(limit + 1, cursor === undefined ? null : readCursor(cursor));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? writeCursor(placeOf(last)) : null };
}
