/** Which language the page speaks, and its strings. English comes with the page; other languages are fetched when chosen. */
import { useSyncExternalStore } from 'react';
import { en, type Words } from './en.ts';
import { createKeptStore, createStore } from './store.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const OTHERS: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
  de: async () => (await import('./de.ts')).de,
};

export const chosenLanguage = createKeptStore('afterword.language', ['system', ...LANGUAGES], 'system');

interface Spoken {
  language: Language;
  words: Words;
}

const spoken = createStore<Spoken>({ language: 'en', words: en });

/** @param wanted languages of the browser, most wanted first */
export function languageFor(choice: Language | 'system', wanted: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}

/** Follows the choice. The page that is shown stays as it is until the strings have come. */
export async function followLanguage(): Promise<void> {
  chosenLanguage.subscribe(() => void speak());
  await speak();
}

async function speak(): Promise<void> {
  const language = languageFor(chosenLanguage.get(), navigator.languages);
  const words = language === 'en' ? en : await OTHERS[language]().catch(() => null);
  // Without a network the strings of a language that was never fetched cannot come.
  if (words === null || languageFor(chosenLanguage.get(), navigator.languages) !== language) return;
  document.documentElement.lang = language;
  spoken.set({ language, words });
}

export function useWords(): Words {
  return useSpoken().words;
}

export function useLanguage(): Language {
  return useSpoken().language;
}

/** For what is shown outside of React's tree, as a toast. */
export function presentWords(): Words {
  return spoken.get().words;
}

function useSpoken(): Spoken {
  return useSyncExternalStore(spoken.subscribe, spoken.get);
}

export function useLanguageChoice(): Language | 'system' {
  return useSyncExternalStore(chosenLanguage.subscribe, chosenLanguage.get);
}
