/** The one client through which the page asks the server. */
import { AfterwordProblem, createClient, orThrow } from '@afterword/client';
import { noteServerTime } from './clock.ts';
import { sendTimed, takeFirst, withKey } from './first-reads.ts';
import { askNumber, noteNumber } from './read-number.ts';
import { noteRefused, noteSignedIn } from './session.ts';

/** Adds the key of the tab, and notes when the server does not know any more who is asking. */
export const send: typeof globalThis.fetch = async (input, init) => {
  const request = withKey(new Request(input, init));
  const isOfApi = new URL(request.url).pathname.startsWith('/api/');
  if (isOfApi) askNumber(request);
  const { response, sentMs, cameMs } = await (takeFirst(request) ?? sendTimed(request));
  if (isOfApi) noteServerTime(response.headers.get('date'), sentMs, cameMs);
  if (response.status === 401) noteRefused(await codeOf(response.clone()));
  else if (response.ok && isOfApi) {
    // Signing in opens the event stream, which begins at this number.
    noteNumber(response);
    noteSignedIn();
  }
  return response;
};

export const api = createClient({ baseUrl: location.origin, fetch: send });

export { AfterwordProblem, orThrow };

/** Whether to ask again by itself: not where the server has said no. */
export function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof AfterwordProblem) || (error.retryable && error.status !== 429);
}

async function codeOf(response: Response): Promise<string | null> {
  const body = await response.json().catch(() => null);
  return typeof body?.code === 'string' ? body.code : null;
}
