/** Server-sent events: writes a person's events to one connection as fast as it takes them. */
import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AfterwordError } from '../errors.ts';
import type { Delivery, EventFeed, Wanted } from '../events/feed.ts';
import type { StoredEvent } from '../events/types.ts';
import type { Doors } from '../sign-in/doors.ts';
import { closedSignal } from './prefer.ts';

/** Proxies close connections on which nothing comes for a minute, some after 30 s. */
const KEEP_ALIVE_MS = 15_000;
/** A client that was cut off comes back after this long. */
const RETRY_MS = 1_000;
/** Some browsers and proxies hand on the first bytes only when there are 2 kB of them. */
const FIRST_PADDING = 2_048;
/** Whoever is let in by a gateway, or by a token with an end of its own, reads no longer than this without being asked again. */
const STREAM_MS = 15 * 60_000;
/** Of one process: each takes a socket and about 50 kB (`npm run bench:events`). */
const MOST_STREAMS = 5_000;
/** A person has some devices with some pages each. */
const MOST_OF_PERSON = 100;

/** What a stream is about. */
export interface Subject {
  userId: string;
  wanted: Wanted;
  /** How things are, for a reader whose number is too old or who has none. `isOver`: nothing more will come. */
  snapshot(): Promise<{ number: number; data: object; isOver: boolean }>;
  /** Says whether this event is the last of the stream. */
  ends(event: StoredEvent): boolean;
}

export interface StreamOptions {
  /** The number after which the reader wants to go on; null for a snapshot. */
  after: number | null;
  /** Bytes of comment after each batch, for a proxy that hands on full buffers only. */
  padding: number;
}

/** @throws AfterwordError `too_many_streams` */
export async function stream(
  { feed, doors }: { feed: EventFeed; doors: Doors },
  request: FastifyRequest,
  reply: FastifyReply,
  subject: Subject,
  { after, padding }: StreamOptions,
): Promise<void> {
  const { userId } = subject;
  if (feed.readers >= MOST_STREAMS || feed.readersOf(userId) >= MOST_OF_PERSON)
    throw new AfterwordError('too_many_streams');
  // Read before the answer begins: an error here is answered as one.
  let first = after === null ? await subject.snapshot() : null;
  await holdOpen(doors, request, reply, padding, async (write, signal) => {
    let at = after ?? 0;
    while (!signal.aborted) {
      if (first) {
        const { number, data, isOver } = first;
        await write(textOf('snapshot', number, { number, ...data }));
        if (isOver) return;
        at = number;
        first = null;
      }
      const isOver = await writeAll(feed.follow(userId, at, subject.wanted, signal), subject, write);
      if (isOver) return;
      // Some were dropped, because this reader does not keep up.
      if (!signal.aborted) first = await subject.snapshot();
    }
  });
}

type Write = (text: string) => Promise<void>;

/** Answers with an event stream and keeps it open while the work writes to it, its reader is there and is let in. */
export async function holdOpen(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  padding: number,
  work: (write: Write, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const closed = new AbortController();
  const signal = AbortSignal.any([closedSignal(reply), closed.signal, AbortSignal.timeout(STREAM_MS)]);
  reply.hijack();
  const { raw } = reply;
  const headers = { ...reply.getHeaders(), ...HEADERS } as Record<string, string>;
  raw.writeHead(200, headers);
  // What is small is sent at once.
  raw.socket?.setNoDelay(true);
  const write = async (text: string) => {
    if (raw.write(padding > 0 ? `${text}:${' '.repeat(padding)}\n\n` : text) || signal.aborted) return;
    await once(raw, 'drain', { signal }).catch(() => {});
  };
  const leave = doors.hold(request.doors ?? [], () => closed.abort());
  const keepAlive = setInterval(() => void raw.write(': keep-alive\n\n'), KEEP_ALIVE_MS).unref();
  try {
    await write(`:${' '.repeat(FIRST_PADDING)}\nretry: ${RETRY_MS}\n\n`);
    await work(write, signal);
  } catch (error) {
    // The client comes back with the number of the last event that it has seen.
    request.log.debug({ err: error }, 'an event stream was broken off');
  } finally {
    clearInterval(keepAlive);
    leave();
    raw.end();
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** @returns whether the stream is over, and not only to be gone on with after a snapshot */
async function writeAll(
  deliveries: AsyncIterable<Delivery>,
  { ends }: Subject,
  write: Write,
): Promise<boolean> {
  for await (const delivery of deliveries) {
    if ('isLost' in delivery) return false;
    const last = delivery.events.findIndex(ends);
    const events = last < 0 ? delivery.events : delivery.events.slice(0, last + 1);
    await write(events.map(textOfEvent).join(''));
    if (last >= 0) return true;
  }
  return false;
}

/** All streams of a person get the same text, so it is made once. */
const TEXTS = new WeakMap<StoredEvent, string>();

function textOfEvent(event: StoredEvent): string {
  const made = TEXTS.get(event);
  if (made !== undefined) return made;
  const { number, type, atMs, data } = event;
  const text = textOf(type, number, { number, type, atMs, data });
  TEXTS.set(event, text);
  return text;
}

/** JSON has no line ends of its own, so the data is one line. */
function textOf(event: string, id: number, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
