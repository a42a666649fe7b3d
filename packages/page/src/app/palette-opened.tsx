import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Folder, Upload } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState, useSyncExternalStore } from 'react';
import { useFolders } from '../data/folders.ts';
import { useMaySignOut } from '../data/queries.ts';
import { fetched } from '../parts/on-demand.tsx';
import { chosenLanguage, LANGUAGES, useWords } from '../words/words.ts';
import { keysShown } from './keys.ts';
import { signOut } from './navigation.tsx';
import { PAGES } from './pages.ts';
import { FoundItems, useChosen, useFound } from './palette-found.tsx';
import { commandsOfPage } from './palette-state.ts';
import { chosenTheme, THEMES } from './shade.ts';

const ROW =
  'flex min-h-9 touch:min-h-11 items-center gap-3 rounded-md px-3 text-sm data-[selected=true]:bg-sunken data-[disabled=true]:opacity-50';
const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-soft';

/** Is like nothing that is typed, so that it stands below what has been found. */
const SEARCH = '\u2026';

export function OpenedPalette({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const words = useWords();
  const maySignOut = useMaySignOut();
  const navigate = useNavigate();
  const commands = useSyncExternalStore(commandsOfPage.subscribe, commandsOfPage.get);
  const [query, setQuery] = useState('');
  const run = (action: () => unknown) => () => {
    onOpenChange(false);
    setQuery('');
    action();
  };
  const searched = query.trim();
  const { folders } = useFolders({ enabled: open });
  const found = useFound(open ? searched : '');
  const [chosen, setChosen] = useChosen(found, SEARCH);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed left-1/2 top-[12dvh] z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">{words.palette.label}</Dialog.Title>
          <Command label={words.palette.label} loop value={chosen} onValueChange={setChosen}>
            <Command.Input
              value={query}
              onValueChange={setQuery}
              placeholder={words.palette.placeholder}
              className="w-full border-b border-line bg-transparent px-4 py-3 text-base outline-none placeholder:text-ink-faint"
            />
            <Command.List className="max-h-[50dvh] overflow-y-auto p-2">
              {commands.length > 0 && (
                <Command.Group heading={words.palette.actions} className={GROUP}>
                  {commands.map((command) => (
                    <Command.Item
                      key={command.id}
                      value={command.label}
                      onSelect={run(command.run)}
                      className={ROW}
                    >
                      <span className="flex-1">{command.label}</span>
                      {command.keys && <kbd className="text-xs text-ink-soft">{command.keys}</kbd>}
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              <FoundItems
                found={found}
                className={ROW}
                groupClassName={GROUP}
                onChoose={(id, at) =>
                  run(() =>
                    navigate({ to: '/c/$id', params: { id }, search: at === undefined ? {} : { at } }),
                  )()
                }
              />
              <Command.Group heading={words.palette.go} className={GROUP}>
                {PAGES.map(({ to, name, icon: Icon, key }) => (
                  <Command.Item
                    key={to}
                    value={words.navigation[name]}
                    onSelect={run(() => navigate({ to }))}
                    className={ROW}
                  >
                    <Icon size={16} aria-hidden />
                    <span className="flex-1">{words.navigation[name]}</span>
                    <kbd className="text-xs text-ink-soft">{`g ${key}`}</kbd>
                  </Command.Item>
                ))}
                {folders.map(({ id, name }) => (
                  <Command.Item
                    key={id}
                    value={words.palette.folder(name)}
                    onSelect={run(() => navigate({ to: '/', search: { folder: id } }))}
                    className={ROW}
                  >
                    <Folder size={16} aria-hidden />
                    <span className="flex-1">{words.palette.folder(name)}</span>
                  </Command.Item>
                ))}
                {!commands.some(({ id }) => id === 'choose') && (
                  <Command.Item
                    value={words.palette.choose}
                    onSelect={run(() => chooseFiles(() => navigate({ to: '/uploads' })))}
                    className={ROW}
                  >
                    <Upload size={16} aria-hidden />
                    <span className="flex-1">{words.palette.choose}</span>
                  </Command.Item>
                )}
              </Command.Group>
              <Command.Group heading={words.palette.appearance} className={GROUP}>
                {THEMES.map((theme) => (
                  <Command.Item
                    key={theme}
                    value={`${words.theme.label} ${words.theme[theme]}`}
                    onSelect={run(() => chosenTheme.set(theme))}
                    className={ROW}
                  >
                    {`${words.theme.label}: ${words.theme[theme]}`}
                  </Command.Item>
                ))}
                {LANGUAGES.map((language) => (
                  <Command.Item
                    key={language}
                    value={`${words.language.label} ${words.language[language]}`}
                    onSelect={run(() => chosenLanguage.set(language))}
                    className={ROW}
                  >
                    {`${words.language.label}: ${words.language[language]}`}
                  </Command.Item>
                ))}
                <Command.Item
                  value={words.keys.showKeys}
                  onSelect={run(() => keysShown.set(true))}
                  className={ROW}
                >
                  <span className="flex-1">{words.keys.showKeys}</span>
                  <kbd className="text-xs text-ink-soft">?</kbd>
                </Command.Item>
                {maySignOut && (
                  <Command.Item value={words.account.signOut} onSelect={run(signOut)} className={ROW}>
                    {words.account.signOut}
                  </Command.Item>
                )}
              </Command.Group>
              {searched !== '' && (
                <Command.Group forceMount>
                  <Command.Item
                    forceMount
                    value={SEARCH}
                    onSelect={run(() => navigate({ to: '/', search: { q: searched } }))}
                    className={ROW}
                  >
                    {words.palette.searchFor(searched)}
                  </Command.Item>
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** @param then is called once files were chosen */
function chooseFiles(then: () => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => {
    const sending = Promise.all([
      fetched(import('../uploads/sender.ts')),
      fetched(import('../uploads/dropped.ts')),
    ]);
    // What sends them may be missing, which is said where it is noticed.
    void sending.then(
      ([{ sendAll }, { chosenFiles }]) => {
        void sendAll(chosenFiles(input.files));
        then();
      },
      () => {},
    );
  });
  input.click();
}
