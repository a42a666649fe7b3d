/** What the list shows, as it stands in the page's address: so a view can be linked, kept and gone back to. */

export interface Asked {
  /** What is searched; without it all are listed. */
  q?: string;
  /** Ids. */
  folder?: string;
  speaker?: string;
  starred?: boolean;
  status?: 'settling' | 'failed';
  /** Filler of a few words too. */
  discarded?: boolean;
  /** The first and the last day, as `2026-11-26`, in the person's time zone. */
  from?: string;
  to?: string;
}

const LONGEST_QUERY = 400;
const LONGEST_ID = 100;

/** An address may be typed by hand or be of an older version: what is not understood is left out. */
export function readAsked(search: Record<string, unknown>): Asked {
  const text = (value: unknown, longest: number) =>
    (typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, longest) : '') ||
    undefined;
  const day = (value: unknown) => (isDay(text(value, 10) ?? '') ? text(value, 10) : undefined);
  const { q, folder, speaker, starred, status, discarded, from, to } = search;
  return withoutEmpty({
    q: text(q, LONGEST_QUERY),
    folder: text(folder, LONGEST_ID),
    speaker: text(speaker, LONGEST_ID),
    starred: starred === true || undefined,
    status: status === 'settling' || status === 'failed' ? status : undefined,
    discarded: discarded === true || undefined,
    from: day(from),
    to: day(to),
  });
}

/** Says whether it is a date that there is: the 30th of February has the form of one. */
function isDay(text: string): boolean {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** @returns what is asked after a change; an entry that is undefined is asked no more */
export function askedWith(asked: Asked, change: { [Name in keyof Asked]?: Asked[Name] | undefined }): Asked {
  return withoutEmpty({ ...asked, ...change });
}

/** Words are looked for by the server's search; everything else narrows its list. */
export function isSearch({ q = '' }: Asked): boolean {
  return q.trim() !== '';
}

export function isNarrowed(asked: Asked): boolean {
  return Object.keys(asked).length > 0;
}

/** Undefined entries would stand in the address as `folder=undefined`. */
function withoutEmpty(asked: { [Name in keyof Asked]?: Asked[Name] | undefined }): Asked {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined && value !== ''),
  ) as Asked;
}
