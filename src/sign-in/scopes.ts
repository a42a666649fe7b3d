/** What somebody who is signed in, or a key, may do. */

/**
 * `read`: look at what is theirs. `upload`: send recordings and ask what became of them. `operate`: also change, delete and
 * try again. `admin`: also what concerns other people or the server.
 */
export const SCOPES = ['read', 'upload', 'operate', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** Of a person who has signed in, as opposed to a key that was made for one purpose. */
export const OF_PERSON: ReadonlySet<Scope> = new Set(['read', 'upload', 'operate']);
const OF_ADMIN: ReadonlySet<Scope> = new Set(SCOPES);

/** `operate` holds `read` and `upload`, and `admin` holds all; the two small ones hold themselves only. */
export function withIncluded(scopes: readonly Scope[]): ReadonlySet<Scope> {
  if (scopes.includes('admin')) return OF_ADMIN;
  return scopes.includes('operate') ? OF_PERSON : new Set(scopes);
}

/** @param enough any one of these is; none at all is never */
export function mayAsk(scopes: ReadonlySet<Scope>, enough: readonly Scope[]): boolean {
  return enough.some((scope) => scopes.has(scope));
}
