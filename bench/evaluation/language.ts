/** Which language a text is in, by its smallest words: no more than telling apart the few that are evaluated. Pure. */
export const LANGUAGES = ['en', 'de', 'sv'] as const;

export type Language = (typeof LANGUAGES)[number];

const SMALL_WORDS: Readonly<Record<Language, string>> = {
  en: 'the and of to for with was were is are it that they about who which by from but be',
  de: 'der die das und ist sind zu mit für von ein eine den dem im auf wurde es nicht sich haben werden',
  sv: 'och att det är som på en ett av för med till den om inte har ska sedan att ska var',
};

/** @returns null when no small word of any of them is in it */
export function languageOf(text: string): Language | null {
  const words = text.toLowerCase().split(/[^\p{L}]+/u);
  const counted = LANGUAGES.map((language) => {
    const small = new Set(SMALL_WORDS[language].split(' '));
    return { language, count: words.filter((word) => small.has(word)).length };
  });
  const best = counted.reduce((most, each) => (each.count > most.count ? each : most));
  return best.count > 0 ? best.language : null;
}
