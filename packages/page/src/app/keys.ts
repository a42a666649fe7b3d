/** The keys of the page: what is pressed, what it does, and the list of them that `?` shows. */
import { useEffect, useRef } from 'react';
import { createKeybindingsHandler } from 'tinykeys';
import { createStore } from '../words/store.ts';

export interface KeyBinding {
  /** As tinykeys reads them: `j`, `Shift+ArrowDown`, `g c` one after the other, `$mod+k`. */
  keys: string | readonly string[];
  /** What it does, in the list. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while the focus is in a field. */
  whileTyping?: boolean;
}

export interface KeyGroup {
  title: string;
  bindings: readonly KeyBinding[];
}

export const keyGroups = createStore<readonly KeyGroup[]>([]);
export const keysShown = createStore(false);

/**
 * Binds keys for as long as the component is shown. A key that types a letter does nothing while somebody types, or while
 * a dialog or a menu is open, which have keys of their own.
 */
export function useKeys(title: string, bindings: readonly KeyBinding[], isOn = true): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  const names = bindings.map(({ keys, label }) => `${[keys].flat().join(',')} ${label}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the list has changed; what each does is read when it is pressed
  useEffect(() => {
    if (!isOn) return;
    // One handler each: of several sequences that begin alike, a shared one loses the second where it follows the first at once.
    const handlers = latest.current.flatMap(({ keys, whileTyping }, at) =>
      [keys].flat().map((key) =>
        createKeybindingsHandler(
          {
            [key]: (event) => {
              if (event.defaultPrevented || (!whileTyping && isElsewhere(event))) return;
              if (!key.includes(' ') && followsFirst) return;
              latest.current[at]?.run(event);
            },
          },
          { ignore: (event) => event.isComposing },
        ),
      ),
    );
    const press = (event: KeyboardEvent) => {
      for (const handle of handlers) handle(event);
    };
    const group: KeyGroup = { title, bindings: latest.current };
    keyGroups.set([...keyGroups.get(), group]);
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', press);
      keyGroups.set(keyGroups.get().filter((one) => one !== group));
    };
  }, [title, names, isOn]);
}

/** As long as tinykeys waits for the next key of a sequence. */
const SEQUENCE_MS = 1000;
/** Whether the key that is pressed now follows the first one of a sequence: it means nothing by itself then. */
let followsFirst = false;
let before = { key: '', atMs: Number.NEGATIVE_INFINITY };

function noteSequence({ key, timeStamp }: KeyboardEvent): void {
  const firsts = new Set(
    keyGroups
      .get()
      .flatMap(({ bindings }) => bindings.flatMap(({ keys }) => [keys].flat()))
      .flatMap((one) => (one.includes(' ') ? one.slice(0, one.indexOf(' ')) : [])),
  );
  followsFirst = firsts.has(before.key) && timeStamp - before.atMs < SEQUENCE_MS;
  before = { key, atMs: timeStamp };
}

window.addEventListener('keydown', noteSequence, { capture: true });

function isElsewhere({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role=dialog], [role=alertdialog], [role=menu]') !== null
  );
}
