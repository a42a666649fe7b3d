import { X } from 'lucide-react';
import { AlertDialog, Dialog as Radix } from 'radix-ui';
import { useEffect, useId, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import type { ConfirmProps, DialogProps } from './dialog.tsx';
import { TextField } from './field.tsx';

const VEIL = 'fixed inset-0 z-40 bg-veil';
const BOX =
  'fixed z-50 inset-x-0 bottom-0 sm:inset-auto sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 max-h-[90dvh] w-full sm:w-[min(34rem,calc(100vw-2rem))] overflow-y-auto rounded-t-xl sm:rounded-xl border border-line bg-raised p-5 shadow-float';

/** A dialog over the page. The focus goes into it, and back to where it was. */
export function OpenedDialog({ open, onOpenChange, title, description, closeLabel, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={VEIL} />
        <Radix.Content className={BOX} {...(description ? {} : { 'aria-describedby': undefined })}>
          <div className="mb-3 flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label={closeLabel} icon={<X size={18} aria-hidden />} />
            </Radix.Close>
          </div>
          {description && <Radix.Description className="mb-4 text-ink-soft">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Asks before something that cannot be taken back. The focus begins on the way out. */
export function OpenedConfirm({
  open,
  onOpenChange,
  title,
  text,
  action,
  cancel,
  onConfirm,
  busy,
  typed,
}: ConfirmProps) {
  const [word, setWord] = useState('');
  const id = useId();
  const isAllowed = !typed || word.trim().toLowerCase() === typed.word;
  // What was typed for one question is no answer to the next.
  useEffect(() => {
    if (open) setWord('');
  }, [open]);
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={VEIL} />
        <AlertDialog.Content className={BOX}>
          <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 mb-4 text-ink-soft">{text}</AlertDialog.Description>
          {typed && (
            <TextField id={id} label={typed.label} value={word} onChange={setWord} autoComplete="off" />
          )}
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{cancel}</Button>
            </AlertDialog.Cancel>
            <Button kind="danger" disabled={!isAllowed} busy={busy ?? false} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
