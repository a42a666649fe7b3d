/** What a person chooses of how the page looks and speaks, as a list of choices has it. */
import { chosenLanguage, LANGUAGES, useLanguageChoice, useWords } from '../words/words.ts';
import { chosenTheme, THEMES } from './shade.ts';
import { useTheme } from './theme.ts';

export function useThemeChoices() {
  const { theme: words } = useWords();
  return {
    label: words.label,
    value: useTheme(),
    options: THEMES.map((value) => ({ value, label: words[value] })),
    onChange: chosenTheme.set,
  };
}

export function useLanguageChoices() {
  const { language: words } = useWords();
  return {
    label: words.label,
    value: useLanguageChoice(),
    options: (['system', ...LANGUAGES] as const).map((value) => ({ value, label: words[value] })),
    onChange: chosenLanguage.set,
  };
}
