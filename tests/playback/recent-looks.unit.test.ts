/** What was laid out a moment ago is given again, and never where something has changed since. */
import { afterEach, expect, test, vi } from 'vitest';
import { RecentLooks } from '../../src/playback/recent-looks.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Looks that say how often something was looked at. */
function counted() {
  const events = { last: 1 };
  const looks = new RecentLooks<number>(() => Promise.resolve(events.last));
  let times = 0;
  const look = (isLasting = true) => {
    times += 1;
    return Promise.resolve({ found: times, isLasting });
  };
  return { looks, look, events };
}

test('it is looked at once within a second, for each person and each thing', async () => {
  const { looks, look } = counted();
  expect(await looks.of('ada', 'a', look)).toBe(1);
  expect(await looks.of('ada', 'a', look)).toBe(1);
  expect(await looks.of('ada', 'b', look)).toBe(2);
  // Nobody is given what another person was.
  expect(await looks.of('eve', 'a', look)).toBe(3);
  looks.stop();
});

test('a second later it is given again only if nothing was told of its person since, and not for longer than half a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { looks, look, events } = counted();
  expect(await looks.of('ada', 'a', look)).toBe(1);
  events.last = 2;
  vi.advanceTimersByTime(999);
  expect(await looks.of('ada', 'a', look)).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await looks.of('ada', 'a', look)).toBe(2);
  vi.advanceTimersByTime(29_999);
  expect(await looks.of('ada', 'a', look)).toBe(2);
  vi.advanceTimersByTime(1_000);
  expect(await looks.of('ada', 'a', look)).toBe(3);
  looks.stop();
});

test('what was changed while the last event was asked for is looked at again', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let onAsked = () => {};
  const looks = new RecentLooks<number>(() => {
    onAsked();
    return Promise.resolve(1);
  });
  let times = 0;
  const look = () => Promise.resolve({ found: ++times, isLasting: true });
  expect(await looks.of('ada', 'a', look)).toBe(1);
  vi.advanceTimersByTime(1_000);
  onAsked = () => looks.forget();
  expect(await looks.of('ada', 'a', look)).toBe(2);
  looks.stop();
});

test('what may be there in a moment, and what has failed, is looked at again', async () => {
  const { looks, look } = counted();
  expect(await looks.of('ada', 'a', () => look(false))).toBe(1);
  const failing = () => Promise.reject(new Error('gone'));
  await expect(looks.of('ada', 'a', failing)).rejects.toThrow('gone');
  expect(await looks.of('ada', 'a', look)).toBe(2);
  looks.stop();
});

test('what was found before something was lost is not given again, also where the look was under way', async () => {
  const { looks, look } = counted();
  await looks.of('ada', 'a', look);
  looks.forget();
  const underWay = looks.of('ada', 'a', async () => {
    const found = await look();
    looks.forget();
    return found;
  });
  expect(await underWay).toBe(2);
  expect(await looks.of('ada', 'a', look)).toBe(3);
  looks.stop();
});

test('so many are held that memory is bounded: the oldest goes first', async () => {
  const { looks, look } = counted();
  for (let n = 1; n <= 65; n += 1) await looks.of('ada', `${n}`, look);
  expect(await looks.of('ada', '65', look)).toBe(65);
  expect(await looks.of('ada', '1', look)).toBe(66);
  looks.stop();
});
