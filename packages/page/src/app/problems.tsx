import { type ErrorComponentProps, Link, useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { AfterwordProblem, isWorthRetrying } from '../data/api.ts';
import { useConnection } from '../data/live.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Page } from './page.tsx';
import { problemText } from './problem-text.ts';

/** Shows why something did not work and what can be done: in the server's words where it has said so. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords();
  const connection = useConnection();
  const was = useRef(connection);
  // What nobody was reached for is asked for again as soon as somebody is there.
  useEffect(() => {
    const isBack = connection === 'live' && was.current !== 'live';
    was.current = connection;
    if (isBack && isWorthRetrying(error)) onRetry?.();
  }, [connection, error, onRetry]);
  return (
    <Notice
      tone="danger"
      title={words.problem.title}
      actions={onRetry && <Button onClick={onRetry}>{words.problem.again}</Button>}
    >
      <p>{useProblemText()(error)}</p>
      {error instanceof AfterwordProblem && <p className="mt-1">{words.problem.code(error.code)}</p>}
    </Notice>
  );
}

interface TextOptions {
  /** Whether to say when it may be asked again: not where that happens by itself. */
  tellsWhen?: boolean;
}

/** @returns a function that says in words what went wrong */
export function useProblemText({ tellsWhen = true }: TextOptions = {}): (error: unknown) => string {
  const words = useWords();
  const { duration } = useFormat();
  return useCallback(
    (error) => {
      const told = problemText(error, words);
      const afterMs = error instanceof AfterwordProblem ? error.retryAfterMs : null;
      return tellsWhen && afterMs ? `${told} ${words.problem.askAgain(duration(afterMs))}` : told;
    },
    [words, duration, tellsWhen],
  );
}

/** Stands in place of a page that could not be shown. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const words = useWords();
  const router = useRouter();
  const again = useCallback(
    // Where a part of the page was missing, only the router asks for it again.
    () => void router.invalidate().then(reset),
    [router, reset],
  );
  return (
    <Page title={words.problem.title} hidesTitle>
      <Problem error={error} onRetry={again} />
    </Page>
  );
}

export function NotFound() {
  const words = useWords();
  // Its addresses are for programs; whoever opens one by hand is looking for what programs can ask.
  const isOfApi = useRouterState({ select: ({ location }) => location.pathname.startsWith('/api') });
  return (
    <Page title={words.problem.notFound}>
      <p className="mb-4 text-ink-soft">
        {isOfApi ? words.problem.notFoundOfApi : words.problem.notFoundText}
      </p>
      <div className="flex flex-wrap gap-2">
        <Link to="/" className={buttonLook('plain')}>
          {words.problem.home}
        </Link>
        {isOfApi && (
          <a href="/docs" className={buttonLook('plain')}>
            {words.problem.toApi}
          </a>
        )}
      </div>
    </Page>
  );
}
