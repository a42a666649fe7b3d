import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Slots } from '../../src/api/slots.ts';

const BOUNDS = { most: 3, mostOfOne: 2, waitMs: 60_000, mostWaiting: 4 };

it('never lets in more than the bounds, nobody out of turn, and nobody waits beside a free slot', async () => {
  const person = fc.constantFrom('ana', 'ben', 'eve');
  const step = fc.oneof(
    fc.record({ does: fc.constant('come' as const), person }),
    fc.record({ does: fc.constant('leave' as const), at: fc.nat(20) }),
    fc.record({ does: fc.constant('give up' as const), at: fc.nat(20) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const slots = new Slots(BOUNDS);
      let inside: { person: string; leave: () => void }[] = [];
      let waiting: { person: string; gaveUp: AbortController }[] = [];
      const has = (who: string) => inside.filter((one) => one.person === who).length;
      for (const one of steps) {
        if (one.does === 'come') {
          const place = { person: one.person, gaveUp: new AbortController() };
          waiting.push(place);
          slots.enter(one.person, place.gaveUp.signal).then(
            (leave) => {
              const room = waiting.filter(({ person: who }) => inside.length < 3 && has(who) < 2);
              expect(room[0]).toBe(place);
              waiting = waiting.filter((other) => other !== place);
              inside.push({ person: one.person, leave });
            },
            () => {
              waiting = waiting.filter((other) => other !== place);
            },
          );
        } else if (one.does === 'leave') {
          const gone = inside[one.at % Math.max(1, inside.length)];
          inside = inside.filter((other) => other !== gone);
          gone?.leave();
          gone?.leave();
        } else {
          waiting[one.at % Math.max(1, waiting.length)]?.gaveUp.abort();
        }
        await new Promise(setImmediate);
        expect(inside.length).toBeLessThanOrEqual(BOUNDS.most);
        expect(waiting.length).toBeLessThanOrEqual(BOUNDS.mostWaiting);
        for (const { person: who } of inside) expect(has(who)).toBeLessThanOrEqual(BOUNDS.mostOfOne);
        for (const { person: who } of waiting) expect(inside.length < 3 && has(who) < 2).toBe(false);
      }
      for (const { gaveUp } of waiting) gaveUp.abort();
    }),
  );
});

it('sends away whoever waited too long', async () => {
  const slots = new Slots({ ...BOUNDS, most: 1, waitMs: 1 });
  await slots.enter('ana');
  await expect(slots.enter('ben')).rejects.toMatchObject({ code: 'busy' });
});
