/** What the page says of the chain that decided when an upload was done adds up. */
import { expect, it } from 'vitest';
import { isTakenOver, mostOf, pathUntil } from '../../packages/page/src/timing/path.ts';
import { createFormat } from '../../packages/page/src/words/format.ts';

const part = (stage: string, fromMs: number, ms: number) => ({
  stage,
  code: null,
  subject: 'one',
  fromMs,
  ms,
});

it('what is under way goes on until now', () => {
  const path = [part('accepting', 0, 10), part('queued', 10, 400)];
  expect(pathUntil(path, 1_200).map(({ ms }) => ms)).toEqual([10, 1_190]);
  expect(pathUntil(path, 410)).toEqual(path);
  expect(pathUntil([], 410)).toEqual([]);
});

it('names a stage as most of the time only where it took more than half of it', () => {
  const path = [part('queued', 0, 400), part('transcribing', 400, 500), part('queued', 900, 300)];
  expect(mostOf(path, 1_200)).toEqual({ stage: 'queued', ms: 700 });
  expect(mostOf(path, 1_500)).toBeNull();
});

it('tells work that begins anew after its worker has ended from a stage that comes again', () => {
  const path = [
    part('queued', 0, 10),
    part('transcribing', 10, 20),
    part('transcribing', 30, 90),
    part('waiting', 120, 5),
    part('waiting', 125, 5),
    part('transcribing', 130, 5),
    { ...part('transcribing', 135, 5), subject: 'other' },
  ];
  expect(path.map((_, at) => isTakenOver(path, at))).toEqual([
    false,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('marks of an axis read differently, however short it is', () => {
  const { tick } = createFormat('en', 'UTC');
  for (const wholeMs of [20, 90, 400, 3_000, 90_000]) {
    const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => tick(share * wholeMs, wholeMs / 4));
    expect(new Set(marks).size, `${wholeMs} ms: ${marks}`).toBe(5);
  }
});
