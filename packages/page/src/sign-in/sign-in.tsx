import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { AfterwordProblem } from '../data/api.ts';
import { meQuery, waysQuery } from '../data/queries.ts';
import { setKeyOfTab, useRefusal } from '../data/session.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

/** Offers the ways in which this server lets people in, and says what to do where a browser has none. */
export function SignIn() {
  const words = useWords();
  const { data, isError } = useQuery(waysQuery);
  const refusal = useRefusal();
  const ways = data?.ways ?? [];
  const here = `${location.pathname}${location.search}`;
  return (
    <div className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4 py-12">
      <div>
        <p className="text-ink-soft">{words.product}</p>
        <h1 className="text-2xl font-semibold tracking-tight">{words.signIn.title}</h1>
      </div>
      {isError && <Notice tone="warning">{words.problem.unreachable}</Notice>}
      {!data && !isError && <Loading label={words.common.loading} rows={2} />}
      {refusal === 'sign_in_failed' && <Notice tone="danger">{words.signIn.failed}</Notice>}
      {ways.includes('oidc') && (
        <a
          href={`/auth/sign-in?returnTo=${encodeURIComponent(here)}`}
          className={`${buttonLook('main')} w-full`}
        >
          {words.signIn.withProvider(data?.provider ?? 'OpenID')}
        </a>
      )}
      {ways.includes('keys') && <KeyForm />}
      {data && !ways.includes('oidc') && !ways.includes('keys') && (
        <Notice>{ways.includes('header') ? words.signIn.byGateway : words.signIn.noWay}</Notice>
      )}
    </div>
  );
}

function KeyForm() {
  const words = useWords();
  const queries = useQueryClient();
  const id = useId();
  const [key, setKey] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const given = key.trim();
    if (!given.startsWith('afw_')) return setError(words.signIn.keyShape);
    setBusy(true);
    setError(null);
    setKeyOfTab(given);
    try {
      // The first answer that is no refusal shows the page.
      await queries.fetchQuery({ ...meQuery, staleTime: 0, retry: false });
      await queries.invalidateQueries();
    } catch (failure) {
      setKeyOfTab(null);
      setError(failure instanceof AfterwordProblem ? words.signIn.refused : words.problem.unreachable);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        id={id}
        label={words.signIn.keyLabel}
        hint={words.signIn.keyHint}
        error={error}
        type="password"
        autoComplete="current-password"
        spellCheck={false}
        value={key}
        onChange={setKey}
      />
      <Button type="submit" kind="main" busy={isBusy}>
        {isBusy ? words.signIn.checking : words.signIn.submit}
      </Button>
    </form>
  );
}
