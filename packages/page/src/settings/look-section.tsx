import { LogOut } from 'lucide-react';
import { useLanguageChoices, useThemeChoices } from '../app/look.ts';
import { signOut } from '../app/navigation.tsx';
import { useMaySignOut, useMe } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { useWords } from '../words/words.ts';
import { Section } from './section.tsx';

/** What is kept in this browser and not on the server. On a phone the navigation has no room for it. */
export function LookSection() {
  const words = useWords();
  const { data: me } = useMe();
  const maySignOut = useMaySignOut();
  return (
    <Section title={words.settings.look.title}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select {...useThemeChoices()} />
        <Select {...useLanguageChoices()} />
      </div>
      {me && me.signedInBy !== 'nothing' && (
        <div className="flex items-center justify-between gap-4 sm:hidden">
          <p className="min-w-0 text-sm text-ink-soft">{words.account.signedInAs(me.id)}</p>
          {maySignOut && (
            <Button onClick={signOut}>
              <LogOut size={16} aria-hidden />
              {words.account.signOut}
            </Button>
          )}
        </div>
      )}
    </Section>
  );
}
