import { EventSourceParserStream } from 'eventsource-parser/stream';
import { problemOf } from './problem.ts';

export interface AfterwordEvent {
  /** As `recording.completed`; `snapshot` says how things are when the stream begins or events were missed. */
  type: string;
  /** The number of the event; a stream goes on after it with `lastEventId`. */
  id: string | undefined;
  data: Record<string, unknown>;
}

export interface FollowOptions {
  /** Goes on after this event of an earlier stream. */
  lastEventId?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
  /** Sends the requests, in place of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/** A server that restarts is back within seconds, and one that stays away is asked no more than twice a minute. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** A timer that is to wait for longer does not wait at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const NO_CONTENT = 204;

/**
 * Follows an event stream until it ends. A lost connection, a restart or a server that is not there yet is no end: the
 * stream goes on after the last event that was given, so none is missed and none comes twice.
 *
 * @throws AfterwordProblem if the server refuses the stream for good (a status from 400 to 499 but 408 and 429)
 */
export async function* follow(
  address: string,
  { lastEventId, signal, fetch = globalThis.fetch }: FollowOptions = {},
): AsyncGenerator<AfterwordEvent, void, void> {
  let after = lastEventId;
  let retryMs = FIRST_RETRY_MS;
  while (!signal?.aborted) {
    const headers = new Headers({ accept: 'text/event-stream' });
    if (after !== undefined) headers.set('last-event-id', after);
    const response = await fetch(address, { headers, ...(signal && { signal }) }).catch(() => null);
    // The stream is over: everything was seen.
    if (response?.status === NO_CONTENT) return;
    if (response && isFinal(response.status)) throw await problemOf(response);
    const asked = response && !response.ok ? (await problemOf(response)).retryAfterMs : null;
    if (response?.ok && response.body) {
      for await (const event of eventsOf(response.body)) {
        after = event.id ?? after;
        retryMs = FIRST_RETRY_MS;
        yield event;
      }
    }
    await pause(asked ?? retryMs, signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Ends where the connection ends, in order or by an error. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<AfterwordEvent, void, void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true as const, value: undefined }));
      if (done || !value) return;
      yield { type: value.event ?? 'message', id: value.id, data: JSON.parse(value.data) };
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Ends early when the caller ends the stream. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.min(ms, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', finish, { once: true });
  });
}
