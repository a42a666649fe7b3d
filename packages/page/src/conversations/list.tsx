import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useGradually } from '../app/gradually.ts';
import { useKeys } from '../app/keys.ts';
import { Problem } from '../app/problems.tsx';
import { useHidden } from '../data/deleting.ts';
import { useFolders } from '../data/folders.ts';
import { buttonLook } from '../parts/button.tsx';
import { Loading } from '../parts/loading.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type Asked, isNarrowed } from './asked.ts';
import { headingOf, nextConversation, rowsByDay } from './by-day.ts';
import { keepHeights, lastHeights } from './kept-heights.ts';
import { type Listed, listQuery } from './queries.ts';
import { ConversationRow } from './row.tsx';
import { useListChanges } from './use-list-changes.ts';
import { useRowChanges } from './use-row-changes.ts';

const HEADING_PX = 40;
/** A row with a title, two lines of summary and one of facts; each is measured once it is shown. */
const ROW_PX = 116;
const OVERSCAN = 5;
/** The next page is asked for when so many rows are left below. */
const AHEAD = 30;

/** All conversations by day; the day that is read stays at the top. Only the rows in sight are there. */
export function ConversationList({ asked, empty }: { asked: Asked; empty: ReactNode }) {
  const words = useWords();
  const format = useFormat();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    listQuery(asked, format.timeZone),
  );
  const { folders } = useFolders();
  const isShown = useGradually(data !== undefined);
  const arrived = useListChanges(asked, format.timeZone);
  const { star, move, remove } = useRowChanges();
  const hidden = useHidden();
  const rows = useMemo(() => {
    const read = data?.pages.flatMap(({ conversations }) => conversations) ?? [];
    return rowsByDay(
      read.filter(({ id }) => !hidden.has(`conversations/${id}`)),
      format.dayKey,
    );
  }, [data, hidden, format]);

  const place = useRef<HTMLUListElement>(null);
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const onLink = useCallback((id: string, link: HTMLAnchorElement | null) => {
    if (link) links.current.set(id, link);
    else links.current.delete(id);
  }, []);
  const heading = useRef(0);
  const [initialMeasurementsCache] = useState(lastHeights);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    initialMeasurementsCache,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? HEADING_PX : ROW_PX),
    overscan: OVERSCAN,
    scrollMargin: place.current?.offsetTop ?? 0,
    getItemKey: (index) => keyOf(rows[index]),
    rangeExtractor: useCallback(
      (range: Range) => {
        heading.current = headingOf(rows, range.startIndex);
        return [...new Set([heading.current, ...defaultRangeExtractor(range)])].sort(
          (one, other) => one - other,
        );
      },
      [rows],
    ),
  });

  useEffect(() => () => keepHeights(virtual.takeSnapshot()), [virtual]);

  // Whoever comes back may be at their place before the list listens for where they go: it would show what is at the top.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (virtual.scrollOffset !== window.scrollY) window.dispatchEvent(new Event('scroll'));
    });
    return () => cancelAnimationFrame(frame);
  }, [virtual]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, last, rows.length, fetchNextPage]);

  // A key may be pressed again before the row that is gone to is there and has the focus.
  const goingTo = useRef<string | null>(null);
  const present = () => {
    const focused = [...links.current].find(([, link]) => link === document.activeElement)?.[0];
    const id = goingTo.current ?? focused;
    return rows.findIndex((row) => row.kind === 'conversation' && row.conversation.id === id);
  };
  const go = (step: 1 | -1) => (event: KeyboardEvent) => {
    // Arrows would scroll the page as well.
    event.preventDefault();
    const to = nextConversation(rows, present(), step);
    const row = rows[to];
    if (row?.kind !== 'conversation') return;
    virtual.scrollToIndex(to, { align: 'auto' });
    const { id } = row.conversation;
    goingTo.current = id;
    // A row that was out of sight is there after the next frame.
    requestAnimationFrame(() => {
      if (goingTo.current !== id) return;
      goingTo.current = null;
      links.current.get(id)?.focus({ preventScroll: true });
    });
  };
  const ofPresent = (act: (conversation: Listed) => void) => () => {
    const row = rows[present()];
    if (row?.kind === 'conversation') act(row.conversation);
  };
  useKeys(words.conversations.title, [
    {
      keys: ['j', 'ArrowDown'],
      label: words.conversations.keyNext,
      run: go(1),
    },
    {
      keys: ['k', 'ArrowUp'],
      label: words.conversations.keyBefore,
      run: go(-1),
    },
    { keys: ['s', 'b'], label: words.conversations.keyStar, run: ofPresent(star) },
    { keys: ['Delete', '#', 'Shift+#'], label: words.conversations.keyDelete, run: ofPresent(remove) },
  ]);

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
    <ul
      ref={place}
      aria-label={words.conversations.title}
      className="relative"
      style={{ height: virtual.getTotalSize() }}
    >
      {items.map((item) => {
        const row = rows[item.index];
        if (!row) return null;
        const isAtTop = item.index === heading.current;
        return (
          <li
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            className={row.kind === 'day' ? 'z-20 bg-ground' : '[contain:layout_style]'}
            style={
              isAtTop
                ? STICKY
                : { ...FLOATING, transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }
            }
          >
            {row.kind === 'day' ? (
              <h2 className="flex items-baseline justify-between border-b border-line px-2 py-2 text-sm font-semibold sm:px-3">
                {format.day(row.atMs)}
                <span className="text-xs font-normal text-ink-soft">
                  {words.common.conversations(row.count)}
                </span>
              </h2>
            ) : (
              <ConversationRow
                conversation={row.conversation}
                folders={folders}
                isNew={arrived.has(row.conversation.id)}
                onLink={onLink}
                onStar={star}
                onMove={move}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const STICKY: CSSProperties = { position: 'sticky', top: 0, width: '100%' };
const FLOATING: CSSProperties = { position: 'absolute', top: 0, left: 0, width: '100%' };

function keyOf(
  row: { kind: 'day'; day: string } | { kind: 'conversation'; conversation: Listed } | undefined,
): string {
  return row?.kind === 'conversation' ? row.conversation.id : (row?.day ?? '');
}
