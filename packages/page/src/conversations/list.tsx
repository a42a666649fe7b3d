import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useGradually } from '../app/gradually.ts';
import { Problem } from '../app/problems.tsx';
import { useHidden } from '../data/deleting.ts';
import { useFolders } from '../data/folders.ts';
import { buttonLook } from '../parts/button.tsx';
import { Loading } from '../parts/loading.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type Asked, isNarrowed } from './asked.ts';
import { rowsByDay } from './by-day.ts';
import { ListRows } from './list-rows.tsx';
import { listQuery } from './queries.ts';
import { useListChanges } from './use-list-changes.ts';

/** All conversations by day, or what there is in their place. */
export function ConversationList({ asked, empty }: { asked: Asked; empty: ReactNode }) {
  const words = useWords();
  const format = useFormat();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    listQuery(asked, format.timeZone),
  );
  const { folders } = useFolders();
  const isShown = useGradually(data !== undefined);
  const arrived = useListChanges(asked, format.timeZone);
  const hidden = useHidden();
  const rows = useMemo(() => {
    const read = data?.pages.flatMap(({ conversations }) => conversations) ?? [];
    return rowsByDay(
      read.filter(({ id }) => !hidden.has(`conversations/${id}`)),
      format.dayKey,
    );
  }, [data, hidden, format]);

  if (error && !data) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data || !isShown) return <Loading label={words.common.loading} rows={6} />;
  if (rows.length === 0)
    return isNarrowed(asked) ? (
      <div className="flex flex-col items-center gap-4 py-16 text-center text-ink-soft">
        <p>
          {asked.from !== undefined && asked.to !== undefined && asked.from > asked.to
            ? words.conversations.daysSwapped
            : words.conversations.nothing}
        </p>
        <Link to="/" className={buttonLook('plain')}>
          {words.conversations.showAll}
        </Link>
      </div>
    ) : (
      empty
    );
  return (
    <ListRows
      rows={rows}
      folders={folders}
      arrived={arrived}
      hasMore={hasNextPage && !isFetchingNextPage}
      onMore={fetchNextPage}
    />
  );
}
