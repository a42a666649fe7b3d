import { Search, SlidersHorizontal, Star, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useKeys } from '../app/keys.ts';
import type { FolderWithCount } from '../data/folders.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { fetchAhead, OnDemand, part } from '../parts/on-demand.tsx';
import { TYPING_MS } from '../parts/typing.ts';
import { useWords } from '../words/words.ts';
import { type Asked, isNarrowed } from './asked.ts';

const filters = part(async () => (await import('./filters.tsx')).Filters);

export interface SearchBarProps {
  asked: Asked;
  folders: readonly FolderWithCount[];
  onAsk: (change: { [Name in keyof Asked]?: Asked[Name] | undefined }) => void;
}

/** Where one types what to search, and narrows it to a folder, to what is starred, to a speaker, to days. */
export function SearchBar({ asked, folders, onAsk }: SearchBarProps) {
  const words = useWords();
  const { q = '' } = asked;
  const [typed, setTyped] = useState(q);
  const field = useRef<HTMLInputElement>(null);
  const { folder, starred, q: _, ...rest } = asked;
  const [isOpen, setIsOpen] = useState(isNarrowed(rest));

  const latest = useRef(onAsk);
  latest.current = onAsk;
  // The address may change by a link or by going back.
  const sent = useRef(q);
  useEffect(() => {
    if (q !== sent.current) setTyped(q);
    sent.current = q;
  }, [q]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      latest.current({ q: typed });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  useKeys(words.conversations.searching, [
    {
      keys: '/',
      label: words.conversations.keySearch,
      run: (event) => {
        event.preventDefault();
        field.current?.focus();
        field.current?.select();
      },
    },
  ]);

  return (
    <search className="mb-2 flex flex-col gap-2">
      <div className="flex gap-2">
        <div className="relative min-w-0 flex-1">
          <Search
            size={18}
            aria-hidden
            className="pointer-events-none absolute left-3 top-1/2 -translate-y-1/2 text-ink-faint"
          />
          <input
            ref={field}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                setTyped('');
                event.currentTarget.blur();
              }
            }}
            maxLength={400}
            aria-label={words.conversations.search}
            placeholder={words.conversations.searchHint}
            className="min-h-11 w-full rounded-lg border border-line-strong bg-raised pl-10 pr-3 text-base placeholder:text-ink-faint"
          />
        </div>
        <IconButton
          label={words.conversations.narrow}
          aria-expanded={isOpen}
          icon={<SlidersHorizontal size={18} aria-hidden />}
          className="min-h-11 min-w-11"
          onClick={() => setIsOpen(!isOpen)}
          onPointerEnter={prepare}
          onFocus={prepare}
        />
      </div>
      {isOpen && <OnDemand part={filters} props={{ asked, onAsk }} />}
      <fieldset className="flex flex-wrap items-center gap-1.5">
        <legend className="sr-only">{words.conversations.folders}</legend>
        <Chip isOn={starred === true} onClick={() => onAsk({ starred: starred ? undefined : true })}>
          <Star size={14} aria-hidden />
          {words.conversations.starred}
        </Chip>
        {folders.map(({ id, name, color, conversationCount }) => (
          <Chip
            key={id}
            isOn={folder === id}
            onClick={() => onAsk({ folder: folder === id ? undefined : id })}
          >
            <span
              className="size-2 forced-color-adjust-none rounded-full"
              style={{ background: color }}
              aria-hidden
            />
            {name}
            <span className="text-ink-soft">{conversationCount}</span>
          </Chip>
        ))}
        {isNarrowed(asked) && (
          <Button
            kind="quiet"
            onClick={() => {
              setTyped('');
              onAsk({
                q: undefined,
                folder: undefined,
                starred: undefined,
                speaker: undefined,
                status: undefined,
                discarded: undefined,
                from: undefined,
                to: undefined,
              });
            }}
          >
            <X size={14} aria-hidden />
            {words.conversations.showAll}
          </Button>
        )}
      </fieldset>
    </search>
  );
}

/** Whoever is about to open them waits less. */
function prepare(): void {
  void fetchAhead(filters);
}

function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className="inline-flex min-h-8 touch:min-h-11 items-center gap-1.5 rounded-full border border-line px-3 text-sm hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
    >
      {children}
    </button>
  );
}
