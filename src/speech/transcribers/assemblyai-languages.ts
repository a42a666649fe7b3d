/** AssemblyAI's names for languages, and BCP 47's. */

/** Of Universal-2, as of November 2026. */
export const LANGUAGES: readonly string[] = (
  'af am ar as az ba be bg bn bo br bs ca cs cy da de de-CH el en en-AU en-GB en-US es et eu fa fi fo fr gl gu ha haw ' +
  'he hi hr ht hu hy id is it ja jv ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ' +
  'ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh'
).split(' ');

/** Where the two differ by more than the case and a line. */
const CODES: Readonly<Record<string, string>> = { 'en-GB': 'en_uk', jv: 'jw' };
const TAGS = Object.fromEntries(Object.entries(CODES).map(([tag, code]) => [code, tag]));

/** A region that it does not tell apart is left out: `pt-BR` is `pt` there, and a code it does not know refused. */
export function toLanguageCode(tag: string): string {
  const [language = '', ...others] = tag.split('-');
  const region = others.find((part) => /^[A-Za-z]{2}$/.test(part))?.toUpperCase();
  const base = language.toLowerCase();
  const known = region && LANGUAGES.includes(`${base}-${region}`) ? `${base}-${region}` : base;
  return CODES[known] ?? known.toLowerCase().replace('-', '_');
}

export function toLanguageTag(code: string): string {
  const known = TAGS[code];
  if (known) return known;
  const [language = '', region] = code.split('_');
  return region ? `${language}-${region.toUpperCase()}` : language;
}
