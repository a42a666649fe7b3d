/** The breaker that transcribers, the detector and language models share. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createBreaker } from '../../src/providers/breaker.ts';

const OPEN_MS = 100;
const down = new Error('down');
const refused = new Error('refused');
const givenUp = new Error('given up');

function broken() {
  return createBreaker({
    failuresInARow: 2,
    openMs: OPEN_MS,
    isFailure: (error) => error === down,
    isAnswer: (error) => error === refused,
    notAsked: () => new Error('not asked'),
  });
}
const failing = (error: Error) => (): Promise<never> => Promise.reject(error);

async function due() {
  const breaker = broken();
  for (let at = 0; at < 2; at++) await expect(breaker.run(failing(down))).rejects.toBe(down);
  expect(breaker.state).toBe('open');
  await expect(breaker.run(async () => 'never')).rejects.toThrow('not asked');
  await expect.poll(() => breaker.state, { interval: 5 }).toBe('due');
  return breaker;
}

test('opens by failures in a row, and an answer in between is a new row', async () => {
  const breaker = broken();
  await expect(breaker.run(failing(down))).rejects.toBe(down);
  await breaker.run(async () => 'an answer');
  await expect(breaker.run(failing(down))).rejects.toBe(down);
  expect(breaker.state).toBe('closed');
});

test.each([
  ['an answer', async (): Promise<unknown> => 'an answer', 'closed'],
  ['a refusal, which is one', failing(refused), 'closed'],
  ['a failure', failing(down), 'open'],
  ['nothing, for it was given up', failing(givenUp), 'open'],
] as const)('a probe that brings %s leaves it %s', async (_, probe, state) => {
  const breaker = await due();
  const probed = breaker.run(probe).catch(() => {});
  expect(breaker.state).toBe('probing');
  await probed;
  expect(breaker.state).toBe(state);
});

test('failures of calls that were made before the last answer came say nothing new', async () => {
  const breaker = broken();
  const slow = [1, 2, 3].map(() => breaker.run(() => delay(50).then(failing(down))).catch(() => {}));
  await breaker.run(() => delay(10, 'an answer'));
  await Promise.all(slow);
  expect(breaker.state).toBe('closed');
});

test.each([-86_400_000, 86_400_000])(
  'is due when its time has passed, though the clock was set by %i ms',
  async (byMs) => {
    const breaker = broken();
    for (let at = 0; at < 2; at++) await expect(breaker.run(failing(down))).rejects.toBe(down);
    // The wall clock alone: time goes on as it is.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
    onTestFinished(() => void vi.useRealTimers());
    await expect(breaker.run(async () => 'never')).rejects.toThrow('not asked');
    await expect.poll(() => breaker.state, { interval: 5 }).toBe('due');
    await expect(breaker.run(async () => 'an answer')).resolves.toBe('an answer');
    expect(breaker.state).toBe('closed');
  },
);
