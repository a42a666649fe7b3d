import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useState, useSyncExternalStore } from 'react';
import { byCode } from '../app/problem-text.ts';
import { useProblemText } from '../app/problems.tsx';
import { AfterwordProblem } from '../data/api.ts';
import { expectToComeBack, hasTyped, isSending, loadAnew } from '../data/at-stake.ts';
import { setKeyOfTab } from '../data/key-of-tab.ts';
import { meQuery, waysQuery } from '../data/queries.ts';
import { presentTurnedAway, takeTurnedAway, useRefusal } from '../data/session.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.ts';

/** Why somebody who was signed in is asked again; that nobody is signed in needs no words. */
const TOLD = new Set(['session_ended', 'not_admitted', 'sign_in_unavailable']);

/** Offers the ways in which this server lets people in, and says what to do where a browser has none. */
export function SignIn() {
  const words = useWords();
  const { data, failureCount } = useQuery(waysQuery);
  const isUnreached = !data && failureCount > 1;
  const refusal = useRefusal();
  const problemText = useProblemText();
  const [turnedAway] = useState(presentTurnedAway);
  // Only now is it seen: React may give up a picture that it has begun.
  useEffect(() => void takeTurnedAway(), []);
  const sends = useSyncExternalStore(isSending.subscribe, isSending.get);
  const typed = useSyncExternalStore(hasTyped.subscribe, hasTyped.get);
  const ways = data?.ways ?? [];
  const here = `${location.pathname}${location.search}`;
  return (
    <div className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4 py-12">
      <div>
        <p className="text-ink-soft">{words.product}</p>
        <h1 className="text-2xl font-semibold tracking-tight">{words.signIn.title}</h1>
      </div>
      {isUnreached && <Notice tone="warning">{words.problem.unreachable}</Notice>}
      {!data && !isUnreached && <Loading label={words.common.loading} rows={2} />}
      {turnedAway && <Notice tone="danger">{problemText(byCode(turnedAway))}</Notice>}
      {!turnedAway && refusal && TOLD.has(refusal) && (
        <Notice tone="warning">{problemText(byCode(refusal))}</Notice>
      )}
      {sends && <Notice>{words.signIn.sendingWaits}</Notice>}
      {!sends && typed && <Notice>{words.signIn.typedIsKept}</Notice>}
      {ways.includes('oidc') && (
        <a
          href={`/auth/sign-in?returnTo=${encodeURIComponent(here)}`}
          // The files that are being sent would go with this page; it notices what happens in another tab.
          {...(sends ? { target: '_blank' } : { onClick: expectToComeBack })}
          className={`${buttonLook('main')} w-full`}
        >
          {words.signIn.withProvider(data?.provider ?? 'OpenID')}
        </a>
      )}
      {ways.includes('keys') && <KeyForm />}
      {ways.includes('dev') && (
        <Button kind="main" onClick={loadAnew}>
          {words.signIn.openAgain}
        </Button>
      )}
      {data && !['oidc', 'keys', 'dev'].some((way) => ways.includes(way)) && (
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
  const problemText = useProblemText();

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
      const isRefused = failure instanceof AfterwordProblem && failure.status === 401;
      setError(isRefused ? words.signIn.refused : problemText(failure));
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
