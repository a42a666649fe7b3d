import { Link } from '@tanstack/react-router';
import { CheckSquare, Folder, FolderInput, Star } from 'lucide-react';
import { memo, type ReactNode, useCallback, useMemo } from 'react';
import type { FolderWithCount } from '../data/folders.ts';
import { IconButton } from '../parts/button.tsx';
import { ChoiceMenuOnDemand } from '../parts/menu-on-demand.tsx';
import { useFormat } from '../words/format.ts';
import { plainOf } from '../words/markdown.ts';
import { useWords } from '../words/words.ts';
import type { Listed } from './queries.ts';
import { StandingLine } from './standing-line.tsx';

export interface RowProps {
  conversation: Listed;
  folders: readonly FolderWithCount[];
  /** In place of the title and the overview, where a search has marked them. */
  title?: ReactNode;
  overview?: ReactNode;
  /** Below it: the lines that were found. */
  children?: ReactNode;
  /** Its date, where it stands under no day. */
  day?: string;
  isNew?: boolean;
  /** Told of the link of the conversation while it is there, for the focus. */
  onLink?: (id: string, link: HTMLAnchorElement | null) => void;
  onStar: (conversation: Listed) => void;
  /** @param name of the folder, or what stands for none */
  onMove: (conversation: Listed, folderId: string | null, name: string) => void;
}

/** Stands for no folder in the list of folders, which has texts only. */
const NONE = '';

/**
 * A conversation in a list: when, what about, what there is to do, and what it waits for. The list renders with each movement
 * of the page, and its rows only when they have changed.
 */
export const ConversationRow = memo(function ConversationRow({
  conversation,
  folders,
  title,
  overview,
  children,
  day,
  isNew,
  onLink,
  onStar,
  onMove,
}: RowProps) {
  const { conversations: words } = useWords();
  const format = useFormat();
  const { id, startedAtMs, endedAtMs, emoji, starred, actionItems } = conversation;
  const folder = folders.find((one) => one.id === conversation.folder?.id);
  const open = useMemo(() => actionItems.filter(({ done }) => !done).length, [actionItems]);
  const name = conversation.title ?? words.untitled;
  const link = useCallback((one: HTMLAnchorElement | null) => onLink?.(id, one), [onLink, id]);
  return (
    <article
      className={`group relative flex gap-3 rounded-lg px-2 py-3 hover:bg-sunken has-[h3_a:focus-visible]:bg-sunken sm:px-3 ${isNew ? 'motion-safe:animate-arrive' : ''}`}
    >
      <time
        dateTime={new Date(startedAtMs).toISOString()}
        className="w-12 shrink-0 pt-0.5 text-sm tabular-nums text-ink-soft"
      >
        {format.time(startedAtMs)}
      </time>
      <div className="min-w-0 flex-1">
        <h3 className="font-medium leading-snug">
          <Link
            ref={link}
            to="/c/$id"
            params={{ id }}
            className="outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {emoji && <span aria-hidden>{`${emoji} `}</span>}
            {title ?? name}
          </Link>
        </h3>
        {(overview ?? conversation.overview) && (
          <p className="mt-0.5 line-clamp-2 text-sm text-ink-soft">
            {overview ?? plainOf(conversation.overview ?? '')}
          </p>
        )}
        <StandingLine conversation={conversation} />
        {children}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
          {day && <span>{day}</span>}
          <span>{format.duration(Math.max(endedAtMs - startedAtMs, 0))}</span>
          {folder && (
            <span className="inline-flex items-center gap-1">
              <Folder size={12} aria-hidden style={{ color: folder.color }} />
              {folder.name}
            </span>
          )}
          {open > 0 && (
            <span className="inline-flex items-center gap-1">
              <CheckSquare size={12} aria-hidden />
              {words.openTasks(open)}
            </span>
          )}
          {conversation.discarded && <span>{words.filler}</span>}
        </p>
      </div>
      <div className="relative z-10 flex shrink-0 items-start">
        <ChoiceMenuOnDemand
          trigger={
            <IconButton
              label={words.move(name)}
              icon={<FolderInput size={18} aria-hidden />}
              // A phone has room for the words or for this, which the conversation itself has too.
              className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 touch:opacity-100 max-sm:hidden"
            />
          }
          label={words.folder}
          value={folder?.id ?? NONE}
          options={() => [
            { value: NONE, label: words.noFolder },
            ...folders.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(chosen) =>
            onMove(
              conversation,
              chosen === NONE ? null : chosen,
              folders.find((one) => one.id === chosen)?.name ?? words.noFolder,
            )
          }
        />
        <IconButton
          label={starred ? words.unstar(name) : words.star(name)}
          aria-pressed={starred}
          icon={<Star size={18} aria-hidden className={starred ? 'fill-current text-accent-text' : ''} />}
          onClick={() => onStar(conversation)}
        />
      </div>
    </article>
  );
});
