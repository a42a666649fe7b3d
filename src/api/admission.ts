/**
 * Who may bring audio is decided before a byte of it is read, by what is free. Whoever is sent away with 503 has left
 * nothing here, and has not sent for nothing if they asked first (`Expect: 100-continue`).
 */
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { closedSignal } from './prefer.ts';
import { senderOf } from './sender.ts';
import { Slots } from './slots.ts';

declare module 'fastify' {
  interface FastifyInstance {
    admission: Admission;
  }
  interface FastifyRequest {
    /** Gives the slot back that the request was admitted to. */
    leave: (() => void) | null;
  }
}

/** Each has an open file, and at most 5 MB of a body in memory where it goes to a bucket: 1 GB at the worst. */
const MOST_BODIES = 200;
/** Of 1,000 uploads in a second each waits this long at the most; phones give up after a minute. */
const WAIT_FOR_BODY_MS = 5_000;
/** A connection that waits costs some 20 kB: 40 MB. */
const MOST_WAITING = 2_000;
/** A body that is stored is worth a longer wait: it would have to be sent again. */
const WAIT_TO_ACCEPT_MS = 60_000;
/** A placing holds its person's timeline for seconds; a program that deletes asks again. */
const WAIT_TO_CHANGE_MS = 10_000;
/** A request that waits costs some 20 kB, and a list of things to delete is seldom longer. */
const MOST_CHANGES_WAITING = 500;
/** Longer than a phone's network needs for what is on its way already; a client that sends on for ever is cut off. */
const READ_AWAY_WITHIN_MS = 10_000;

interface Admission {
  bodies: Slots;
  /** Transactions that accept. They use half of the database's connections: reads go on beside them. */
  accepting: Slots;
  /**
   * Transactions that delete or change, and may wait for their person's work. They use a quarter of the connections, and
   * one person half of that: otherwise those that wait beside one lock would take what reads and others need.
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

/** Hook of the routes that take audio: the request waits here while its body is still the client's. */
export async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { bodies } = request.server.admission;
  const leave = await bodies.enter(senderOf(request).userId, closedSignal(reply));
  request.leave = leave;
  reply.raw.once('close', leave);
}

/** Tells a client that asks first to go on only when its request has passed all that can refuse it. */
function installContinue(app: FastifyInstance): void {
  const asked = new WeakSet<IncomingMessage>();
  app.server.on('checkContinue', (request, response) => {
    asked.add(request);
    app.server.emit('request', request, response);
  });
  app.addHook('preParsing', async (request, reply) => {
    if (asked.delete(request.raw)) reply.raw.writeContinue();
  });
  // The client keeps its body then, and what it sends next would be taken for it.
  app.addHook('onSend', async (request, reply) => {
    if (asked.has(request.raw)) reply.header('connection', 'close');
    else if (!request.raw.complete && !reply.raw.shouldKeepAlive) await readAway(request.raw);
  });
}

/**
 * Reads a refused body to its end. A connection that is closed while bytes of its client lie unread is reset, and the
 * client sees a broken network where it should see why it was refused.
 */
async function readAway(request: IncomingMessage): Promise<void> {
  request.resume();
  await finished(request, { writable: false, signal: AbortSignal.timeout(READ_AWAY_WITHIN_MS) }).catch(
    () => {},
  );
}
