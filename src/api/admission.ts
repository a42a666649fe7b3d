/**
 * Decides whether a request may bring audio before a byte of it is read, by the free slots. A request refused with 503
 * has stored nothing, and has not sent its body if it asked first (`Expect: 100-continue`).
 */
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { within } from '../providers/deadline.ts';
import { enterBody } from './person-bounds.ts';
import { closedSignal, whenClosed } from './prefer.ts';
import { senderOf } from './sender.ts';
import { Slots } from './slots.ts';

declare module 'fastify' {
  interface FastifyInstance {
    admission: Admission;
  }
  interface FastifyRequest {
    /** Gives back the slot of an admitted request. */
    leave: (() => void) | null;
  }
}

/**
 * Each upload has an open file, and of its body 0.6 MB in memory, or at most 5 MB if it goes to a bucket in one request, which
 * takes no smaller part: 1 GB at worst. In several requests, a bucket's bodies share their memory (`store/blobs/held-bytes.ts`).
 */
const MOST_BODIES = 200;
/** With 1,000 uploads in a second each waits at most this long; phones give up after a minute. */
const WAIT_FOR_BODY_MS = 5_000;
/** A waiting connection costs about 20 kB: 40 MB. */
const MOST_WAITING = 2_000;
/** A stored body may wait longer, because it would have to be sent again. */
const WAIT_TO_ACCEPT_MS = 60_000;
/** A recorder that is on sends every few seconds, and what it sends then must not wait for a backlog of somebody else. */
const SHARED_FOR_MS = 10_000;
/** Placing words holds its person's timeline for seconds; a program that deletes asks again. */
const WAIT_TO_CHANGE_MS = 10_000;
/** A waiting request costs about 20 kB, and a list of things to delete is seldom longer. */
const MOST_CHANGES_WAITING = 500;
/** Longer than a phone's network needs for what is already sent; a client that never stops sending is cut off. */
const READ_AWAY_WITHIN_MS = 10_000;

interface Admission {
  bodies: Slots;
  /** Limits transactions that accept uploads to half of the database's connections, so that reads go on beside them. */
  accepting: Slots;
  /**
   * Limits transactions that delete or change, which may wait for their person's work, to a quarter of the connections,
   * and one person to half of that. Otherwise those that wait for one lock would take the connections of reads and
   * other people.
   */
  changing: Slots;
}

export function installAdmission(app: FastifyInstance, { connections }: { connections: number }): void {
  const most = Math.max(1, Math.floor(connections / 2));
  const mostChanges = Math.max(1, Math.floor(connections / 4));
  app.decorate('admission', {
    bodies: new Slots({
      most: MOST_BODIES,
      mostOfOne: MOST_BODIES / 2,
      waitMs: WAIT_FOR_BODY_MS,
      mostWaiting: MOST_WAITING,
    }),
    accepting: new Slots({
      most,
      mostOfOne: Math.ceil(most / 2),
      sharedForMs: SHARED_FOR_MS,
      waitMs: WAIT_TO_ACCEPT_MS,
      mostWaiting: MOST_BODIES,
    }),
    changing: new Slots({
      most: mostChanges,
      mostOfOne: Math.ceil(mostChanges / 2),
      waitMs: WAIT_TO_CHANGE_MS,
      mostWaiting: MOST_CHANGES_WAITING,
    }),
  });
  app.decorateRequest('leave', null);
  installContinue(app);
}

/** Hook of the routes that take audio: the request waits here while the client still holds its body. */
export async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { bodies } = request.server.admission;
  const leaveBytes = await enterBody(request, reply);
  try {
    const leaveSlot = await bodies.enter(senderOf(request).userId, closedSignal(reply));
    whenClosed(reply, leaveSlot);
    request.leave = () => {
      leaveSlot();
      leaveBytes();
    };
  } catch (error) {
    leaveBytes();
    throw error;
  }
}

/** Tells a client that asks first to send its body only after every check that can refuse the request. */
function installContinue(app: FastifyInstance): void {
  const asked = new WeakSet<IncomingMessage>();
  app.server.on('checkContinue', (request, response) => {
    asked.add(request);
    app.server.emit('request', request, response);
  });
  app.addHook('preParsing', async (request, reply) => {
    if (asked.delete(request.raw)) reply.raw.writeContinue();
  });
  // The client keeps its body in this case, and its next bytes on the connection would be read as that body.
  app.addHook('onSend', async (request, reply) => {
    if (asked.has(request.raw)) reply.header('connection', 'close');
    else if (!request.raw.complete && !reply.raw.shouldKeepAlive) await readAway(request.raw);
  });
}

/**
 * Reads a refused body to its end. Closing a connection with unread bytes resets it, and the client would see a broken
 * network instead of the reason for the refusal.
 */
async function readAway(request: IncomingMessage): Promise<void> {
  request.resume();
  const late = () => new Error(`the rest of a body did not come within ${READ_AWAY_WITHIN_MS} ms`);
  await within([], { ms: READ_AWAY_WITHIN_MS, late }, (signal) =>
    finished(request, { writable: false, signal }),
  ).catch(() => {});
}
