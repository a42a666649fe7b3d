/**
 * The one place that cleans text which somebody sends. PostgreSQL refuses a NUL and half a surrogate pair, and a control
 * character in a name can forge a line of a log or of a prompt.
 */

/** Control characters but for tab and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const LINE_BREAKS = /[\t\r\n\u2028\u2029]+/g;
/** The longest name that common file systems know, in UTF-16 units. */
const LONGEST_NAME = 255;

/** Makes text storable: half a surrogate pair becomes U+FFFD, control characters go, line breaks stay. */
export function cleanText(text: string): string {
  return text.replace(CONTROLS, '').toWellFormed();
}

/**
 * Makes a file name of what was sent: on one line, without blanks around it. The end of a name that is too long is kept,
 * since the time of the recording and the ending stand there.
 */
export function cleanName(name: string): string {
  const line = cleanText(name.replace(LINE_BREAKS, ' ')).trim();
  if (line.length <= LONGEST_NAME) return line;
  // The cut may go through a surrogate pair.
  return `…${line.slice(1 - LONGEST_NAME)}`.toWellFormed();
}

/** Can this be an id of ours? Ids are short, printable, and never need cleaning. */
export function isPossibleId(id: string): boolean {
  return id.length <= LONGEST_ID && id === cleanText(id);
}

/** A voice's id is that of its recording, a piece's number and a provider's label. */
const LONGEST_ID = 100;

/** 10 kB of JSON can be 5,000 levels deep, which is more than the stack holds. */
const DEEPEST = 100;

/** Cleans each text in parsed JSON. No schema is nearly as deep as what is cut off, which becomes null. */
export function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return null;
  if (Array.isArray(value)) return value.map((inner) => cleanJson(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [cleanText(key), cleanJson(inner, depth + 1)]),
  );
}
