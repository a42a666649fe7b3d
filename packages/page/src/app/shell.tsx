import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { hasTyped, isSending, loadAnew } from '../data/at-stake.ts';
import { hasDeleted } from '../data/deleted.ts';
import { useConnection } from '../data/live.ts';
import { useMe } from '../data/queries.ts';
import { useSignInState } from '../data/session.ts';
import { areToastsWanted, toastLibrary } from '../data/toast.ts';
import { Button } from '../parts/button.tsx';
import { later, OnDemand, part } from '../parts/on-demand.tsx';
import { timeZone } from '../words/format.ts';
import { differsFromHere } from '../words/here.ts';
import { useWords } from '../words/words.ts';
import { Announcer } from './announcer.tsx';
import { useOneByOne } from './gradually.ts';
import { keysShown } from './keys.ts';
import { useShellKeys } from './keys-of-shell.ts';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import { useShade } from './theme.ts';
import { whyAnew } from './versions.ts';

/** What few see is fetched when it is shown. */
const signIn = part(async () => (await import('../sign-in/sign-in.tsx')).SignIn);
const deletedNotice = part(async () => (await import('../settings/deleted-notice.tsx')).DeletedNotice);
const zoneOffer = part(async () => (await import('./zone-offer.tsx')).ZoneOffer);
const keysDialog = part(async () => (await import('./keys-dialog.tsx')).KeysDialog);

/** Files may be dropped on every page; what takes them is fetched after the page stands. */
const dropAnywhere = part(async () => (await import('../uploads/drop-anywhere.tsx')).default);

const toaster = part(async () => (await toastLibrary()).Toaster);

/** What stands around every page: the ways to the others, what holds everywhere, and the sign-in where nobody is signed in. */
export function Shell() {
  const words = useWords();
  const signInState = useSignInState();
  useShellKeys();
  // The router draws at once, and not in pieces, what it shows first.
  const isFirst = useOneByOne(2) === 1;
  const isOut = signInState === 'out';
  const isDeleted = useSyncExternalStore(hasDeleted.subscribe, hasDeleted.get);
  const areKeysShown = useSyncExternalStore(keysShown.subscribe, keysShown.get);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:left-2 focus:top-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2 focus:shadow-float"
      >
        {words.skipToContent}
      </a>
      {isOut ? (
        <main id="content">
          {isDeleted && <OnDemand part={deletedNotice} props={{}} />}
          <OnDemand part={signIn} props={{}} />
        </main>
      ) : isFirst ? (
        <Coming />
      ) : (
        <div className="flex min-h-dvh flex-col sm:flex-row">
          <Navigation />
          <main id="content" className="min-w-0 flex-1 pb-[calc(3.5rem+env(safe-area-inset-bottom))] sm:pb-0">
            <ConnectionBar />
            <VersionBar />
            {isDeleted && <OnDemand part={deletedNotice} props={{}} />}
            <Elsewhere />
            <Outlet />
          </main>
        </div>
      )}
      <PageLoading />
      <TimeZone />
      <Announcer />
      {areKeysShown && <OnDemand part={keysDialog} props={{}} />}
      <Palette />
      {!isOut && !isFirst && <OnDemand part={dropAnywhere} props={{}} />}
      <Toasts />
    </>
  );
}

/** Looks as the document does before the scripts are there, which has the styles of it. */
function Coming() {
  const { product } = useWords();
  return (
    <div className="first" aria-busy>
      <header>
        <p>{product}</p>
      </header>
      <main>
        <p>{product}</p>
        <div />
        <div />
        <div />
        <div />
      </main>
    </div>
  );
}

/** Offers the time zone of the browser where the person's is another one. */
function Elsewhere() {
  const { data: me } = useMe();
  return me && differsFromHere(me.timeZone) ? <OnDemand part={zoneOffer} props={{}} /> : null;
}

/** Takes the person's time zone. It draws nothing, so that the frame is not drawn again when the person is known. */
function TimeZone() {
  const { data: me } = useMe();
  useEffect(() => {
    if (me) timeZone.set(me.timeZone);
  }, [me]);
  return null;
}

/** What tells of something in passing is of use only when the page stands. */
function Toasts() {
  const shade = useShade();
  const areWanted = useSyncExternalStore(areToastsWanted.subscribe, areToastsWanted.get);
  useEffect(() => later(() => areToastsWanted.set(true)), []);
  if (!areWanted) return null;
  return (
    <OnDemand
      part={toaster}
      props={{
        theme: shade,
        position: 'bottom-center',
        closeButton: true,
        // Above what a page keeps at the foot of the window, which says there how high it is.
        offset: { bottom: 'calc(24px + var(--foot, 0px))' },
        mobileOffset: { bottom: 'calc(84px + var(--foot, 0px))' },
      }}
    />
  );
}

/** Says that there is no connection, and stays out of the way else. */
function ConnectionBar() {
  const words = useWords();
  const connection = useConnection();
  const { failureCount, isPending } = useMe();
  // Before the first answer there is no stream that could be lost.
  const isLost = connection === 'lost' || (isPending && failureCount > 1);
  const text = connection === 'offline' ? words.connection.offline : isLost ? words.connection.lost : null;
  return (
    <div role="status" className="sticky top-0 z-30">
      {text && (
        <p className="border-b border-warning-line bg-warning-soft px-4 py-2 text-center text-sm text-warning-text">
          {text}
        </p>
      )}
    </div>
  );
}

/** Offers to load the page anew where a part of it did not come, or is gone with its version. */
function VersionBar() {
  const { version: words } = useWords();
  const why = useSyncExternalStore(whyAnew.subscribe, whyAnew.get);
  const sends = useSyncExternalStore(isSending.subscribe, isSending.get);
  const typed = useSyncExternalStore(hasTyped.subscribe, hasTyped.get);
  if (!why) return null;
  return (
    <div className="sticky top-0 z-30 flex flex-wrap items-center justify-center gap-x-4 gap-y-2 border-b border-line bg-accent-soft px-4 py-2 text-sm">
      <p role="status">
        {[words.why[why], sends && words.sending, typed && words.typed].filter(Boolean).join(' ')}
      </p>
      <Button onClick={loadAnew}>{words.load}</Button>
    </div>
  );
}

/** A line at the top while the next page is fetched, so that a click is seen to have done something. */
function PageLoading() {
  const isLoading = useRouterState({ select: ({ status }) => status === 'pending' });
  return isLoading ? (
    <div className="fixed inset-x-0 top-0 z-50 h-0.5 bg-accent motion-safe:animate-pulse" aria-hidden />
  ) : null;
}
