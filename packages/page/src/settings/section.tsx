import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { Problem } from '../app/problems.tsx';
import { Loading } from '../parts/loading.tsx';
import { useWords } from '../words/words.ts';

/** One section of the settings, with its heading and a sentence about it. */
export function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-t border-line py-6 first:border-t-0 first:pt-0">
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {text && <p className="mt-1 text-sm text-ink-soft">{text}</p>}
      <div className="mt-4 flex flex-col gap-4">{children}</div>
    </section>
  );
}

/** One of a list: what it is, more about it, and what can be done. */
export function Row({ title, about, actions }: { title: ReactNode; about?: ReactNode; actions?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
      {/* Where there is no room beside it, what can be done stands below. */}
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{title}</p>
        {about && <p className="text-sm text-ink-soft">{about}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-1">{actions}</div>}
    </li>
  );
}

export function Rows({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-line">{children}</ul>;
}

interface ReadProps {
  query: Pick<UseQueryResult<unknown>, 'data' | 'error' | 'refetch'>;
  /** What stands there where the list is empty. */
  none?: string;
  children: ReactNode;
}

/** What a section has read: a list that could not be read must not look like one that is empty. */
export function Read({ query: { data, error, refetch }, none, children }: ReadProps) {
  const { common } = useWords();
  if (data === undefined)
    return error ? (
      <Problem error={error} onRetry={() => void refetch()} />
    ) : (
      <Loading label={common.loading} rows={1} />
    );
  if (none !== undefined && Array.isArray(data) && data.length === 0)
    return <p className="text-sm text-ink-soft">{none}</p>;
  return children;
}
