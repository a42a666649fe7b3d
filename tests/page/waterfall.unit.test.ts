/** The rules of the waterfall: windows, places, marks, and how its tree is walked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { densityOf, LEAST_BAR_PX, marksOf, placeParts } from '../../packages/page/src/timing/layout.ts';
import {
  type Bar,
  closedAtFirst,
  nextCritical,
  rowsOf,
  stepOf,
} from '../../packages/page/src/timing/rows.ts';
import {
  brushed,
  moved,
  revealing,
  ticksOf,
  wholeOf,
  widthOf,
  within,
  zoomed,
} from '../../packages/page/src/timing/zoom.ts';

const WHOLE = { fromMs: 1_000, toMs: 11_000 };
const part = (
  fromMs: number,
  toMs: number | null,
  some: Partial<Bar['parts'][number]> = {},
): Bar['parts'][number] => ({
  what: 'run',
  stage: 'call',
  fromMs,
  toMs,
  code: null,
  provider: 'deepgram',
  model: 'nova',
  outcome: 'answered',
  round: 0,
  link: 0,
  isCritical: false,
  ...some,
});
const bar = (id: string, parts: Bar['parts'], parentId: string | null = null): Bar => ({
  id,
  parentId,
  kind: parentId === null ? 'recording' : 'transcribe',
  subject: parentId ?? id,
  name: null,
  piece: null,
  across: null,
  outcome: null,
  code: null,
  fromMs: parts[0]?.fromMs ?? 0,
  toMs: parts.at(-1)?.toMs ?? null,
  parts,
});

describe('the window', () => {
  const anyWindow = fc
    .tuple(fc.integer({ min: -50_000, max: 50_000 }), fc.integer({ min: 1, max: 60_000 }))
    .map(([fromMs, width]) => ({ fromMs, toMs: fromMs + width }));
  const isWithin = ({ fromMs, toMs }: typeof WHOLE) => {
    expect(fromMs).toBeGreaterThanOrEqual(WHOLE.fromMs - 1e-6);
    expect(toMs).toBeLessThanOrEqual(WHOLE.toMs + 1e-6);
    expect(toMs).toBeGreaterThan(fromMs);
  };

  it('lies within the whole, however it is zoomed, moved or brushed', () => {
    fc.assert(
      fc.property(
        anyWindow,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (wanted, factor, share) => {
          const now = within(wanted, WHOLE);
          isWithin(now);
          isWithin(zoomed(now, WHOLE, factor, Math.min(1, Math.abs(share))));
          isWithin(moved(now, WHOLE, share));
          isWithin(revealing(now, WHOLE, wanted.fromMs, wanted.toMs));
          const brush = brushed(now, WHOLE, share, factor / 100);
          if (brush) isWithin(brush);
        },
      ),
    );
  });

  it('zooms around what is pointed at, and back', () => {
    const closer = zoomed(WHOLE, WHOLE, 2, 0.25);
    expect(closer).toEqual({ fromMs: 2_250, toMs: 7_250 });
    expect(zoomed(closer, WHOLE, 1 / 4)).toEqual(WHOLE);
  });

  it('takes a brush from either side, and a click for none', () => {
    expect(brushed(WHOLE, WHOLE, 0.8, 0.3)).toEqual({ fromMs: 4_000, toMs: 9_000 });
    expect(brushed(WHOLE, WHOLE, 0.3, 0.3)).toBeNull();
  });

  it('has ticks at the quarters, counted from the beginning of all', () => {
    expect(ticksOf({ fromMs: 3_000, toMs: 7_000 }, WHOLE).map(({ ms }) => ms)).toEqual([
      2_000, 3_000, 4_000, 5_000, 6_000,
    ]);
  });

  it('holds what is under way up to now, and a bar of no length', () => {
    expect(wholeOf([bar('a', [part(5, null)]), bar('b', [part(9, 9)])], 40)).toEqual({ fromMs: 5, toMs: 40 });
    expect(widthOf(wholeOf([bar('b', [part(9, 9)])], 9))).toBeGreaterThan(0);
  });
});

describe('the places', () => {
  it('parts stay within the row, in their order, and none is too small to be seen', () => {
    const times = fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.integer({ min: 50, max: 2_000 }), (raw, width) => {
        const sorted = raw.toSorted((a, b) => a - b);
        const parts = sorted.slice(1).map((to, at) => part(sorted[at] ?? 0, to));
        const placed = placeParts(bar('a', parts), WHOLE, width, 12_000);
        for (const { leftPx, widthPx } of placed) {
          expect(widthPx).toBeGreaterThanOrEqual(LEAST_BAR_PX);
          expect(leftPx).toBeGreaterThanOrEqual(0);
          expect(leftPx + widthPx).toBeLessThanOrEqual(width + 1e-6);
        }
        expect(placed.map(({ leftPx }) => leftPx)).toEqual(
          placed.map(({ leftPx }) => leftPx).toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('leaves out what is not in the window, cuts what crosses its border, and lets what is under way reach now', () => {
    const parts = [part(0, 900), part(900, 2_000), part(20_000, 21_000)];
    expect(
      placeParts(bar('a', parts), WHOLE, 1_000, 30_000).map(({ leftPx, widthPx }) => [leftPx, widthPx]),
    ).toEqual([[0, 100]]);
    expect(placeParts(bar('b', [part(6_000, null)]), WHOLE, 1_000, 8_000)[0]).toMatchObject({
      leftPx: 500,
      widthPx: 200,
    });
  });

  it('marks tries, fallbacks, what failed and what was spared, and nothing else', () => {
    const parts = [
      part(1_000, 2_000, { outcome: 'error', code: 'timeout' }),
      part(2_000, 2_000, { outcome: 'not_asked', link: 1 }),
      part(2_000, 3_000, { what: 'wait', stage: 'waiting' }),
      part(3_000, 4_000, { round: 1 }),
      part(4_000, 5_000, { link: 1, round: 1 }),
      part(5_000, 6_000),
    ];
    expect(marksOf(bar('a', parts), WHOLE, 1_000).map(({ kind }) => kind)).toEqual([
      'failed',
      'spared',
      'try',
      'fallback',
    ]);
  });

  it('the density counts what ran and waited at once', () => {
    const bars = [
      bar('a', [part(1_000, 5_999)]),
      bar('b', [part(1_000, 10_999), part(1_000, 2_000, { what: 'wait' })]),
    ];
    const { run, wait, most } = densityOf(bars, WHOLE, 10, 11_000);
    expect([...run]).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
    expect([...wait].slice(0, 3)).toEqual([1, 1, 0]);
    expect(most).toBe(3);
  });
});

describe('the tree', () => {
  const bars = [
    bar('f1', [part(1_000, 2_000)]),
    bar('c1', [part(1_000, 1_500)], 'f1'),
    bar('c2', [part(1_000, 2_000, { isCritical: true })], 'f1'),
    bar('f2', [part(1_000, 3_000, { isCritical: true })]),
    bar('c3', [part(1_000, 3_000)], 'f2'),
  ];
  const rows = rowsOf(bars, new Set());
  const ids = (of: typeof rows) => of.map(({ bar: { id }, level }) => `${id}.${level}`);

  it('shows children below their parent, unless it is closed', () => {
    expect(ids(rows)).toEqual(['f1.1', 'c1.2', 'c2.2', 'f2.1', 'c3.2']);
    expect(ids(rowsOf(bars, new Set(['f1'])))).toEqual(['f1.1', 'f2.1', 'c3.2']);
    expect(rows.map(({ place, of }) => [place, of])).toEqual([
      [1, 2],
      [1, 2],
      [2, 2],
      [2, 2],
      [1, 1],
    ]);
  });

  it('is walked as trees are', () => {
    expect(stepOf(rows, 0, 'ArrowDown')).toEqual({ to: 1 });
    expect(stepOf(rows, 0, 'ArrowUp')).toEqual({ to: 0 });
    expect(stepOf(rows, 4, 'ArrowDown')).toEqual({ to: 4 });
    expect(stepOf(rows, 1, 'End')).toEqual({ to: 4 });
    expect(stepOf(rows, 1, 'Home')).toEqual({ to: 0 });
    expect(stepOf(rows, 2, 'ArrowLeft')).toEqual({ to: 0 });
    expect(stepOf(rows, 0, 'ArrowLeft')).toEqual({ close: 'f1' });
    expect(stepOf(rows, 0, 'ArrowRight')).toEqual({ to: 1 });
    expect(stepOf(rowsOf(bars, new Set(['f1'])), 0, 'ArrowRight')).toEqual({ open: 'f1' });
    expect(stepOf(rows, 0, 'ArrowDown', true)).toEqual({ to: 3 });
    expect(stepOf(rows, 4, 'ArrowUp', true)).toEqual({ to: 3 });
    expect(stepOf(rows, 1, 'x')).toBeNull();
  });

  it('a key leads along the critical path, around its end', () => {
    expect([nextCritical(rows, 0), nextCritical(rows, 2), nextCritical(rows, 3)]).toEqual([2, 3, 2]);
  });

  it('a thousand bars begin with the calls of the file that decided', () => {
    const files = Array.from({ length: 3 }, (_, n) =>
      bar(`f${n}`, [part(1_000, 2_000, { isCritical: n === 1 })]),
    );
    const calls = Array.from({ length: 900 }, (_, n) => bar(`c${n}`, [part(1_000, 2_000)], `f${n % 3}`));
    expect([...closedAtFirst([...files, ...calls])]).toEqual(['f0', 'f2']);
    expect(closedAtFirst(bars).size).toBe(0);
  });
});
