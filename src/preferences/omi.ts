/**
 * Translates between Omi's settings of a person and ours. Omi has one language and a mode: in single-language mode speech is
 * taken to be in that language, otherwise it may be in others too. Pure.
 */
import {
  type ChosenPreferences,
  MOST_LANGUAGES,
  type PreferenceChange,
  type Preferences,
} from './preferences.ts';

/** The languages that Omi's provider tells apart within one conversation; any other one it takes as the only one. */
const TOLD_APART = new Set(['de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'nl', 'pt', 'ru']);

export function omiLanguage({ languages }: Pick<Preferences, 'languages'>): string | null {
  return languages[0] ?? null;
}

export function isSingleLanguage({ languages, otherLanguages }: Preferences): boolean {
  return languages.length === 1 && !otherLanguages;
}

/** Other languages that the person has named stay behind the new one. */
export function choosingLanguage(language: string): (before: ChosenPreferences) => PreferenceChange {
  const [base = ''] = language.toLowerCase().split('-');
  return ({ languages }) => {
    const others = (languages ?? []).slice(1).filter((other) => other !== language);
    return {
      languages: [language, ...others].slice(0, MOST_LANGUAGES),
      otherLanguages: TOLD_APART.has(base),
    };
  };
}

export function choosingMode(
  single: boolean | undefined,
  vocabulary: string[] | undefined,
): (before: ChosenPreferences) => PreferenceChange {
  return ({ languages }) => ({
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(single === undefined ? {} : { otherLanguages: !single }),
    ...(single && languages ? { languages: languages.slice(0, 1) } : {}),
  });
}
