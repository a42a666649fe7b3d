/** What to do with a correction that was refused because the conversation has changed meanwhile. Pure. */

export type Resolution =
  /** Something else has changed: the same correction is sent again, to what is there now. */
  | { kind: 'again' }
  /** Somebody has made the same correction. */
  | { kind: 'same' }
  /** The line is gone, as it was transcribed again or deleted. */
  | { kind: 'gone' }
  /** Somebody has corrected this line in another way: the person sees both and decides. */
  | { kind: 'both'; theirs: string };

/**
 * @param base the text that the person began with
 * @param mine what they made of it
 * @param now the text that is there now; undefined if the line is gone
 */
export function resolve(base: string, mine: string, now: string | undefined): Resolution {
  if (now === undefined) return { kind: 'gone' };
  if (now === mine) return { kind: 'same' };
  return now === base ? { kind: 'again' } : { kind: 'both', theirs: now };
}
