import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundExceeded, rateLimit, rateLimitPolicy } from '../../src/bounds/bounds.ts';
import { BytesUnderWay } from '../../src/bounds/bytes-under-way.ts';
import { mostAtOnce, Requests } from '../../src/bounds/requests.ts';

function clocked(perMinute: number, most?: number) {
  const clock = { ms: 0 };
  const requests = new Requests(perMinute, () => clock.ms, most);
  const isAllowed = (person = 'ana') => {
    try {
      requests.take(person);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_many_requests' });
      return error as BoundExceeded;
    }
  };
  return { clock, requests, isAllowed };
}

test('in no stretch of time a person has more than may come at once and what that time brings', () => {
  const step = fc.record({ waitMs: fc.nat(30_000), asks: fc.nat(20) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.array(step, { maxLength: 30 }), (perMinute, steps) => {
      const { clock, isAllowed } = clocked(perMinute);
      const allowedAt: number[] = [];
      for (const { waitMs, asks } of steps) {
        clock.ms += waitMs;
        for (let asked = 0; asked < asks; asked++) if (isAllowed() === true) allowedAt.push(clock.ms);
      }
      for (const [at, fromMs] of allowedAt.entries())
        for (let to = at; to < allowedAt.length; to++) {
          const most = mostAtOnce(perMinute) + (((allowedAt[to] ?? 0) - fromMs) * perMinute) / 60_000;
          expect(to - at + 1).toBeLessThanOrEqual(most + 1e-6);
        }
    }),
  );
});

test('whoever comes when they were told to is let in, and a refusal costs nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 50 }),
      (perMinute, refusals) => {
        const { clock, requests, isAllowed } = clocked(perMinute);
        for (let asked = 0; asked < Math.floor(mostAtOnce(perMinute)); asked++)
          expect(isAllowed()).toBe(true);
        let refused: true | BoundExceeded = true;
        for (let asked = 0; asked < refusals; asked++) refused = isAllowed();
        expect(refused).toBeInstanceOf(BoundExceeded);
        expect(requests.waitMsOf('ben')).toBe(0);
        const waitMs = requests.waitMsOf('ana');
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual((refused as BoundExceeded).told.moreInSeconds * 1000 + 1e-6);
        expect(isAllowed('ben')).toBe(true);
        clock.ms += (refused as BoundExceeded).told.moreInSeconds * 1000;
        expect(isAllowed()).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test('of many people those who came last are remembered', () => {
  const { requests, isAllowed } = clocked(1, 3);
  for (const person of ['a', 'b', 'c', 'd']) expect(isAllowed(person)).toBe(true);
  expect(requests.people).toBe(3);
  expect(isAllowed('d')).not.toBe(true);
});

test('the fields say what is left and when there is more', () => {
  const { requests } = clocked(60);
  const told = requests.take('ana');
  expect(rateLimitPolicy(told)).toBe('"requests";q=60;w=60');
  expect(rateLimit(told)).toBe('"requests";r=9;t=1');
});

test('uploads that are under way together stay below the bound, and a single one is always let in', () => {
  const length = fc.nat(200);
  const step = fc.oneof(fc.record({ bytes: length }), fc.record({ ends: fc.nat(20) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const underWay = new BytesUnderWay(100);
      let inside: { bytes: number; leave: () => void }[] = [];
      for (const step of steps) {
        if ('ends' in step) {
          const gone = inside[step.ends % Math.max(1, inside.length)];
          inside = inside.filter((one) => one !== gone);
          gone?.leave();
          gone?.leave();
          continue;
        }
        const bytes = Math.max(1, step.bytes);
        const all = inside.reduce((sum, one) => sum + one.bytes, 0);
        const enter = () => inside.push({ bytes, leave: underWay.enter('ana', step.bytes) });
        if (all === 0 || all + step.bytes <= 100) expect(enter).not.toThrow();
        else expect(enter).toThrow(expect.objectContaining({ code: 'too_much_under_way' }));
      }
      expect(() => underWay.enter('ben', 1000)).not.toThrow();
    }),
  );
});
