/** Deletions that can be undone: what is hidden, what is sent, and when. */
import { expect, test } from 'vitest';
import { Deletions, UNDO_MS } from '../../packages/page/src/data/deletions.ts';

function setUp(fails = false) {
  const sent: string[] = [];
  const failed: string[] = [];
  const timers = new Set<{ run: () => void; ms: number }>();
  const deletions = new Deletions({
    send: async (id, leaving) => {
      sent.push(leaving ? `${id} leaving` : id);
      if (fails) throw new Error('offline');
    },
    later: (run, ms) => {
      const timer = { run, ms };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onFailed: (id) => failed.push(id),
  });
  const pass = () => {
    for (const { run } of [...timers]) run();
  };
  return { deletions, sent, failed, timers, pass };
}

test('is hidden at once, sent after the time to undo, and never twice', () => {
  const { deletions, sent, timers, pass } = setUp();
  let told = 0;
  deletions.subscribe(() => {
    told += 1;
  });
  deletions.add('a');
  deletions.add('a');
  expect([[...deletions.hidden], told, [...timers].map(({ ms }) => ms)]).toEqual([['a'], 1, [UNDO_MS]]);
  pass();
  deletions.leave();
  expect(sent).toEqual(['a']);
  expect([...deletions.hidden]).toEqual(['a']);
  expect(deletions.undo('a')).toBe(false);
});

test('is taken back while it waits, and nothing is sent', () => {
  const { deletions, sent, timers, pass } = setUp();
  deletions.add('a');
  expect(deletions.undo('a')).toBe(true);
  expect([deletions.hidden.size, timers.size]).toEqual([0, 0]);
  pass();
  deletions.leave();
  expect(sent).toEqual([]);
});

test('is sent by a request that outlives the page when that is left', () => {
  const { deletions, sent, timers } = setUp();
  deletions.add('a');
  deletions.add('b');
  deletions.undo('b');
  deletions.leave();
  expect([sent, timers.size]).toEqual([['a leaving'], 0]);
});

test('is shown again when the server refuses it', async () => {
  const { deletions, failed, pass } = setUp(true);
  deletions.add('a');
  pass();
  await Promise.resolve();
  await Promise.resolve();
  expect([failed, deletions.hidden.size]).toEqual([['a'], 0]);
});

test('is sent and answered before whoever deleted it signs out', async () => {
  const { deletions, sent, timers } = setUp();
  deletions.add('a');
  deletions.add('b');
  await deletions.sendNow();
  expect([sent, timers.size]).toEqual([['a', 'b'], 0]);
});
