/** A block that was read a moment ago is given again, and not for long. */
import { afterEach, expect, test, vi } from 'vitest';
import { RecentBlocks } from '../../src/playback/recent-blocks.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a block is given for two seconds after it was read, and only as part of its own content', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const blocks = new RecentBlocks();
  blocks.keep('one', 1, Buffer.from('a'));
  expect([blocks.find('one', 1), blocks.find('one', 2), blocks.find('other', 1)]).toEqual([
    Buffer.from('a'),
    null,
    null,
  ]);
  vi.advanceTimersByTime(1_999);
  expect(blocks.find('one', 1)).toEqual(Buffer.from('a'));
  vi.advanceTimersByTime(1);
  expect(blocks.find('one', 1)).toBeNull();
});

test('the oldest of more than 64 blocks goes first', () => {
  const blocks = new RecentBlocks();
  for (let number = 0; number <= 64; number += 1) blocks.keep('one', number, Buffer.alloc(1));
  expect([blocks.find('one', 0), blocks.find('one', 1)?.length]).toEqual([null, 1]);
});
