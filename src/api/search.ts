import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import type { Place } from '../search/find.ts';
import { parseQuery, type Term } from '../search/query.ts';
import { isPossibleId } from '../text.ts';
import { searchConversations } from '../views/search.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody, SearchPage } from './schemas.ts';
import { senderOf } from './sender.ts';

const LONGEST_QUERY = 400;

const Time = z.coerce.number().pipe(EpochMs);
const ofOne = (what: string) => z.string().min(1).max(100).optional().describe(what);

const Asked = z.object({
  q: z
    .string()
    .max(LONGEST_QUERY)
    .describe('Words that are all in the conversation, "a phrase", -without, begin*')
    .meta({ examples: ['budget "kitchen window" -paint'] }),
  from: Time.optional().describe('Only words spoken from then on: UTC epoch milliseconds'),
  to: Time.optional().describe('Only words spoken before then'),
  speaker: ofOne('Only words of this speaker, by id'),
  folder: ofOne('Only conversations in this folder, by id'),
  include: z
    .literal('discarded')
    .optional()
    .describe('Conversations too that hold a few words of filler only'),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z.string().max(300).optional().describe('`nextCursor` of the page before'),
});

export function searchRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/search',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Conversations in which these words were said, the best and latest first',
          description:
            'Words are found in what was said, in titles and in summaries: in other forms too, in the languages that were spoken, and without their accents. docs/search.md says how it is ranked.',
          querystring: Asked,
          response: { 200: SearchPage, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const { q, from, to, speaker, folder, include, limit, cursor } = request.query;
        const place = cursor === undefined ? null : readCursor(cursor);
        const nowMs = place?.nowMs ?? Date.now();
        const { next, ...answer } = await searchConversations(db, senderOf(request).userId, termsOf(q), {
          fromMs: from ?? null,
          toMs: to ?? null,
          speakerId: speaker ?? null,
          folderId: folder ?? null,
          includeDiscarded: include === 'discarded',
          limit,
          after: place,
          offset: 0,
          nowMs,
        });
        return { ...answer, nextCursor: next && writeCursor(next, nowMs) };
      },
    );
  };
}

/** @throws AfterwordError `invalid_request` */
function termsOf(text: string): Term[] {
  const query = parseQuery(text);
  if ('mistake' in query) throw new AfterwordError('invalid_request', query.mistake);
  return query.terms;
}

function writeCursor({ score, startedAtMs, id }: Place, nowMs: number): string {
  return [nowMs, score, startedAtMs, id].join('~');
}

/** @throws AfterwordError `invalid_request` */
function readCursor(cursor: string): Place & { nowMs: number } {
  const [, nowMs, score, startedAtMs, id = ''] =
    /^(\d{1,15})~(\d{1,15})~(-?\d{1,15})~(.+)$/.exec(cursor) ?? [];
  if (nowMs === undefined || !isPossibleId(id))
    throw new AfterwordError('invalid_request', 'The cursor is not one of ours.');
  return { nowMs: Number(nowMs), score: Number(score), startedAtMs: Number(startedAtMs), id };
}
