import { Link, useRouterState } from '@tanstack/react-router';
import { Command, Languages, LogOut, SunMoon } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { api } from '../data/api.ts';
import { sendDeletions } from '../data/deleting.ts';
import { keyOfTab, setKeyOfTab } from '../data/key-of-tab.ts';
import { useMaySignOut, useMe } from '../data/queries.ts';
import { noteLeft } from '../data/session.ts';
import { toast } from '../data/toast.ts';
import { useUploadsNow } from '../data/uploads-now.ts';
import { IconButton } from '../parts/button.tsx';
import { ChoiceMenuOnDemand } from '../parts/menu-on-demand.tsx';
import { unfinished } from '../uploads/unfinished.ts';
import { differsFromHere } from '../words/here.ts';
import { presentWords, useWords } from '../words/words.ts';
import { useLanguageChoices, useThemeChoices } from './look.ts';
import { PAGES } from './pages.ts';
import { openPalette } from './palette-state.ts';

/** A badge has room for two figures. */
const MOST_COUNTED = 99;

/** At the side; on a phone at the bottom, within reach of a thumb. */
export function Navigation() {
  const words = useWords();
  // A conversation is read within the conversations.
  const isReading = useRouterState({ select: ({ location }) => location.pathname.startsWith('/c/') });
  return (
    <header className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-ground pb-[env(safe-area-inset-bottom)] sm:sticky sm:inset-auto sm:top-0 sm:flex sm:h-dvh sm:w-52 sm:shrink-0 sm:flex-col sm:border-t-0 sm:border-r sm:p-3">
      <p className="hidden px-2 py-3 text-lg font-semibold tracking-tight sm:block">{words.product}</p>
      <nav aria-label={words.navigation.label} className="flex sm:flex-col sm:gap-1">
        {PAGES.map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            data-within={(to === '/' && isReading) || undefined}
            className="flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[clamp(0.625rem,3.2vw,0.75rem)] wrap-normal text-ink-soft hover:text-ink data-[status=active]:text-accent-text data-within:text-accent-text sm:min-h-9 sm:flex-none sm:flex-row sm:justify-start sm:gap-3 sm:rounded-md sm:px-2 sm:text-sm sm:font-medium sm:hover:bg-sunken sm:data-[status=active]:bg-accent-soft sm:data-within:bg-accent-soft touch:sm:min-h-11"
          >
            <span className="relative">
              <Icon size={18} aria-hidden />
              {name === 'uploads' && <UploadsBadge />}
            </span>
            {words.navigation[name]}
          </Link>
        ))}
      </nav>
      <div className="hidden flex-1 sm:block" />
      <Tools />
    </header>
  );
}

/** Says how many files are under way, or need somebody, who may have left the uploads long ago. */
function UploadsBadge() {
  const { uploadsNow: words } = useWords();
  const { underWay, needs: told } = useUploadsNow();
  // What this browser has not sent to its end goes on only when somebody chooses it again.
  const needs = told + useSyncExternalStore(unfinished.subscribe, unfinished.get).length;
  const count = needs || underWay;
  if (count === 0) return null;
  return (
    <span
      className={`absolute -right-3 -top-2 min-w-4 forced-color-adjust-none rounded-full px-1 text-center text-[0.65rem] font-semibold leading-4 tabular-nums ${needs > 0 ? 'bg-danger text-on-danger' : 'bg-accent text-on-accent'}`}
    >
      <span aria-hidden>{count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}</span>
      <span className="sr-only">{needs > 0 ? words.needs(needs) : words.underWay(underWay)}</span>
    </span>
  );
}

/** On a phone these are in the settings, where there is room. */
function Tools() {
  const words = useWords();
  const theme = useThemeChoices();
  const language = useLanguageChoices();
  const { data: me } = useMe();
  const maySignOut = useMaySignOut();
  return (
    <div className="hidden flex-col gap-2 sm:flex">
      <div className="flex gap-1">
        <IconButton
          label={words.palette.open}
          icon={<Command size={18} aria-hidden />}
          onClick={openPalette}
        />
        <ChoiceMenuOnDemand
          trigger={<IconButton label={theme.label} icon={<SunMoon size={18} aria-hidden />} />}
          {...theme}
          options={() => theme.options}
        />
        <ChoiceMenuOnDemand
          trigger={<IconButton label={language.label} icon={<Languages size={18} aria-hidden />} />}
          {...language}
          options={() => language.options}
        />
        {maySignOut && (
          <IconButton
            label={words.account.signOut}
            icon={<LogOut size={18} aria-hidden />}
            onClick={signOut}
          />
        )}
      </div>
      {me && differsFromHere(me.timeZone) && (
        <p className="truncate px-2 text-xs text-ink-soft">{words.zoneOffer.shown(me.timeZone)}</p>
      )}
      {me && me.signedInBy !== 'nothing' && (
        <p className="truncate px-2 text-xs text-ink-soft">{words.account.signedInAs(me.id)}</p>
      )}
    </div>
  );
}

/** Ends the session of this browser, and forgets the key of this tab. */
export async function signOut(): Promise<void> {
  const hadKey = keyOfTab() !== null;
  await sendDeletions();
  setKeyOfTab(null);
  const ended = await api.POST('/auth/sign-out').then(
    ({ response }) => response.ok,
    () => false,
  );
  // Whoever goes away believing that they are signed out would leave their session to the next one.
  if (!ended && !hadKey) return void toast.error(presentWords().account.notSignedOut);
  noteLeft();
}
