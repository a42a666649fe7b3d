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
              const fewest = Math.min(...room.map(({ person: who }) => has(who)));
              expect(has(place.person)).toBe(fewest);
              expect(room.find(({ person: who }) => who === place.person)).toBe(place);
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

it('gives the next free slot to whoever has the fewest, before a line of somebody else', async () => {
  const slots = new Slots({ most: 2, mostOfOne: 2, waitMs: 60_000, mostWaiting: 100 });
  const inside = [await slots.enter('ana'), await slots.enter('ana')];
  const line = Array.from({ length: 50 }, () => slots.enter('ana'));
  const quiet = slots.enter('ben');
  inside[0]?.();
  await expect(
    Promise.race([quiet.then(() => 'ben'), ...line.map((one) => one.then(() => 'ana'))]),
  ).resolves.toBe('ben');
});

it('keeps room to wait for whoever has few requests, and refuses the last of whoever has most', async () => {
  const slots = new Slots({ most: 1, mostOfOne: 1, waitMs: 60_000, mostWaiting: 3 });
  const leave = await slots.enter('eve');
  const line = Array.from({ length: 3 }, () => slots.enter('ana'));
  const quiet = slots.enter('ben');
  await expect(line[2]).rejects.toMatchObject({ code: 'busy' });
  await expect(slots.enter('ana')).rejects.toMatchObject({ code: 'busy' });
  leave();
  (await line[0])?.();
  await expect(quiet).resolves.toBeTypeOf('function');
});

it('keeps a fifth of the slots for people who have none', async () => {
  const slots = new Slots({ most: 10, mostOfOne: 10, waitMs: 60_000, mostWaiting: 100 });
  const leaves = await Promise.all(Array.from({ length: 8 }, () => slots.enter('ana')));
  const ninth = slots.enter('ana');
  let isIn = false;
  void ninth.then(() => {
    isIn = true;
  });
  await Promise.all([slots.enter('ben'), slots.enter('eve')]);
  expect(isIn).toBe(false);
  for (const leave of leaves) leave();
  await expect(ninth).resolves.toBeTypeOf('function');
});

it('shares the slots among those who came lately, and gives one person all of theirs again when the others have gone', async () => {
  const sharedForMs = 100;
  const slots = new Slots({ most: 5, mostOfOne: 3, sharedForMs, waitMs: 60_000, mostWaiting: 100 });
  for (const person of ['quiet', 'ben']) (await slots.enter(person))();
  const lately = performance.now();
  let most = 0;
  let inside = 0;
  const work = async () => {
    const leave = await slots.enter('ana');
    inside++;
    if (performance.now() - lately < sharedForMs) expect(inside).toBe(1);
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
    leave();
  };
  // Whoever has waited beside the others is let in too when there is more room.
  await Promise.all(Array.from({ length: 30 }, work));
  expect(most).toBe(3);
});
