/** Keeps for the next visit which large files were not sent to their end: the browser then has to be given them again. */
import { createStore, keptNames } from '../words/store.ts';

/** A browser that keeps none sends a file from its start the next time. */
const kept = keptNames('afterword.unfinished');
const MOST_KEPT = 200;

/** Names of files of an earlier visit that were not sent to their end. */
export const unfinished = createStore<readonly string[]>(kept.get());

let underWay: readonly string[] = [];

/** @param begun names of files that are on their way, each worth going on with */
export function noteUnfinished({ sent, begun }: { sent: readonly string[]; begun: readonly string[] }): void {
  const left = unfinished.get().filter((name) => !sent.includes(name));
  if (left.length !== unfinished.get().length) unfinished.set(left);
  underWay = begun;
  keep([...left, ...begun]);
}

export function forgetUnfinished(): void {
  unfinished.set([]);
  keep(underWay);
}

function keep(names: readonly string[]): void {
  const each = [...new Set(names)].slice(0, MOST_KEPT);
  kept.set(each);
}
