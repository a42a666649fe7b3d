import { expect, test } from 'vitest';
import { within } from '../../src/providers/deadline.ts';

const late = () => new Error('late');

/** As a process that was stopped: nothing of it runs, and its timers are over when it goes on. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('an answer that came while the process stood still is taken, although its time is over', async () => {
  const answer = within([], { ms: 1_200, late }, async (signal) => {
    return await new Promise<string>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      setTimeout(() => {
        standStill(1_500);
        setTimeout(resolve, 1, 'answered');
      }, 20);
    });
  });
  await expect(answer).resolves.toBe('answered');
});

test('work without an answer ends after its time', async () => {
  const begun = performance.now();
  await expect(within([], { ms: 1_100, late }, (signal) => ended(signal))).rejects.toThrow('late');
  await expect(within([], { ms: 1, late }, (signal) => ended(signal))).rejects.toThrow('late');
  expect(performance.now() - begun).toBeGreaterThan(1_095);
});

async function ended(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
