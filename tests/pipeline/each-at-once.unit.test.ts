/** A source that breaks while several items are waited for was taken for one that had ended: the rest went unheard. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eachAtOnce } from '../../src/pipeline/each-at-once.ts';

const { signal } = new AbortController();

async function* broken(after: number): AsyncGenerator<number> {
  for (let n = 0; n < after; n++) yield n;
  await setImmediate();
  await setImmediate();
  throw new Error('the source broke');
}

it.each([0, 1, 2, 3, 7])('fails when its source breaks after %i items', async (after) => {
  for (const concurrency of [1, 2, 4, 8]) {
    const done: number[] = [];
    const work = async (item: number) => {
      await Promise.resolve();
      done.push(item);
    };
    await expect(eachAtOnce(broken(after), work, { concurrency, signal })).rejects.toThrow('broke');
    expect(done).toEqual(Array.from({ length: after }, (_, n) => n));
  }
});

it('ends with its source, and fails with its work or its signal', async () => {
  async function* whole() {
    yield* [1, 2, 3];
  }
  const done: number[] = [];
  await eachAtOnce(whole(), async (item) => void done.push(item), { concurrency: 2, signal });
  expect(done).toEqual([1, 2, 3]);
  const fails = async () => await Promise.reject(new Error('the work broke'));
  await expect(eachAtOnce(whole(), fails, { concurrency: 2, signal })).rejects.toThrow('the work broke');
  const aborted = AbortSignal.abort(new Error('stopped'));
  await expect(eachAtOnce(whole(), async () => {}, { concurrency: 2, signal: aborted })).rejects.toThrow(
    'stopped',
  );
});
