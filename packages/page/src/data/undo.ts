/** Tells of changes, and takes them back: by the button of what is told, or by the key, the newest first. */
import { presentWords } from '../words/words.ts';
import { signInState } from './session.ts';
import { toast } from './toast.ts';
import { type Change, UndoHistory } from './undo-history.ts';

let history = new UndoHistory();
/** Those that are still told of. */
const toasts = new WeakMap<Change, string | number>();

// What somebody else has done is not for whoever signs in next.
signInState.subscribe(() => {
  if (signInState.get() === 'out') history = new UndoHistory();
});

/** Remembers a change that is seen where it was made. */
export function remember(told: string, undo: () => Promise<unknown>): Change {
  const change = { told, undo };
  history.add(change);
  return change;
}

interface Telling {
  /** What it is called when it is taken back, if not as it was told. */
  called?: string;
  duration?: number;
  /** What else can be done with what the change has made. */
  beside?: { label: string; onClick: () => void };
}

/** Remembers a change, and tells of it with a button that takes it back. */
export function tell(
  told: string,
  undo: () => Promise<unknown>,
  { called, duration, beside }: Telling = {},
): Change {
  const change = remember(called ?? told, undo);
  const id = toast(told, {
    ...(duration !== undefined && { duration }),
    ...(beside && { cancel: beside }),
    action: {
      label: presentWords().common.undo,
      onClick: () => {
        if (history.forget(change)) void takeBack(change);
      },
    },
  });
  toasts.set(change, id);
  return change;
}

/** For a change that was not made, or is final: it cannot be taken back any more. */
export function forget(change: Change): void {
  history.forget(change);
  toast.dismiss(toasts.get(change) ?? '');
}

/** Waits for what makes a change; one that is refused cannot be taken back. @throws what it was refused with */
export async function orForget(change: Change, made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    forget(change);
    throw error;
  }
}

export async function undoLast(): Promise<void> {
  const last = history.take();
  if (last) await takeBack(last);
  else toast(presentWords().undo.nothing);
}

async function takeBack(change: Change): Promise<void> {
  const { undo: words } = presentWords();
  const shown = toasts.get(change);
  if (shown !== undefined) toast.dismiss(shown);
  try {
    await change.undo();
    toast(words.done(change.told));
  } catch {
    toast.error(words.failed(change.told));
  }
}
