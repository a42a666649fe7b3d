/**
 * Remembers up to which event of the person's log the first read of the page is true. The event stream begins there, so that
 * it tells what has changed since, and what was read while the page was loading is not read a second time.
 */
const ASK = 'event-number';

let first: number | null = null;
/** Told of a read that is older than where the stream begins. */
let onOlder: () => void = () => {};

/** Asks with a read for its number, until one is known: only what is read before the stream begins needs it. */
export function askNumber(request: Request): void {
  if (first === null && request.method === 'GET') request.headers.set('prefer', ASK);
}

export function noteNumber(response: Response): void {
  const told = response.headers.get(ASK);
  if (told === null) return;
  const number = Number(told);
  if (first === null) first = number;
  // Several reads are under way at the beginning, and one that was asked earlier may be answered later.
  else if (number < first) onOlder();
}

/** @returns the event after which the stream has to begin; undefined where no read has told one */
export function numberOfFirstRead(): string | undefined {
  return first === null ? undefined : String(first);
}

/** @param older is called for a read that the stream would not make stale */
export function watchOlderReads(older: () => void): void {
  onOlder = older;
}

/** Another person's log has other numbers. */
export function forgetNumber(): void {
  first = null;
}
