import { cloneElement, type KeyboardEvent, type ReactElement, useState } from 'react';
import type { ChoiceMenuProps, MenuEntry, MenuProps } from './menu.tsx';
import { fetchAhead, OnDemand, part } from './on-demand.tsx';

const menu = part<MenuProps>(async () => (await import('./menu.tsx')).Menu);
const choiceMenu = part<ChoiceMenuProps<string>>(async () => (await import('./menu.tsx')).ChoiceMenu);

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
  return <OnDemand part={menu} absent={closed} props={{ trigger, entries, defaultOpen: true }} />;
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
    <OnDemand
      part={choiceMenu}
      absent={closed}
      props={{
        ...rest,
        options: options(),
        onChange: (value) => onChange(value as Value),
        defaultOpen: true,
      }}
    />
  );
}

function useClosed(trigger: Trigger) {
  const [wasOpened, setOpened] = useState(false);
  // Whoever is about to open it waits less.
  const prepare = () => {
    void fetchAhead(menu);
    void fetchAhead(choiceMenu);
  };
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
