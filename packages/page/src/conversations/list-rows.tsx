import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import type { FolderWithCount } from '../data/folders.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { headingOf, type ListRow, nextConversation } from './by-day.ts';
import { keepPlace, lastHeights, lastTopPx } from './kept-heights.ts';
import type { Listed } from './queries.ts';
import { ConversationRow, type RowProps } from './row.tsx';
import { useRowChanges } from './use-row-changes.ts';

const HEADING_PX = 40;
/** A row with a title, two lines of summary and one of facts; each is measured once it is shown. */
const ROW_PX = 116;
const OVERSCAN = 5;
/** The next page is asked for when so many rows are left below. */
const AHEAD = 30;

interface ListRowsProps {
  rows: readonly ListRow<Listed>[];
  folders: readonly FolderWithCount[];
  /** Ids of conversations that have become ready since the list is shown. */
  arrived: ReadonlySet<string>;
  /** Whether there is more to read, and nothing is being read. */
  hasMore: boolean;
  onMore: () => unknown;
}

/**
 * The rows of the list on the window's scrollbar; the day that is read stays at the top. Only the rows in sight are there. It
 * renders with each movement of the page, and so holds nothing that only what is read changes.
 */
export function ListRows({ rows, folders, arrived, hasMore, onMore }: ListRowsProps) {
  const words = useWords();
  const { star, move, remove } = useRowChanges();
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
    scrollMargin: place.current?.offsetTop ?? lastTopPx(),
    // With another function it would place all rows anew, of which thousands may have been read.
    getItemKey: useCallback((index: number) => keyOf(rows[index]), [rows]),
    // The window is measured after the rows are there, which would then all be put together in one piece.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
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

  useEffect(() => () => keepPlace(virtual.takeSnapshot(), virtual.options.scrollMargin), [virtual]);

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
    if (hasMore && last >= rows.length - AHEAD) onMore();
  }, [hasMore, last, rows.length, onMore]);

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

  return (
    <ul
      ref={place}
      aria-label={words.conversations.title}
      className="relative"
      style={{ height: virtual.getTotalSize() }}
    >
      {items.map(({ key, index, start }) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <Item
            key={key}
            row={row}
            index={index}
            topPx={index === heading.current ? null : start - virtual.options.scrollMargin}
            measure={virtual.measureElement}
            folders={folders}
            isNew={row.kind === 'conversation' && arrived.has(row.conversation.id)}
            onLink={onLink}
            onStar={star}
            onMove={move}
          />
        );
      })}
    </ul>
  );
}

interface ItemProps extends Pick<RowProps, 'folders' | 'isNew' | 'onLink' | 'onStar' | 'onMove'> {
  row: ListRow<Listed>;
  index: number;
  /** From the top of the list; null for the heading that stays at the top of the window. */
  topPx: number | null;
  measure: (item: HTMLLIElement | null) => void;
}

const Item = memo(function Item({ row, index, topPx, measure, ...rest }: ItemProps) {
  return (
    <li
      data-index={index}
      ref={measure}
      className={`top-0 w-full ${topPx === null ? 'sticky' : 'absolute left-0'} ${row.kind === 'day' ? 'z-20 bg-ground' : '[contain:layout_style]'}`}
      style={topPx === null ? undefined : { transform: `translateY(${topPx}px)` }}
    >
      {row.kind === 'day' ? (
        <Day atMs={row.atMs} count={row.count} />
      ) : (
        <ConversationRow conversation={row.conversation} {...rest} />
      )}
    </li>
  );
});

function Day({ atMs, count }: { atMs: number; count: number }) {
  const words = useWords();
  const format = useFormat();
  return (
    <h2 className="flex items-baseline justify-between border-b border-line px-2 py-2 text-sm font-semibold sm:px-3">
      {format.day(atMs)}
      <span className="text-xs font-normal text-ink-soft">{words.common.conversations(count)}</span>
    </h2>
  );
}

function keyOf(row: ListRow<Listed> | undefined): string {
  return row?.kind === 'conversation' ? row.conversation.id : (row?.day ?? '');
}
