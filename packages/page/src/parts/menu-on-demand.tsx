import { cloneElement, type KeyboardEvent, lazy, type ReactElement, Suspense, useState } from 'react';
import type { ChoiceMenuProps, MenuEntry } from './menu.tsx';

const fetchMenus = () => import('./menu.tsx');
const OpenedMenu = lazy(async () => ({ default: (await fetchMenus()).Menu }));
const OpenedChoiceMenu = lazy(async () => ({ default: (await fetchMenus()).ChoiceMenu }));

type Trigger = ReactElement<Record<string, unknown>>;

/**
 * A menu that is a button only until it is opened for the first time: what it needs is fetched then, and a page, or a row of a
 * long list, renders quicker without it.
 */
export function MenuOnDemand({
  trigger,
  entries,
}: {
  trigger: Trigger;
  entries: readonly (MenuEntry | null)[];
}) {
  const { closed, wasOpened } = useClosed(trigger);
  if (!wasOpened) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenedMenu trigger={trigger} entries={entries} defaultOpen />
    </Suspense>
  );
}

export interface ChoiceMenuOnDemandProps<Value extends string> {
  trigger: Trigger;
  label: string;
  value: Value;
  options: () => ChoiceMenuProps<Value>['options'];
  onChange: (value: Value) => void;
}

/** The same, of a list of which one is always chosen. */
export function ChoiceMenuOnDemand<Value extends string>({
  options,
  onChange,
  ...rest
}: ChoiceMenuOnDemandProps<Value>) {
  const { closed, wasOpened } = useClosed(rest.trigger);
  if (!wasOpened) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenedChoiceMenu
        {...rest}
        options={options()}
        onChange={(value) => onChange(value as Value)}
        defaultOpen
      />
    </Suspense>
  );
}

function useClosed(trigger: Trigger) {
  const [wasOpened, setOpened] = useState(false);
  // Whoever is about to open it waits less. What cannot be fetched now is fetched when it is opened, and told of then.
  const prepare = () => void fetchMenus().catch(() => {});
  const closed = cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setOpened(true),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      setOpened(true);
    },
    onPointerEnter: prepare,
    onFocus: prepare,
  });
  return { closed, wasOpened };
}
