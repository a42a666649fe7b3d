/**
 * A mark is a point of a recording from which the rest can be transcribed without what came before: no piece
 * was open. Starting at a mark gives the same pieces as starting at the beginning, because the detector starts where its
 * window starts.
 */
export interface Mark {
  /** Where the window starts in which the mark lies, in samples of the recording. */
  atSample: number;
  /** No sound before this belongs to a later piece. */
  heardUntilSample: number;
}

/** A mark with the number of pieces before it, which is all that going on from there needs. */
export interface Resume extends Mark {
  ordinal: number;
}

export function isMark<T extends object>(item: T | Mark): item is Mark {
  return 'atSample' in item;
}

/** Leaves the marks out, for callers that process a recording in one go. */
export async function* withoutMarks<T extends object>(
  items: AsyncIterable<T | Mark>,
): AsyncGenerator<T, void, void> {
  for await (const item of items) if (!isMark(item)) yield item as T;
}
