import { expect, it } from 'vitest';
import { type Runner, type Waiting, whoGivesWay } from '../../src/pipeline/places.ts';

const MINUTE_MS = 60_000;

function running(dueAtMs: number, also: Partial<Runner> = {}): Runner {
  return {
    lane: 'fresh',
    userId: 'ada',
    ranForMs: 10 * MINUTE_MS,
    dueAtMs,
    canGiveWay: true,
    isAsked: false,
    giveWay: () => {},
    ...also,
  };
}

function waiting(dueAtMs: number, also: Partial<Waiting> = {}): Waiting {
  return { userId: 'ben', dueAtMs, isNew: true, ...also };
}

it('is whoever is furthest ahead of somebody who is due before, and one for each of those', () => {
  const [near, far, further] = [1, 2, 3].map((hours) => running(hours * 60 * MINUTE_MS));
  const all = [near, far, further] as Runner[];
  expect(whoGivesWay(all, [waiting(0)])).toEqual([further]);
  expect(whoGivesWay(all, [waiting(0), waiting(1)])).toEqual([further, far]);
  expect(
    whoGivesWay(
      all,
      Array.from({ length: 9 }, () => waiting(0)),
    ),
  ).toHaveLength(3);
  expect(whoGivesWay(all, [])).toEqual([]);
});

it('is nobody who is hardly ahead, has passed no mark, or was asked already', () => {
  expect(whoGivesWay([running(MINUTE_MS)], [waiting(0)])).toEqual([]);
  expect(whoGivesWay([running(60 * MINUTE_MS, { canGiveWay: false })], [waiting(0)])).toEqual([]);
  const asked = running(60 * MINUTE_MS, { isAsked: true });
  const other = running(30 * MINUTE_MS);
  expect(whoGivesWay([asked, other], [waiting(0)])).toEqual([]);
  expect(whoGivesWay([asked, other], [waiting(0), waiting(0)])).toEqual([other]);
});

it('makes long recordings of different people take turns that are worth it, and none of one person', () => {
  const begun = running(60 * MINUTE_MS, { ranForMs: 1_000 });
  const heard = { isNew: false };
  expect(whoGivesWay([begun], [waiting(0, heard)])).toEqual([]);
  expect(whoGivesWay([begun], [waiting(0)])).toEqual([begun]);
  const long = running(60 * MINUTE_MS);
  expect(whoGivesWay([long], [waiting(0, heard)])).toEqual([long]);
  expect(whoGivesWay([long], [waiting(0, { ...heard, userId: 'ada' })])).toEqual([]);
  expect(whoGivesWay([long], [waiting(0, { userId: 'ada' })])).toEqual([long]);
});
