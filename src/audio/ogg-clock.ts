/** Whether the positions of an Ogg Opus stream count at the rate that they should. Pure. */

interface Positioned {
  granule: number | null;
  last: boolean;
  lost: boolean;
  /** At 16 kHz. */
  length: number;
}

/**
 * How much faster a wrong encoder may count: at 96, 144, 192 kHz, or packets of 10 ms as 20, 40 or 60 ms. Any other
 * factor above 1 is silence that was not sent, which positions may leave out.
 */
const FASTER = [2, 3, 4, 6];
const TOLERANCE = 0.01;

/**
 * The rate at which the positions of these first pages count, in shares of the right one. Packets cannot last longer
 * than the time between their positions, and silence that is left out does not come in the same share everywhere: where
 * nearly all pages agree on another rate, the positions are wrong and the packets right.
 */
export function clockOf(pages: readonly Positioned[], granulesPerSample: number): number {
  const factors = pages.flatMap((page, index) => {
    const before = pages[index - 1]?.granule;
    if (page.granule === null || before === null || before === undefined || page.lost || page.length === 0)
      return [];
    const factor = (page.granule - before) / (page.length * granulesPerSample);
    // The last page may end before its packets do, which makes it no evidence of a slow clock.
    return factor > 1 || (factor > 0 && !page.last) ? [factor] : [];
  });
  const middle = factors.toSorted((a, b) => a - b)[Math.floor(factors.length / 2)];
  if (middle === undefined) return 1;
  const agreeing = factors.filter((factor) => Math.abs(factor / middle - 1) < TOLERANCE);
  if (agreeing.length < factors.length - 1 || agreeing.length * 2 <= factors.length) return 1;
  const known = FASTER.find((factor) => Math.abs(middle / factor - 1) < TOLERANCE);
  if (known !== undefined) return known;
  return middle < 1 - TOLERANCE ? middle : 1;
}
