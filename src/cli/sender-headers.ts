/** The person to whom a server without sign-in attributes everything. */
export const DEFAULT_USER = 'local';

/** No server was asked: what was said on the command line cannot be right. */
export class OptionMistake extends Error {
  override readonly name = 'OptionMistake';
}

/** How a command says who asks. fetch() takes a header as bytes in latin1, and an id is UTF-8. */
export function senderHeaders(user: string, key: string | undefined): Headers {
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new OptionMistake(
      '--key is no key: no key has spaces, line breaks or accents in it. Copy it again, or make one with: afterword keys create.',
    );
  if (key !== undefined) return new Headers({ authorization: `Bearer ${key}` });
  try {
    return new Headers({ 'x-afterword-user': Buffer.from(user).toString('latin1') });
  } catch {
    throw new OptionMistake(`--user is ${JSON.stringify(user)}: a line break or a NUL cannot be in it.`);
  }
}
