import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface MenuEntry {
  label: string;
  onSelect: () => void;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** Why it cannot be chosen now. */
  why?: string;
  /** The key that does the same. */
  keys?: string;
}

const BOX = 'z-50 min-w-48 rounded-lg border border-line bg-raised p-1 shadow-float';
const ROW =
  'flex min-h-9 touch:min-h-11 cursor-default items-center gap-2 rounded-md px-2 text-sm outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-50';

export interface MenuProps {
  trigger: ReactNode;
  entries: readonly (MenuEntry | null)[];
  defaultOpen?: boolean;
}

/** A list of things to do that opens from a button; `null` draws a line. */
export function Menu({ trigger, entries, defaultOpen = false }: MenuProps) {
  return (
    <DropdownMenu.Root defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={BOX}>
          {entries.map((entry, at) =>
            entry === null ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place
              <DropdownMenu.Separator key={at} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={entry.label}
                className={`${ROW} ${entry.danger ? 'text-danger-text' : ''}`}
                disabled={entry.disabled ?? false}
                onSelect={entry.onSelect}
              >
                {entry.icon}
                <span className="flex-1">
                  {entry.label}
                  {entry.disabled && entry.why && <span className="block text-xs">{entry.why}</span>}
                </span>
                {entry.keys && <kbd className="text-xs text-ink-soft touch:hidden">{entry.keys}</kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface ChoiceMenuProps<Value extends string> {
  trigger: ReactNode;
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  defaultOpen?: boolean;
}

/** One of a few, of which one is always chosen. */
export function ChoiceMenu<Value extends string>({
  trigger,
  label,
  value,
  options,
  onChange,
  defaultOpen = false,
}: ChoiceMenuProps<Value>) {
  return (
    <DropdownMenu.Root defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={BOX}>
          <DropdownMenu.Label className="px-2 py-1 text-xs text-ink-soft">{label}</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Value)}>
            {options.map((option) => (
              <DropdownMenu.RadioItem key={option.value} value={option.value} className={ROW}>
                <span className="w-4">
                  <DropdownMenu.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </DropdownMenu.ItemIndicator>
                </span>
                {option.label}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
