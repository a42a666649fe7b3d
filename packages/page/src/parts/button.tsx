import type { ButtonHTMLAttributes, ReactNode } from 'react';

type Kind = 'main' | 'plain' | 'quiet' | 'danger';

const LOOKS: Record<Kind, string> = {
  main: 'border border-transparent bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-sunken',
  quiet: 'text-ink-soft hover:bg-sunken hover:text-ink',
  danger: 'border border-transparent bg-danger text-on-danger hover:bg-danger-strong',
};

const COMMON =
  'inline-flex min-h-9 touch:min-h-11 items-center justify-center gap-2 rounded-md px-3 text-sm font-medium select-none disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50';

export function buttonLook(kind: Kind = 'plain'): string {
  return `${COMMON} ${LOOKS[kind]}`;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  busy?: boolean;
}

/** A button that does something. While it is busy it takes no second click. */
export function Button({ kind = 'plain', busy = false, className = '', disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      className={`${buttonLook(kind)} ${className}`}
    />
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** Is read aloud, and shown while the pointer rests on it. */
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, kind = 'quiet', className = '', ...rest }: IconButtonProps) {
  return (
    <Button
      kind={kind}
      aria-label={label}
      title={label}
      className={`min-w-9 touch:min-w-11 px-0! ${className}`}
      {...rest}
    >
      {icon}
    </Button>
  );
}
