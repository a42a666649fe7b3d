import type { ReactNode } from 'react';

type Tone = 'plain' | 'warning' | 'danger' | 'good';

const LOOKS: Record<Tone, string> = {
  plain: 'border-line bg-sunken',
  warning: 'border-warning-line bg-warning-soft',
  danger: 'border-danger-line bg-danger-soft',
  good: 'border-good-line bg-good-soft',
};

export interface NoticeProps {
  tone?: Tone;
  title?: string;
  children: ReactNode;
  /** What can be done about it. */
  actions?: ReactNode;
}

/** Says how something stands, why, and what can be done. */
export function Notice({ tone = 'plain', title, children, actions }: NoticeProps) {
  return (
    <div
      className={`rounded-lg border px-4 py-3 ${LOOKS[tone]}`}
      role={tone === 'danger' ? 'alert' : undefined}
    >
      {title && <p className="font-medium">{title}</p>}
      <div className="text-sm text-ink-soft">{children}</div>
      {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
