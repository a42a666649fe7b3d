/**
 * Parses the headers of one part of a form. Usual parsers silently drop a part that they do not understand, so that a
 * file is lost in an acknowledged upload; this one reports the part and what is wrong with it.
 */
import { AfterwordError } from '../../errors.ts';
import { cleanName } from '../../text.ts';

export interface PartHead {
  /** The name of the form's field; null if the part has none. */
  field: string | null;
  /** null: the part is not a file. */
  fileName: string | null;
}

/** More than any client sends; a part's headers have a few hundred bytes. */
export const MOST_HEAD_BYTES = 16 * 1024;

/** If two differ, either could be meant, and the bytes of a file could be stored as something else. */
const SAID_ONCE = new Set(['content-disposition', 'content-transfer-encoding', 'content-encoding']);

/** @param where the part, as an error names it */
export function readPartHead(bytes: Uint8Array, where: string): PartHead {
  // Names are UTF-8, as browsers send them; invalid bytes are shown as U+FFFD and do not refuse the file.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const headers = new Map<string, string>();
  for (const line of text === '' ? [] : text.split('\r\n')) {
    if (/[\r\n]/.test(line)) throw broken(where, 'there is a bare line break in its headers');
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/su.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw broken(where, 'one of its header lines has no colon, as when there is a line break in a name');
    }
    const key = name.toLowerCase();
    if (headers.has(key) && SAID_ONCE.has(key)) throw broken(where, `it has two ${key} headers`);
    headers.set(key, value.trim());
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (!['binary', '8bit', '7bit'].includes(encoding)) {
    throw broken(where, `its content is encoded as ${encoding.slice(0, 40)}: send the bytes as they are`);
  }
  const compression = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (compression !== 'identity' && compression !== '') {
    throw broken(
      where,
      `its content is compressed (${compression.slice(0, 40)}): send the bytes as they are`,
    );
  }
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) return { field: null, fileName: null };
  const parameters = readParameters(disposition, where);
  const field = parameters.get('name*') ?? parameters.get('name');
  const fileName = parameters.get('filename*') ?? parameters.get('filename');
  return {
    field: field === undefined ? null : cleanName(field),
    fileName: fileName === undefined ? null : cleanName(baseName(fileName)),
  };
}

/** Parses `form-data; name="files"; filename="a.bin"`. With `form-data` or `attachment`, a file name makes a file. */
function readParameters(header: string, where: string): Map<string, string> {
  const found = new Map<string, string>();
  const rest = header.replace(/^[^;]*/, '');
  // Matches a value in quotes, or one up to the next semicolon.
  const parameter = /\s*;\s*(?:([^\s=;"]+)\s*=\s*(?:"((?:\\["\\]|\\(?!["\\])|[^"\\])*)"|([^;"]*)))?\s*/gy;
  while (parameter.lastIndex < rest.length) {
    const at = parameter.exec(rest);
    if (!at) throw broken(where, 'its Content-Disposition cannot be read');
    const [, name, quoted, bare] = at;
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (found.has(key)) throw broken(where, `its Content-Disposition says ${key.slice(0, 40)} twice`);
    const value = quoted === undefined ? (bare ?? '').trim() : quoted.replace(/\\(["\\])/g, '$1');
    found.set(key, key.endsWith('*') ? decodeExtended(value) : value);
  }
  return found;
}

/** Parses RFC 8187: `UTF-8'en'na%C3%AFve.bin`. Any other form is taken literally. */
function decodeExtended(value: string): string {
  const [, charset, text] = /^([\w-]+)'[^']*'(.*)$/s.exec(value) ?? [];
  if (charset === undefined || text === undefined) return value;
  const bytes = text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  // Beyond latin1 there was a character that should have been encoded.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: latin1 begins with them
  if (!/^[\u0000-\u00ff]*$/.test(bytes)) return text;
  try {
    return new TextDecoder(charset).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return text;
  }
}

/** Some browsers send the file's whole path. */
function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

function broken(where: string, what: string): AfterwordError {
  return new AfterwordError('part_broken', `${where}: ${what}.`);
}
