import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { AfterwordProblem } from '../data/api.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';
import { Page } from './page.tsx';

/** Shows why something did not work and what can be done: in the server's words where it has said so. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords();
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

/** @returns a function that says in words what went wrong */
export function useProblemText(): (error: unknown) => string {
  const { problem: words } = useWords();
  return useCallback(
    (error) => {
      if (error instanceof AfterwordProblem) return error.message;
      // A fetch that reaches nobody throws this, whatever the reason.
      if (error instanceof TypeError) return words.unreachable;
      return words.unexpected;
    },
    [words],
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
