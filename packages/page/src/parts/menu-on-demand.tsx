import { cloneElement, lazy, type ReactElement, Suspense, useState } from 'react';
import type { ChoiceMenuProps } from './menu.tsx';

const fetchMenu = async () => ({ default: (await import('./menu.tsx')).ChoiceMenu });
const ChoiceMenu = lazy(fetchMenu);

export interface ChoiceMenuOnDemandProps<Value extends string> {
  trigger: ReactElement<Record<string, unknown>>;
  label: string;
  value: Value;
  options: () => ChoiceMenuProps<Value>['options'];
  onChange: (value: Value) => void;
}

/**
 * A menu that is a button only until it is opened for the first time: what it needs is fetched then, and a row of a long list
 * renders quicker without it.
 */
export function ChoiceMenuOnDemand<Value extends string>({
  options,
  onChange,
  ...rest
}: ChoiceMenuOnDemandProps<Value>) {
  const [wasOpened, setOpened] = useState(false);
  const closed = cloneElement(rest.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setOpened(true),
    // Whoever is about to open it waits less.
    onPointerEnter: () => void fetchMenu(),
    onFocus: () => void fetchMenu(),
  });
  if (!wasOpened) return closed;
  return (
    <Suspense fallback={closed}>
      <ChoiceMenu {...rest} options={options()} onChange={(value) => onChange(value as Value)} defaultOpen />
    </Suspense>
  );
}
