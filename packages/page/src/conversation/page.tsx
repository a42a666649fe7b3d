import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useGradually } from '../app/gradually.ts';
import { Page } from '../app/page.tsx';
import { Problem } from '../app/problems.tsx';
import { useHidden } from '../data/deleting.ts';
import { buttonLook } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading } from '../parts/loading.tsx';
import { useWords } from '../words/words.ts';
import { isGone } from './changes.ts';
import { readingKey, readingQuery } from './reading.ts';
import { ConversationView } from './view.tsx';

const route = getRouteApi('/c/$id');

/** One conversation. The id of one that became part of another leads to that one. */
export function ConversationPage() {
  const words = useWords();
  const { id } = route.useParams();
  const { at } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(readingQuery(id));
  const hidden = useHidden();
  const living = data?.conversation.id;
  useEffect(() => {
    if (!data || living === undefined || living === id) return;
    queries.setQueryData(readingKey(living), data);
    void navigate({ to: '/c/$id', params: { id: living }, search: (before) => before, replace: true });
  }, [data, living, id, navigate, queries]);
  const isShown = useGradually(data !== undefined && living === id);
  const isDeleted = hidden.has(`conversations/${id}`);
  if (isDeleted || isGone(error)) {
    return (
      <Page title={words.conversation.notThere} hidesTitle>
        <Empty
          title={words.conversation.notThere}
          text={isDeleted ? words.conversation.deletedText : words.conversation.notThereText}
          actions={
            <Link to="/" className={buttonLook('plain')}>
              {words.problem.home}
            </Link>
          }
        />
      </Page>
    );
  }
  if (data && isShown) return <ConversationView key={id} reading={data} at={at ?? null} />;
  return (
    <Page title={words.conversation.title} hidesTitle>
      {error ? (
        <Problem error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading label={words.common.loading} rows={6} />
      )}
    </Page>
  );
}
