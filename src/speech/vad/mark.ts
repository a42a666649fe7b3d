/**
 * A moment of a recording from which the rest can be heard without what was before it: nobody spoke, no piece was open,
 * and the detector began anew there. Whoever starts at a mark hears the same as whoever came all the way.
 */
export interface Mark {
  /** Where the detector began anew, in samples of the recording. */
  atSample: number;
  /** No sound before this belongs to a later piece. */
  heardUntilSample: number;
}

/** A mark and how many pieces came before it: all that is needed to go on from there. */
export interface Resume extends Mark {
  ordinal: number;
}

export function isMark<T extends object>(item: T | Mark): item is Mark {
  return 'atSample' in item;
}

/** Without its marks, for who hears a recording in one go. */
export async function* withoutMarks<T extends object>(
  items: AsyncIterable<T | Mark>,
): AsyncGenerator<T, void, void> {
  for await (const item of items) if (!isMark(item)) yield item as T;
}
