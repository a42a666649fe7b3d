/**
 * The one place that cleans text which somebody sends. PostgreSQL refuses a NUL and half a surrogate pair, and a control
 * character in a name can forge a line of a log or of a prompt.
 */

/** Control characters but for tab and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Makes text storable: half a surrogate pair becomes U+FFFD, control characters go, line breaks stay. */
export function cleanText(text: string): string {
  return text.replace(CONTROLS, '').toWellFormed();
}

/** Cleans each text in a parsed JSON body. The body is small, so that the depth is bounded by its bytes. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleanJson(inner)]));
}
