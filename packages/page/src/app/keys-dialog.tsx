import { useSyncExternalStore } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { useWords } from '../words/words.ts';
import { keyGroups, keysShown } from './keys.ts';

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const SHOWN: Record<string, string> = {
  ...(isMac && { $mod: '⌘' }),
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Shift: '⇧',
  Alt: isMac ? '⌥' : 'Alt',
};

/** The list that `?` shows: what can be pressed here, the page's own keys first. */
export function KeysDialog() {
  const words = useWords();
  const isShown = useSyncExternalStore(keysShown.subscribe, keysShown.get);
  const groups = useSyncExternalStore(keyGroups.subscribe, keyGroups.get);
  const ordered = [...groups].sort(
    (a, b) => Number(a.title === words.keys.everywhere) - Number(b.title === words.keys.everywhere),
  );
  return (
    <Dialog
      open={isShown}
      onOpenChange={keysShown.set}
      title={words.keys.title}
      closeLabel={words.common.close}
    >
      {ordered.map(({ title, bindings }) => (
        <section key={title} className="mb-4">
          <h3 className="mb-1 text-sm font-medium text-ink-soft">{title}</h3>
          <dl className="divide-y divide-line">
            {bindings.map(({ keys, label }) => (
              <div key={label} className="flex items-center justify-between gap-4 py-1.5 text-sm">
                <dt>{label}</dt>
                <dd className="flex shrink-0 flex-wrap justify-end gap-1">
                  <AllKeys keys={[keys].flat()} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

/** More than these are a range, of which the ends are shown. */
const MOST_KEYS = 3;

function AllKeys({ keys }: { keys: readonly string[] }) {
  const { keys: words } = useWords();
  // With the shift key it is the same sign, for keyboards on which it needs that.
  const distinct = keys.filter(
    (key) => !keys.includes(key.replace(/^Shift\+(?=.)/, '')) || !key.startsWith('Shift+'),
  );
  const isRange = distinct.length > MOST_KEYS;
  const shown = isRange ? [distinct[0] ?? '', distinct.at(-1) ?? ''] : distinct;
  return shown.map((key, at) => (
    <span key={key} className="flex items-center gap-1">
      {at > 0 && <span className="text-ink-soft">{isRange ? words.to : words.or}</span>}
      <Keys keys={key} next={words.next} />
    </span>
  ));
}

/** Keys that are pressed together stand together, those that follow each other apart. */
function Keys({ keys, next }: { keys: string; next: string }) {
  const { named } = useWords().keys;
  return keys.split(' ').map((press, at) => (
    <span key={press} className="flex items-center gap-1">
      {at > 0 && <span className="text-ink-soft">{next}</span>}
      {press
        .split('+')
        .filter((part) => !part.startsWith('['))
        .map((part) => (
          <kbd key={part} className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 text-xs">
            {SHOWN[part] ?? (named as Record<string, string>)[part] ?? part}
          </kbd>
        ))}
    </span>
  ));
}
