import { expect, test } from 'vitest';
import { Semaphore } from '../../src/providers/semaphore.ts';
import { Inbox } from '../../src/speech/audio-thread/channel.ts';

const never = new AbortController().signal;

test('turns are given in the order they were asked for', async () => {
  const turns = new Semaphore(1);
  const order: string[] = [];
  const use = async (name: string) => {
    const end = await turns.take(never);
    order.push(name);
    await Promise.resolve();
    end();
  };
  await Promise.all([use('a'), use('b'), use('c')]);
  expect(order).toEqual(['a', 'b', 'c']);
});

test('who gives up waiting takes no turn', async () => {
  const turns = new Semaphore(1);
  const endFirst = await turns.take(never);
  const impatient = new AbortController();
  const given = turns.take(impatient.signal);
  const next = turns.take(never);
  impatient.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  endFirst();
  (await next)();
  await expect(turns.take(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  (await turns.take(never))();
});

test('a turn given to someone who gives up at that moment goes to the next', async () => {
  const turns = new Semaphore(1);
  const endFirst = await turns.take(never);
  const fickle = new AbortController();
  const given = turns.take(fickle.signal);
  endFirst();
  fickle.abort(new Error('changed my mind'));
  await expect(given).rejects.toThrow('changed my mind');
  (await turns.take(never))();
});

test('an inbox hands over what came before its end, then the first failure', async () => {
  const inbox = new Inbox<number>();
  inbox.put(1);
  inbox.fail(new Error('first'));
  inbox.fail(new Error('second'));
  expect(await inbox.take()).toBe(1);
  await expect(inbox.take()).rejects.toThrow('first');
});

test('an inbox wakes its consumer', async () => {
  const inbox = new Inbox<number>();
  const taken = inbox.take();
  inbox.put(7);
  expect(await taken).toBe(7);
  const ended = inbox.take();
  inbox.fail(new Error('over'));
  await expect(ended).rejects.toThrow('over');
});
