/** A provider that refuses what is beyond a few calls at once: what was refused waits until one of them has ended. */
import { describe, expect, test } from 'vitest';
import { Queue } from '../../src/providers/limits/queue.ts';

const MOST = 8;

function open(): Queue {
  const queue = new Queue(MOST);
  queue.allow(MOST, 0, Number.POSITIVE_INFINITY);
  return queue;
}

/** Lets one in, or none where it has to wait. */
async function letIn(queue: Queue, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++)
    queue.wait(new AbortController().signal, `recording ${call}`).catch(() => {});
  await Promise.resolve();
}

describe('a provider that takes two calls at once', () => {
  test('has two of eight under way, and the refused ones wait for one of these', async () => {
    const queue = open();
    await letIn(queue, MOST);
    expect(queue.held).toBe(MOST);
    for (let call = 2; call < MOST; call++) {
      queue.refused();
      queue.release(`recording ${call}`);
    }
    await letIn(queue, MOST - 2);
    expect([queue.held, queue.waiting]).toEqual([2, MOST - 2]);
    queue.release('recording 0');
    expect([queue.held, queue.waiting]).toEqual([2, MOST - 3]);
  });

  test('is tried with one more after a round of answers, and with all when it refuses no more', async () => {
    const queue = open();
    await letIn(queue, MOST);
    for (let call = 2; call < MOST; call++) {
      queue.refused();
      queue.release(`recording ${call}`);
    }
    await letIn(queue, 100);
    const atOnce: number[] = [];
    for (let answer = 0; answer < 40; answer++) {
      queue.answered();
      queue.release('recording 0');
      atOnce.push(queue.held);
    }
    expect(atOnce.slice(0, 3)).toEqual([2, 2, 3]);
    expect(atOnce.at(-1)).toBe(MOST);
  });

  test('that refuses every call is asked one at a time', async () => {
    const queue = open();
    await letIn(queue, 20);
    for (let call = 0; call < 12; call++) {
      queue.refused();
      queue.release('recording 0');
    }
    expect(queue.held).toBe(1);
  });
});

test('one refusal among answers is chance: it is asked again at once, and not only when another call has ended', async () => {
  const queue = open();
  await letIn(queue, MOST);
  for (let round = 0; round < 20; round++) {
    queue.refused();
    queue.release('recording 0');
    await letIn(queue, 1);
    expect([queue.held, queue.waiting]).toEqual([MOST, 0]);
    for (let answer = 0; answer < 3; answer++) queue.answered();
  }
});

describe('a provider that is late', () => {
  test('while it answers others is asked for fewer at once, and for more again only after many answers', async () => {
    const queue = open();
    await letIn(queue, 20);
    queue.answered();
    queue.release('recording 0');
    for (let call = 1; call <= MOST; call++) {
      queue.late(60_000);
      queue.release(`recording ${call}`);
    }
    expect(queue.held).toBe(1);
    for (let answer = 0; answer < 7; answer++) queue.answered();
    queue.release('recording 9');
    expect(queue.held).toBe(1);
    for (let answer = 0; answer < 6; answer++) queue.answered();
    queue.release('recording 10');
    expect(queue.held).toBe(2);
  });

  test('and answers nobody is away: it is asked for as many as before when it comes back', async () => {
    const queue = open();
    await letIn(queue, 20);
    for (let call = 0; call < 12; call++) {
      queue.late(1);
      queue.release(`recording ${call}`);
    }
    expect(queue.held).toBe(MOST);
  });
});
