import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { announce } from '../app/announcer.tsx';
import { Problem } from '../app/problems.tsx';
import { useFolders } from '../data/folders.ts';
import { Button } from '../parts/button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import type { Asked } from './asked.ts';
import { MarkedText } from './marked-text.tsx';
import { NothingFound } from './nothing-found.tsx';
import { type Found, searchQuery } from './queries.ts';
import { ConversationRow } from './row.tsx';
import { useRowChanges } from './use-row-changes.ts';

/** What a search has found: the best and latest first, with the lines in which the words were said. */
export function SearchResults({ asked }: { asked: Asked }) {
  const words = useWords();
  const format = useFormat();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, refetch } =
    useInfiniteQuery({
      ...searchQuery(asked, format.timeZone),
      // While a further letter is looked for, what was found for the word before stays.
      placeholderData: (before) => before,
    });
  const { folders } = useFolders();
  const { star, move } = useRowChanges();
  const total = data?.pages[0]?.total;
  const told = total === undefined ? null : words.conversations.found(total);
  useEffect(() => {
    if (told !== null && !isPlaceholderData) announce(told);
    // It is not true any more where the search is left.
    return () => announce('');
  }, [told, isPlaceholderData]);

  if (error && !data) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading label={words.common.loading} rows={4} />;
  return (
    <section aria-label={words.conversations.results} aria-busy={isPlaceholderData || undefined}>
      <h2 className="px-2 py-2 text-sm text-ink-soft sm:px-3">{told}</h2>
      {data.pages[0]?.isComplete === false && (
        <Notice tone="warning">{words.conversations.notAllSearched}</Notice>
      )}
      {total === 0 && !isPlaceholderData && <NothingFound asked={asked} />}
      <ul>
        {data.pages.flatMap(({ results }) =>
          results.map((found) => (
            <li key={found.conversation.id}>
              <ConversationRow
                conversation={found.conversation}
                folders={folders}
                title={
                  found.conversation.title && (
                    <MarkedText text={found.conversation.title} ranges={found.titleHighlights} />
                  )
                }
                overview={
                  found.overviewHighlights.length > 0 &&
                  found.conversation.overview && (
                    <MarkedText text={found.conversation.overview} ranges={found.overviewHighlights} />
                  )
                }
                day={format.date(found.conversation.startedAtMs)}
                onStar={star}
                onMove={move}
              >
                <FoundLines found={found} />
              </ConversationRow>
            </li>
          )),
        )}
      </ul>
      {hasNextPage && (
        <div className="flex justify-center py-4">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.conversations.moreResults}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Each line leads to the moment at which it was said. */
function FoundLines({ found }: { found: Found }) {
  const format = useFormat();
  if (found.lines.length === 0) return null;
  return (
    <ul className="relative z-10 mt-2 flex flex-col gap-1 border-l-2 border-line pl-3">
      {found.lines.map(({ segmentId, text, startedAtMs, speaker, highlights }) => (
        <li key={segmentId} className="text-sm">
          <Link
            to="/c/$id"
            params={{ id: found.conversation.id }}
            search={{ at: startedAtMs }}
            className="block rounded hover:underline touch:py-2"
          >
            <span className="mr-2 tabular-nums text-ink-soft">{format.time(startedAtMs)}</span>
            {speaker && <span className="mr-2 font-medium">{speaker}</span>}
            <MarkedText text={text} ranges={highlights} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
