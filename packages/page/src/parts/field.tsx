import { Check } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

const BOX =
  'w-full min-h-9 touch:min-h-11 rounded-md border border-line-strong bg-raised px-3 py-1.5 text-base sm:text-sm text-ink placeholder:text-ink-faint aria-invalid:border-danger';

interface FrameProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | null;
  children: ReactNode;
}

/** Names a field, says what belongs into it and what is wrong with what is in it. */
function Frame({ id, label, hint, error, children }: FrameProps) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-ink-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-sm text-danger-text" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, hint: ReactNode, error: string | null | undefined) =>
  [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;

export interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
}

export function TextField({ label, hint, error, onChange, id, ...rest }: TextFieldProps) {
  const own = useId();
  const at = id ?? own;
  return (
    <Frame id={at} label={label} hint={hint} error={error ?? null}>
      <input
        {...rest}
        id={at}
        className={BOX}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(at, hint, error)}
        onChange={(event) => onChange(event.target.value)}
      />
    </Frame>
  );
}

export interface TextAreaProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  rows?: number;
}

export function TextArea({ label, hint, error, onChange, value, rows = 4 }: TextAreaProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error ?? null}>
      <textarea
        id={id}
        rows={rows}
        value={value}
        className={BOX}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(event) => onChange(event.target.value)}
      />
    </Frame>
  );
}

export interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  hint?: ReactNode;
}

/** The browser's own list: right on a phone, and it needs no script. */
export function Select<Value extends string>({ label, value, options, onChange, hint }: SelectProps<Value>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint}>
      <select
        id={id}
        value={value}
        className={BOX}
        aria-describedby={describedBy(id, hint, null)}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export interface ToggleProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** The browser's own checkbox lies over the drawn one: it needs no script, and nothing has to be measured for it. */
export function Checkbox({ label, checked, onChange, disabled }: ToggleProps) {
  const id = useId();
  return (
    <div className="flex min-h-9 touch:min-h-11 items-center gap-3">
      <span className="relative flex shrink-0">
        <input
          type="checkbox"
          id={id}
          checked={checked}
          disabled={disabled ?? false}
          onChange={(event) => onChange(event.target.checked)}
          className="peer absolute -inset-3 size-11 opacity-0"
        />
        <span
          aria-hidden
          className="flex size-5 items-center justify-center rounded border border-line-strong bg-raised text-transparent outline-offset-2 outline-accent peer-focus-visible:outline-2 peer-checked:border-accent peer-checked:bg-accent peer-checked:text-on-accent"
        >
          <Check size={14} />
        </span>
      </span>
      <label htmlFor={id} className="flex items-center self-stretch text-sm">
        {label}
      </label>
    </div>
  );
}
