/**
 * Asks for what the page at an address reads first, before the scripts are there that show it: a slow network brings those
 * within seconds. It imports no library, because it runs as soon as its own kilobyte is there.
 */
import { keyOfTab } from './key-of-tab.ts';
import { askNumber } from './read-number.ts';

export interface Sent {
  response: Response;
  /** By the clock of this device: when it was asked for, and when it came. */
  sentMs: number;
  cameMs: number;
}

/** By address; each is taken once, and there are three at most. */
const reads = new Map<string, { authorization: string | null; sent: Promise<Sent> }>();

/**
 * What is read at an address of the page whatever else is so; in the letters in which the client writes it, since another
 * address would be asked for twice.
 */
export function firstReads({ pathname, search }: { pathname: string; search: string }): string[] {
  const me = '/api/v1/me';
  if (pathname === '/' && search === '') return [me, '/api/v1/conversations?limit=100', '/api/v1/folders'];
  const id = /^\/c\/([\w-]+)$/.exec(pathname)?.[1];
  return id === undefined ? [me] : [me, `/api/v1/conversations/${id}`];
}

export function askFirst({ origin, pathname, search }: Location): void {
  for (const read of firstReads({ pathname, search })) {
    const request = withKey(new Request(origin + read));
    askNumber(request);
    const sent = sendTimed(request);
    // Whoever takes it is told of a failure.
    sent.catch(() => {});
    reads.set(request.url, { authorization: request.headers.get('authorization'), sent });
  }
}

/** @returns what was asked for already by whoever asks now */
export function takeFirst({ method, url, headers }: Request): Promise<Sent> | undefined {
  const read = method === 'GET' ? reads.get(url) : undefined;
  if (!read) return undefined;
  reads.delete(url);
  return read.authorization === headers.get('authorization') ? read.sent : undefined;
}

export async function sendTimed(request: Request): Promise<Sent> {
  const sentMs = Date.now();
  const response = await fetch(request);
  return { response, sentMs, cameMs: Date.now() };
}

export function withKey(request: Request): Request {
  const key = keyOfTab();
  if (key !== null) request.headers.set('authorization', `Bearer ${key}`);
  return request;
}
