import { expect, test } from 'vitest';
import { slotBySlot } from '../../src/pipeline/slot-by-slot.ts';
import { Semaphore } from '../../src/providers/semaphore.ts';
import type { ListeningEvent } from '../../src/speech/audio-thread/session.ts';

const { signal } = new AbortController();
const listener = () => ({ dueAtMs: 0, isAsked: false, gaveWay: false, heardUntil: () => {} });

/** Has a thread only once it is told so. */
async function* queued(hasThread: Promise<void>): AsyncGenerator<ListeningEvent> {
  yield { type: 'queued' };
  await hasThread;
  yield { type: 'begun' };
  yield { type: 'heard', untilMs: 30_000 };
}

test('whoever waits for a thread lets others use the slot, and takes one again when it has its thread', async () => {
  const slots = new Semaphore(1);
  const thread = Promise.withResolvers<void>();
  const waiting = slotBySlot(queued(thread.promise), slots, listener(), signal).next();
  const other = slotBySlot(queued(Promise.resolve()), slots, listener(), signal).next();
  expect(await other).toMatchObject({ done: true });
  const release = await slots.take(signal);
  thread.resolve();
  let isDone = false;
  void waiting.then(() => (isDone = true));
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  release();
  expect(await waiting).toMatchObject({ done: true });
});

test('whoever has to give way ends before the next event', async () => {
  const asked = { ...listener(), isAsked: true };
  const events = slotBySlot(queued(Promise.resolve()), new Semaphore(1), asked, signal);
  expect(await events.next()).toMatchObject({ done: true });
  expect(asked.gaveWay).toBe(true);
});
