import type { ReactNode } from 'react';

export interface EmptyProps {
  icon?: ReactNode;
  title: string;
  text: ReactNode;
  actions?: ReactNode;
}

/** Stands where a list would, and says why there is nothing and how something comes. */
export function Empty({ icon, title, text, actions }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      {icon && <div className="text-ink-faint">{icon}</div>}
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="text-ink-soft">{text}</div>
      {actions && <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
