/** Reads languages as people write them, by name or by code. Pure. */

/** Codes whose names are understood; any other language is named by its code. */
const CODES =
  'af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ku ky lb lo lt lv mk ml mn mr ms mt my ne nl no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi yi zh zu'.split(
    ' ',
  );
/** A language, and what may follow it: a script, a region. */
const TAG = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/i;

export interface Languages {
  codes: string[];
  /** What is neither a code nor a name. */
  unknown: string[];
}

/** @returns those that nobody transcribes here; `known` is null where the transcriber finds out what is spoken */
export function notTranscribed(codes: readonly string[], known: readonly string[] | null): string[] {
  const family = (code: string) => code.toLowerCase().split('-')[0];
  const families = known?.map(family);
  return families ? codes.filter((code) => !families.includes(family(code))) : [];
}

/**
 * @param text names and codes with commas between
 * @param spoken the languages in which names are understood, besides the language's own name of itself
 */
export function languagesOf(text: string, spoken: readonly string[]): Languages {
  const codes: string[] = [];
  const unknown: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const code = namesIn(spoken).get(entry.toLowerCase()) ?? (TAG.test(entry) ? entry : null);
    if (code === null) unknown.push(entry);
    else if (!codes.includes(code)) codes.push(code);
  }
  return { codes, unknown };
}

/** By the languages that are spoken, as many as the page has: a browser takes long for all names, and each key that is typed asks for them. */
const knownNames = new Map<string, ReadonlyMap<string, string>>();

function namesIn(spoken: readonly string[]): ReadonlyMap<string, string> {
  const key = spoken.join(' ');
  const known = knownNames.get(key);
  if (known) return known;
  const names = new Map<string, string>();
  for (const code of CODES)
    for (const locale of [...spoken, code]) {
      const name = new Intl.DisplayNames(locale, { type: 'language' }).of(code);
      if (name) names.set(name.toLowerCase(), code);
    }
  knownNames.set(key, names);
  return names;
}
