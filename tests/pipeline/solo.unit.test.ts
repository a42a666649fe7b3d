import { expect, it } from 'vitest';
import { type Inside, Solo } from '../../src/pipeline/solo.ts';

const never = new AbortController().signal;
const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

it('lets a suspect in when nothing else is, and nothing else in before it has left', async () => {
  let asked = 0;
  const solo = new Solo({ makeRoom: () => asked++ });
  const first = await solo.enter(false, never);
  const order: string[] = [];
  const named = async (name: string, entering: Promise<Inside>) => {
    const inside = await entering;
    order.push(name);
    return inside;
  };
  const suspect = named('suspect', solo.enter(true, never));
  const next = named('next', solo.enter(false, never));
  await soon();
  expect([order, asked]).toEqual([[], 1]);
  first.leave();
  const alone = await suspect;
  await soon();
  expect(order).toEqual(['suspect']);
  alone.leave();
  alone.leave();
  (await next).leave();
  await (await solo.enter(true, never)).leave();
});

it('lets others in beside a suspect that has got on', async () => {
  const solo = new Solo();
  const alone = await solo.enter(true, never);
  const next = solo.enter(false, never);
  alone.gotOn();
  (await next).leave();
  // Whoever is still in keeps the next suspect out.
  const suspect = solo.enter(true, never);
  alone.leave();
  (await suspect).leave();
});

it('does not wait for ever for what will not leave', async () => {
  const solo = new Solo({ patienceMs: 10 });
  const stubborn = await solo.enter(false, never);
  const alone = await solo.enter(true, never);
  const next = solo.enter(false, never);
  await soon();
  alone.leave();
  (await next).leave();
  stubborn.leave();
});

it('forgets a suspect that gives up waiting', async () => {
  const solo = new Solo();
  const first = await solo.enter(false, never);
  const impatient = new AbortController();
  const suspect = solo.enter(true, impatient.signal);
  const next = solo.enter(false, never);
  impatient.abort(new Error('enough'));
  await expect(suspect).rejects.toThrow('enough');
  (await next).leave();
  first.leave();
});
