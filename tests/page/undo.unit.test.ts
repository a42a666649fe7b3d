/** What a person has changed is taken back from the newest on, and what is final is not offered any more. */
import { expect, test } from 'vitest';
import { type Change, UndoHistory } from '../../packages/page/src/data/undo-history.ts';

const change = (told: string): Change => ({ told, undo: async () => undefined });

test('gives back the newest change, whatever it was, and each once', () => {
  const history = new UndoHistory();
  const [line, split, star] = [change('line'), change('split'), change('star')];
  for (const one of [line, split, star]) history.add(one);
  expect([history.take(), history.take(), history.take(), history.take()]).toEqual([
    star,
    split,
    line,
    undefined,
  ]);
});

test('forgets what was refused or is final, and says whether it was still there', () => {
  const history = new UndoHistory();
  const [line, deletion] = [change('line'), change('deletion')];
  history.add(line);
  history.add(deletion);
  expect([history.forget(deletion), history.forget(deletion)]).toEqual([true, false]);
  expect([history.take(), history.forget(line)]).toEqual([line, false]);
});

test('keeps the last fifty', () => {
  const history = new UndoHistory();
  for (let at = 0; at < 60; at += 1) history.add(change(String(at)));
  const taken: string[] = [];
  for (let one = history.take(); one; one = history.take()) taken.push(one.told);
  expect([taken.length, taken[0], taken.at(-1)]).toEqual([50, '59', '10']);
});
