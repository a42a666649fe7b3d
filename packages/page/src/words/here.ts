/** Whether times in a zone read as those on the wall beside whoever looks. */

/** Of this device. */
export const ZONE_HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** By zone: rows of a long list ask for it, and clocks of two zones that agree seldom part while a page is open. */
const known = new Map<string, boolean>();

/** Zones with the same time now need no other; it is said of which zone times are where it is another one. */
export function differsFromHere(timeZone: string): boolean {
  const answer = known.get(timeZone) ?? clock(timeZone) !== clock(ZONE_HERE);
  known.set(timeZone, answer);
  return answer;
}

function clock(timeZone: string): string {
  return new Date().toLocaleString('en', { timeZone, timeStyle: 'short', dateStyle: 'short' });
}
