/** How an id that comes from outside is read, from a header or a command line: people whose ids look alike are one person. */

const LONGEST = 256;
/**
 * Two ids that look alike would be two people, so invisible characters are refused, except the joiners that some
 * scripts need.
 */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/** @returns the id as it is compared, or what is wrong with it as the rest of a sentence */
export function readOutsideId(given: string): { id: string } | { fault: string } {
  const id = given.normalize('NFC');
  if (id.trim() === '') return { fault: 'is empty' };
  if (INVISIBLE.test(id)) return { fault: 'holds characters that cannot be printed' };
  if ([...id].length > LONGEST) return { fault: `is longer than ${LONGEST} characters` };
  return { id };
}
