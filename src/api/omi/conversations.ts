/** Omi's routes that read conversations. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../../errors.ts';
import { readConversation } from '../../views/conversations.ts';
import { OmiConversation, OmiSegment, omiSegments } from '../../views/omi/conversation.ts';
import {
  countOmiConversations,
  listOmiConversations,
  type OmiFilter,
  readOmiConversation,
} from '../../views/omi/list.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

/** Omi's own bound for each list of values. */
const MOST_VALUES = 20;

/** ISO 8601; without a zone it is UTC. A plus sign that was not encoded comes as a blank. */
export const Moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    const told = text.trim().replace(/ (?=\d\d:?\d\d$)/, '+');
    const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(told) || !told.includes('T') ? told : `${told}Z`);
    if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'is no ISO 8601 date' });
    return ms;
  });

const filters = {
  sources: z.string().max(1000).optional().describe('Separated by commas, as `omi,phone`'),
  start_date: Moment.optional().describe('The first time that counts'),
  end_date: Moment.optional().describe('The last one'),
  folder_id: z.string().max(100).optional(),
  starred: z.stringbool().optional(),
};

type Filters = z.output<z.ZodObject<typeof filters>> & {
  statuses?: string | undefined;
  include_discarded: boolean;
};

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };

export function omiConversationRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));

    app.get(
      '/v1/conversations',
      {
        schema: {
          tags: ['omi'],
          summary: 'Conversations, the latest first',
          querystring: z.object({
            ...filters,
            include_discarded: z.stringbool().default(true),
            limit: z.coerce.number().int().min(1).max(1000).default(100),
            offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
            statuses: z.string().max(1000).default('').describe('`processing,completed` if it is empty'),
          }),
          response: { 200: z.array(OmiConversation), ...Refusals },
        },
      },
      async (request) => {
        const { limit, offset, ...asked } = request.query;
        const filter = filterOf({ ...asked, statuses: asked.statuses || 'processing,completed' });
        return await listOmiConversations(db, senderOf(request).userId, filter, { limit, offset });
      },
    );

    app.get(
      '/v1/conversations/count',
      {
        schema: {
          tags: ['omi'],
          summary: 'How many conversations there are',
          querystring: z.object({
            ...filters,
            include_discarded: z.stringbool().default(false),
            statuses: z.string().max(1000).optional(),
          }),
          response: {
            200: z
              .object({ count: z.number().int(), sources: z.array(z.string()).optional() })
              .meta({ id: 'OmiCount' }),
            ...Refusals,
          },
        },
      },
      async (request) => {
        const filter = filterOf(request.query);
        const count = await countOmiConversations(db, senderOf(request).userId, filter);
        return { count, ...(filter.sources.length > 0 ? { sources: [...filter.sources] } : {}) };
      },
    );

    app.get(
      '/v1/conversations/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'A conversation with its words',
          description:
            'It answers as long as any words that it ever had are shown: the app takes 404 for gone for good.',
          params: Id,
          response: { 200: OmiConversation, ...Refusals },
        },
      },
      async (request) => {
        const found = await readOmiConversation(db, senderOf(request).userId, request.params.id);
        if (!found) throw notFound();
        return found;
      },
    );

    app.get(
      '/v1/conversations/:id/transcripts',
      {
        schema: {
          tags: ['omi'],
          summary: 'The words of a conversation',
          description: 'They stand under `prerecorded`; the others are empty.',
          params: Id,
          response: { 200: z.record(z.string(), z.array(OmiSegment)), ...Refusals },
        },
      },
      async (request) => {
        const talk = await readConversation(db, senderOf(request).userId, request.params.id);
        if (!talk) throw notFound();
        // The app's parser wants each of the four.
        return { deepgram: [], soniox: [], whisperx: [], speechmatics: [], prerecorded: omiSegments(talk) };
      },
    );
  };
}

function notFound(): AfterwordError {
  return new AfterwordError('not_found', 'Conversation not found');
}

function filterOf(asked: Filters): OmiFilter {
  const { statuses, sources, start_date, end_date, folder_id, starred } = asked;
  const filter = {
    includeDiscarded: asked.include_discarded,
    statuses: valuesOf(statuses, 'statuses'),
    sources: valuesOf(sources, 'sources'),
    fromMs: start_date ?? null,
    toMs: end_date ?? null,
    folderId: folder_id ?? null,
    starred: starred ?? null,
  };
  if (filter.fromMs !== null && filter.toMs !== null && filter.fromMs > filter.toMs)
    throw new AfterwordError('invalid_request', 'start_date must be earlier than or equal to end_date');
  return filter;
}

function valuesOf(text: string | undefined, field: string): string[] {
  const values = (text ?? '').split(',').flatMap((value) => value.trim() || []);
  if (values.length > MOST_VALUES)
    throw new AfterwordError('invalid_request', `${field} accepts at most ${MOST_VALUES} values`);
  return values;
}
