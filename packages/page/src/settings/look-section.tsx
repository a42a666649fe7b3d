import { LogOut } from 'lucide-react';
import { signOut } from '../app/navigation.tsx';
import { chosenTheme, THEMES, useTheme } from '../app/theme.ts';
import { useMe } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { chosenLanguage, LANGUAGES, useLanguageChoice, useWords } from '../words/words.ts';
import { Section } from './section.tsx';

/** What is kept in this browser and not on the server. On a phone the navigation has no room for it. */
export function LookSection() {
  const words = useWords();
  const theme = useTheme();
  const language = useLanguageChoice();
  const { data: me } = useMe();
  return (
    <Section title={words.settings.look.title}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={words.theme.label}
          value={theme}
          options={THEMES.map((value) => ({ value, label: words.theme[value] }))}
          onChange={chosenTheme.set}
        />
        <Select
          label={words.language.label}
          value={language}
          options={(['system', ...LANGUAGES] as const).map((value) => ({
            value,
            label: words.language[value],
          }))}
          onChange={chosenLanguage.set}
        />
      </div>
      <div className="flex items-center justify-between gap-4 sm:hidden">
        <p className="min-w-0 text-sm text-ink-soft">{me && words.account.signedInAs(me.id)}</p>
        <Button onClick={signOut}>
          <LogOut size={16} aria-hidden />
          {words.account.signOut}
        </Button>
      </div>
    </Section>
  );
}
