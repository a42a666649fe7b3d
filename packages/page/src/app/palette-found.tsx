/** The conversations that a search finds while somebody types into the palette: each with its date and the line that was found. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { AudioLines } from 'lucide-react';
import { useEffect, useState } from 'react';
import { MarkedText } from '../conversations/marked-text.tsx';
import type { Found } from '../conversations/queries.ts';
import { api, orThrow } from '../data/api.ts';
import { useHidden } from '../data/deleting.ts';
import { keys } from '../data/keys.ts';
import { usePaused } from '../parts/typing.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';

/** A letter finds too much to be of use. */
const LEAST_LETTERS = 2;
const MOST_FOUND = 5;

const FOUND = 'found ';
const valueOfHit = (id: string) => `${FOUND}${id}`;

interface FoundItemsProps {
  found: readonly Found[];
  className: string;
  groupClassName: string;
  /** @param atMs UTC epoch milliseconds of the line that was found; undefined where only the title was */
  onChoose: (id: string, atMs: number | undefined) => void;
}

export function FoundItems({ found, className, groupClassName, onChoose }: FoundItemsProps) {
  const words = useWords();
  const format = useFormat();
  if (found.length === 0) return null;
  return (
    <Command.Group forceMount heading={words.palette.conversations} className={groupClassName}>
      {found.map(({ conversation: { id, title, startedAtMs }, titleHighlights, lines: [line] }) => (
        <Command.Item
          key={id}
          forceMount
          value={valueOfHit(id)}
          onSelect={() => onChoose(id, line?.startedAtMs)}
          className={`${className} py-1.5`}
        >
          <AudioLines size={16} aria-hidden className="shrink-0" />
          <span className="flex min-w-0 flex-1 flex-col">
            <span className="flex items-baseline gap-3">
              <span className="min-w-0 flex-1 truncate">
                {title === null ? (
                  words.conversations.untitled
                ) : (
                  <MarkedText text={title} ranges={titleHighlights} />
                )}
              </span>
              <span className="shrink-0 text-xs text-ink-soft">{format.date(startedAtMs)}</span>
            </span>
            {line && (
              <span className="truncate text-xs text-ink-soft">
                <span className="mr-1.5 tabular-nums">{format.time(line.startedAtMs)}</span>
                {line.speaker && <span className="mr-1.5 font-medium">{line.speaker}</span>}
                <MarkedText text={line.text} ranges={line.highlights} />
              </span>
            )}
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/**
 * Keeps something chosen while the hits change: they come after the letters that are typed, and cmdk, which chooses by the letters,
 * knows nothing of them. Where nothing else is like what was typed the first hit is chosen, and `last` without any.
 *
 * @param last the value of the item below all others
 * @returns the value that is chosen, and what chooses another one
 */
export function useChosen(found: readonly Found[], last: string): [string, (value: string) => void] {
  const [chosen, setChosen] = useState('');
  const first = found[0] ? valueOfHit(found[0].conversation.id) : null;
  const isGone =
    chosen.startsWith(FOUND) && !found.some(({ conversation: { id } }) => valueOfHit(id) === chosen);
  useEffect(() => {
    if (isGone) setChosen(first ?? last);
  }, [isGone, first, last]);
  useEffect(() => {
    if (first !== null) setChosen((before) => (before === last || before === '' ? first : before));
  }, [first, last]);
  return [chosen, setChosen];
}

export function useFound(typed: string): readonly Found[] {
  const q = usePaused(typed);
  const hidden = useHidden();
  const isAsked = q.length >= LEAST_LETTERS && typed !== '';
  const { data } = useQuery({
    queryKey: keys.search({ q, limit: MOST_FOUND }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      orThrow(await api.GET('/api/v1/search', { params: { query: { q, limit: MOST_FOUND } }, signal })),
  });
  if (!isAsked || !data) return [];
  return data.results.filter(({ conversation: { id } }) => !hidden.has(`conversations/${id}`));
}
