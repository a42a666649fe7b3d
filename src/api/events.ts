import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import type { EventFeed } from '../events/feed.ts';
import { canReplay } from '../events/read.ts';
import type { StreamTokens } from '../events/token.ts';
import type { Doors } from '../sign-in/doors.ts';
import {
  endOfUpload,
  type Snapshot,
  snapshotOfConversation,
  snapshotOfPerson,
  snapshotOfUpload,
} from '../views/snapshots.ts';
import { type Subject, stream } from './event-stream.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const Opening = z.object({
  lastEventId: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('For whoever cannot send the header `Last-Event-ID`, which overrules this'),
  token: z.string().max(2_000).optional().describe('From `POST /api/v1/events/token`, instead of headers'),
  padding: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_536)
    .default(0)
    .describe('Bytes of comment after each batch of events, for a proxy that hands on full buffers only'),
});

const TokenBody = z.object({ token: z.string(), expiresAtMs: EpochMs }).meta({ id: 'StreamToken' });

const STREAM =
  'Server-sent events, in the order of their numbers, each with its number as the id. `Last-Event-ID` replays exactly what ' +
  'was missed; without it, or where that is not kept any more, the first event is a `snapshot`. See docs/events.md.';
const response = { 200: z.string().describe('text/event-stream'), '4xx': ProblemBody, '5xx': ProblemBody };
const produces = ['text/event-stream'];

interface Streaming {
  feed: EventFeed;
  tokens: StreamTokens;
  doors: Doors;
}

export function eventRoutes({ db }: ApiParts, { feed, tokens, doors }: Streaming): FastifyPluginAsyncZod {
  async function open(
    request: FastifyRequest<{ Querystring: z.infer<typeof Opening> }>,
    reply: FastifyReply,
    subject: Subject,
  ): Promise<FastifyReply> {
    const given = cursorOf(request);
    const after = given !== null && (await canReplay(db, subject.userId, given)) ? given : null;
    await stream({ feed, doors }, request, reply, subject, { after, padding: request.query.padding });
    return reply;
  }

  /** The schema of a stream about one thing, which ends with it. */
  const ofOne = (summary: string, end: string) => ({
    // A HEAD would wait for the end of the stream.
    exposeHeadRoute: false,
    schema: {
      tags: ['events'],
      summary,
      description: `${STREAM} The stream ends ${end}; whoever comes back then gets 204.`,
      params: Id,
      querystring: Opening,
      produces,
      response: { ...response, 204: z.null() },
    },
  });

  return async (app) => {
    app.get(
      '/api/v1/events',
      {
        // A HEAD would wait for the end of the stream.
        exposeHeadRoute: false,
        schema: {
          tags: ['events'],
          summary: 'All events of the person, as they happen',
          description: STREAM,
          querystring: Opening,
          produces,
          response,
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const snapshot = async () => await snapshotOfPerson(db, userId);
        return await open(request, reply, { userId, wanted: () => true, snapshot, ends: () => false });
      },
    );

    app.get(
      '/api/v1/uploads/:id/events',
      ofOne('The events of one upload, until it is done', 'after `upload.done`'),
      async (request, reply) => {
        const { userId } = senderOf(request);
        const { id } = request.params;
        const end = await endOfUpload(db, userId, id);
        if (end === undefined) throw new AfterwordError('not_found');
        const cursor = cursorOf(request);
        if (end !== null && cursor !== null && cursor >= end) return await reply.status(204).send(null);
        return await open(request, reply, {
          userId,
          wanted: ({ uploadIds }) => uploadIds.includes(id),
          snapshot: async () => known(await snapshotOfUpload(db, userId, id)),
          ends: ({ type, uploadIds }) => type === 'upload.done' && uploadIds.includes(id),
        });
      },
    );

    app.get(
      '/api/v1/conversations/:id/events',
      ofOne('The events of one conversation', 'when it is merged or deleted'),
      async (request, reply) => {
        const { userId } = senderOf(request);
        const { id } = request.params;
        const now = known(await snapshotOfConversation(db, userId, id));
        // Nothing comes after its end, so whoever has seen an event of it has seen enough of a merged one.
        if (now.isOver && cursorOf(request) !== null && (await isSeen(userId, id, cursorOf(request) ?? 0)))
          return await reply.status(204).send(null);
        return await open(request, reply, {
          userId,
          wanted: ({ conversationId }) => conversationId === id,
          snapshot: async () => known(await snapshotOfConversation(db, userId, id)),
          ends: ({ type }) => type === 'conversation.merged' || type === 'conversation.deleted',
        });
      },
    );

    app.post(
      '/api/v1/events/token',
      {
        schema: {
          tags: ['events'],
          summary: 'A token that opens event streams for a minute, for clients that cannot send headers',
          response: { 200: TokenBody, '4xx': ProblemBody },
        },
      },
      async (request) => await tokens.issue({ userId: senderOf(request).userId, doors: request.doors ?? [] }),
    );
  };

  /** Whether nothing of this conversation comes after the number. */
  async function isSeen(userId: string, conversationId: string, after: number): Promise<boolean> {
    const next = await db
      .selectFrom('events')
      .select('number')
      .where('user_id', '=', userId)
      .where('conversation_id', '=', conversationId)
      .where('number', '>', after)
      .limit(1)
      .executeTakeFirst();
    return next === undefined;
  }
}

/** @throws AfterwordError `not_found` */
function known(snapshot: Snapshot | null): Snapshot {
  if (!snapshot) throw new AfterwordError('not_found');
  return snapshot;
}

/** The header wins, since a browser that comes back by itself sends it beside the address with which it began. */
function cursorOf(request: FastifyRequest<{ Querystring: z.infer<typeof Opening> }>): number | null {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  return request.query.lastEventId ?? null;
}
