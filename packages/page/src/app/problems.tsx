import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { AfterwordProblem, isWorthRetrying } from '../data/api.ts';
import { useConnection } from '../data/live.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { Page } from './page.tsx';

interface Told {
  what: string;
  remedy: string;
}

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

/** A refusal of which only the code is known, as one that stands in an address. */
export function byCode(code: string): AfterwordProblem {
  return new AfterwordProblem({ code, title: code }, 400, null);
}

interface TextOptions {
  /** Whether to say when it may be asked again: not where that happens by itself. */
  tellsWhen?: boolean;
}

/** @returns a function that says in words what went wrong */
export function useProblemText({ tellsWhen = true }: TextOptions = {}): (error: unknown) => string {
  const { problem: words, problems } = useWords();
  const { duration } = useFormat();
  return useCallback(
    (error) => {
      if (error instanceof AfterwordProblem) {
        const { code, retryAfterMs } = error;
        const known = (problems as Record<string, Told>)[code];
        const told = known ? `${known.what}. ${known.remedy}` : error.message;
        return tellsWhen && retryAfterMs ? `${told} ${words.askAgain(duration(retryAfterMs))}` : told;
      }
      // A fetch that reaches nobody throws this, whatever the reason.
      if (error instanceof TypeError) return words.unreachable;
      return words.unexpected;
    },
    [words, problems, duration, tellsWhen],
  );
}

/** Stands in place of a page that could not be shown. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const words = useWords();
  return (
    <Page title={words.problem.title} hidesTitle>
      <Problem error={error} onRetry={reset} />
    </Page>
  );
}

export function NotFound() {
  const words = useWords();
  return (
    <Page title={words.problem.notFound}>
      <p className="mb-4 text-ink-soft">{words.problem.notFoundText}</p>
      <Link to="/" className={buttonLook('plain')}>
        {words.problem.home}
      </Link>
    </Page>
  );
}
