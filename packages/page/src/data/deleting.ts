/** The deletions of this page: `deletions.ts` has the rule, here it is bound to the server, the clock and the window. */
import { useSyncExternalStore } from 'react';
import { toast } from 'sonner';
import { presentWords } from '../words/words.ts';
import { send } from './api.ts';
import { Deletions, UNDO_MS } from './deletions.ts';

const deletions = new Deletions({
  async send(path, leaving) {
    const request = new Request(`${location.origin}/api/v1/${path}`, {
      method: 'DELETE',
      keepalive: leaving,
    });
    const { ok, status } = await send(request);
    // What is not there is deleted.
    if (!ok && status !== 404) throw new Error(`The server answered ${status}.`);
  },
  later(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  onFailed: (path) => failures.get(path)?.(),
});

const failures = new Map<string, () => void>();

window.addEventListener('pagehide', () => deletions.leave());

/** The paths of what is not to be shown, as `conversations/cnv_1`: it is deleted, or about to be. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(deletions.subscribe.bind(deletions), () => deletions.hidden);
}

export interface DeletionWords {
  done: string;
  failed: string;
}

/**
 * Deletes something, and offers to undo that for as long as nothing was sent.
 * @param path below `/api/v1/`, as `conversations/cnv_1`
 */
export function deleteWithUndo(path: string, words: DeletionWords, onUndo: () => void = () => {}): void {
  const failed = () => toast.error(words.failed);
  failures.set(path, failed);
  deletions.add(path);
  const undo = () => {
    if (!deletions.undo(path)) return false;
    toast.dismiss(id);
    onUndo();
    return true;
  };
  const id = toast(words.done, {
    duration: UNDO_MS,
    action: { label: presentWords().common.undo, onClick: undo },
  });
  undos.push(undo);
  if (undos.length > MOST_UNDOS) undos.shift();
}

/** Those that may still be taken back, the latest last: nobody deletes more within their seconds. */
const undos: (() => boolean)[] = [];
const MOST_UNDOS = 50;

/** Takes back the latest deletion that was not sent yet. @returns whether there was one */
export function undoLastDeletion(): boolean {
  for (let undo = undos.pop(); undo; undo = undos.pop()) if (undo()) return true;
  return false;
}
