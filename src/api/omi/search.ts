/** Omi's search of conversations: other words for `GET /api/v1/search`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { parseQuery } from '../../search/query.ts';
import { OmiConversation } from '../../views/omi/conversation.ts';
import { countOmiConversations, listOmiConversations, readOmiSummaries } from '../../views/omi/list.ts';
import { searchConversations } from '../../views/search.ts';
import { takeJson } from '../json-body.ts';
import type { ApiParts } from '../parts.ts';
import { senderOf } from '../sender.ts';
import { Moment } from './conversations.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const MOST_BYTES = 20_000;
const LONGEST_QUERY = 400;

const Asked = z.object({
  query: z
    .string()
    .max(10_000)
    .default('')
    .describe('Words as for `GET /api/v1/search`; without any, all conversations'),
  page: z.int().min(1).max(100_000).nullish(),
  per_page: z.int().min(1).max(250).nullish(),
  include_discarded: z.boolean().nullish(),
  start_date: Moment.nullish(),
  end_date: Moment.nullish(),
  speaker_id: z.string().max(100).nullish().describe('Of a person'),
});

const OmiSearchPage = z
  .object({
    items: z.array(OmiConversation),
    total_pages: z.int(),
    current_page: z.int(),
    per_page: z.int(),
  })
  .meta({ id: 'OmiSearchPage' });

export function omiSearchRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeJson(app, MOST_BYTES);

    app.post(
      '/v1/conversations/search',
      {
        schema: {
          tags: ['omi'],
          summary: 'Conversations in which these words were said, the best and latest first',
          body: Asked,
          response: { 200: OmiSearchPage, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request) => {
        const { query, page, per_page, start_date, end_date, speaker_id } = request.body;
        const { userId } = senderOf(request);
        const includeDiscarded = request.body.include_discarded ?? true;
        const [current_page, limit] = [page ?? 1, per_page ?? 10];
        const offset = (current_page - 1) * limit;
        const [fromMs, toMs] = [start_date ?? null, end_date ?? null];
        // Whatever is typed is looked for: an error would stand in the place of the list.
        const parsed = parseQuery(query.slice(0, LONGEST_QUERY).toWellFormed());
        const answer = (items: OmiConversation[], total: number) => ({
          items,
          total_pages: Math.ceil(total / limit),
          current_page,
          per_page: limit,
        });
        if ('mistake' in parsed) {
          const filter = {
            includeDiscarded,
            statuses: [],
            sources: [],
            folderId: null,
            starred: null,
            fromMs,
            toMs,
          };
          const items = await listOmiConversations(db, userId, filter, { limit, offset });
          return answer(items, await countOmiConversations(db, userId, filter));
        }
        const found = await searchConversations(db, userId, parsed.terms, {
          fromMs,
          // The app's last day counts.
          toMs: toMs === null ? null : toMs + 1,
          speakerId: speaker_id ?? null,
          folderId: null,
          includeDiscarded,
          limit,
          after: null,
          offset,
          nowMs: Date.now(),
        });
        const ids = found.results.map(({ conversation }) => conversation.id);
        return answer(await readOmiSummaries(db, userId, ids), found.total);
      },
    );
  };
}
