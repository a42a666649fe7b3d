/** Follows an event stream of the server until it ends, and goes on where it was when the connection is lost. */
import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface StreamedEvent {
  type: string;
  data: Record<string, unknown>;
}

/** A server that restarts is back within seconds. */
const RETRY_MS = 1_000;
const NO_CONTENT = 204;

/** @throws Error if the server refuses the stream */
export async function* follow(
  address: string,
  headers: Headers | Record<string, string>,
): AsyncGenerator<StreamedEvent, void, void> {
  let lastEventId: string | undefined;
  for (;;) {
    const sent = new Headers(headers);
    if (lastEventId !== undefined) sent.set('last-event-id', lastEventId);
    const response = await fetch(address, { headers: sent }).catch(() => null);
    // The stream is over: everything was seen.
    if (response?.status === NO_CONTENT) return;
    if (response && response.status < 500 && !response.ok)
      throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
    if (response?.ok && response.body) {
      const events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      try {
        for await (const { event, id, data } of events) {
          lastEventId = id ?? lastEventId;
          yield { type: event ?? 'message', data: JSON.parse(data) };
        }
      } catch {
        // The connection was lost.
      }
    }
    await delay(RETRY_MS);
  }
}
