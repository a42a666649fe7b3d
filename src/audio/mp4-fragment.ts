/** Reads where a fragment of an MP4 is in time, as browsers and live recorders write them. Pure. */
import { boxesIn } from './mp4-index.ts';
import { inside, uint32 } from './mp4-sound.ts';

/** The fragment names where its sound lies in the file, so it cannot be decoded behind another beginning. */
const NAMES_PLACES = 1;

/**
 * @param fragment the whole box `moof`
 * @returns the time of its first frame of this track; null where it has none of it, `unknown` where it cannot be told
 */
export function fragmentTime(fragment: Uint8Array, track: number): number | null | 'unknown' {
  for (const { type, body } of boxesIn(inside(fragment, 'moof') ?? new Uint8Array(0))) {
    const head = type === 'traf' ? inside(body, 'tfhd') : null;
    if (head === null || uint32(head, 4) !== track) continue;
    const time = inside(body, 'tfdt');
    if (time === null || ((uint32(head, 0) ?? 0) & NAMES_PLACES) !== 0) return 'unknown';
    const [first, second] = [uint32(time, 4), uint32(time, 8)];
    const begin = time[0] === 1 ? (first ?? 0) * 2 ** 32 + (second ?? 0) : (first ?? 0);
    return Number.isSafeInteger(begin) ? begin : 'unknown';
  }
  return null;
}

/** What a decoder needs in front of any fragment, without the edits, which are about the beginning of the sound. */
export function withoutEdits(index: Uint8Array): Uint8Array {
  const changed = new Uint8Array(index);
  for (const { type, body } of boxesIn(inside(changed, 'moov') ?? new Uint8Array(0))) {
    if (type !== 'trak') continue;
    for (const { type: inner, whole } of boxesIn(body)) if (inner === 'edts') whole.set(FREE, 4);
  }
  return changed;
}

const FREE = Buffer.from('free');
