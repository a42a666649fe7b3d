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
  /** After so long without a sign of the server the connection is taken for lost; 45 s if nothing is said. */
  silentMs?: number;
}

/** The server gives a sign every 15 s. A proxy or a network may hold a connection open on which nothing comes any more. */
const SILENT_MS = 45_000;
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
  { lastEventId, signal, fetch = globalThis.fetch, silentMs = SILENT_MS }: FollowOptions = {},
): AsyncGenerator<AfterwordEvent, void, void> {
  let after = lastEventId;
  let retryMs = FIRST_RETRY_MS;
  while (!signal?.aborted) {
    const headers = new Headers({ accept: 'text/event-stream' });
    if (after !== undefined) headers.set('last-event-id', after);
    const silence = new Silence(silentMs);
    const ended = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
    let asked: number | null = null;
    try {
      const response = await fetch(address, { headers, signal: ended }).catch(() => null);
      // The stream is over: everything was seen.
      if (response?.status === NO_CONTENT) return;
      if (response && isFinal(response.status)) throw await problemOf(response);
      asked = response && !response.ok ? (await problemOf(response)).retryAfterMs : null;
      if (response?.ok && response.body) {
        for await (const event of eventsOf(response.body, silence)) {
          after = event.id ?? after;
          retryMs = FIRST_RETRY_MS;
          yield event;
        }
      }
    } finally {
      silence.end();
    }
    await pause(asked ?? retryMs, signal);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Aborts what nothing was heard of for a time; each sign begins the time anew. */
class Silence {
  readonly #ended = new AbortController();
  readonly #longestMs: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
    this.#timer = this.#begin();
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#begin();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #begin(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#ended.abort(), Math.min(this.#longestMs, LONGEST_TIMER_MS));
  }
}

/** Ends where the connection ends, in order or by an error, or where nothing comes on it any more. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  silence: Silence,
): AsyncGenerator<AfterwordEvent, void, void> {
  // A comment that keeps the connection is a sign, and no event.
  const signs = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, out) {
      silence.heard();
      out.enqueue(bytes);
    },
  });
  const reader = body
    .pipeThrough(signs)
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
