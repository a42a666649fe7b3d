/** The deletions of this page: `deletions.ts` has the rule, here it is bound to the server, the clock and the window. */
import { useSyncExternalStore } from 'react';
import { send } from './api.ts';
import { Deletions, UNDO_MS } from './deletions.ts';
import { toast } from './toast.ts';
import { forget, tell } from './undo.ts';
import type { Change } from './undo-history.ts';

const deletions = new Deletions({
  async send(path, leaving) {
    // What is sent is final.
    const deleted = unanswered.get(path);
    if (deleted) forget(deleted.change);
    const request = new Request(`${location.origin}/api/v1/${path}`, {
      method: 'DELETE',
      keepalive: leaving,
    });
    const { ok, status } = await send(request);
    // What is not there is deleted.
    if (!ok && status !== 404) throw new Error(`The server answered ${status}.`);
    unanswered.delete(path);
  },
  later(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  onFailed(path) {
    toast.error(unanswered.get(path)?.failed);
    unanswered.delete(path);
  },
});

/** By path, those that wait to be sent or answered. */
const unanswered = new Map<string, { change: Change; failed: string }>();

window.addEventListener('pagehide', () => deletions.leave());

/** Sends what waits while it is still known whose it is. */
export async function sendDeletions(): Promise<void> {
  await deletions.sendNow();
}

/** The paths of what is not to be shown, as `conversations/cnv_1`: it is deleted, or about to be. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(deletions.subscribe.bind(deletions), () => deletions.hidden);
}

export interface DeletionWords {
  done: string;
  failed: string;
  /** What it is called when it is taken back. */
  undone?: string;
}

/**
 * Deletes something, and offers to undo that for as long as nothing was sent.
 * @param path below `/api/v1/`, as `conversations/cnv_1`
 */
export function deleteWithUndo(path: string, words: DeletionWords, onUndo: () => void = () => {}): void {
  deletions.add(path);
  const undo = async () => {
    unanswered.delete(path);
    if (deletions.undo(path)) onUndo();
  };
  const { done, failed, undone } = words;
  const change = tell(done, undo, { duration: UNDO_MS, ...(undone !== undefined && { called: undone }) });
  unanswered.set(path, { change, failed });
}
