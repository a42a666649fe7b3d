/** A name says how a recording is cut, and is stored with its cuts: whoever goes on from these cuts as it says. Pure. */
import { type CutOptions, isPossible } from './cut.ts';

export function nameOf(cut: CutOptions, hosted: boolean): string {
  return JSON.stringify({ ...cut, hosted });
}

/** @returns null if nobody cuts like this any more, or the speech was found by another detector */
export function cutNamed(name: string, hosted: boolean): CutOptions | null {
  try {
    const { hosted: wasHosted, ...cut } = JSON.parse(name) as CutOptions & { hosted?: unknown };
    return wasHosted === hosted && isPossible(cut) ? cut : null;
  } catch {
    return null;
  }
}

/** The longest pieces of the version that did not plan: all were cut at their limit. */
const LONGEST_UNPLANNED_SECONDS = 64;

/** Says whether the length of pieces follows from what calls cost. */
export function isPlanned(name: string): boolean {
  const longest = /"maxSeconds":(\d+)/.exec(name)?.[1];
  return longest === undefined || Number(longest) > LONGEST_UNPLANNED_SECONDS;
}
