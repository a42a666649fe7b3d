/** Omi's routes that say who speaks: in one segment, in several, and wherever a speaker speaks. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addPerson } from '../../edits/people.ts';
import { changeSegments } from '../../edits/segments.ts';
import { AfterwordError } from '../../errors.ts';
import { OmiConversation } from '../../views/omi/conversation.ts';
import { readOmiConversation } from '../../views/omi/list.ts';
import { listPeople } from '../../views/people.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { deciderOf } from '../decider.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeAnyJson } from './any-json.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const MOST_BYTES = 1_000_000;
const MOST_SEGMENTS = 5000;
/** How the app names segments of old transcripts. */
const BY_PLACE = /^#index:(\d{1,6})$/;
/** The person whose recordings these are; the app has no name for them. */
const OWNER = 'You';

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Assignment = {
  assign_type: z.enum(['is_user', 'person_id']),
  value: z.string().max(100).nullish().describe('`null` takes it back'),
};
const Asked = z.object({ ...Assignment, use_for_speech_training: z.stringbool().optional() });
type Asked = Pick<z.output<typeof Asked>, 'assign_type' | 'value'>;

export function omiAssignRoutes({ db, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const read = async (request: FastifyRequest, id: string) => {
    const found = await readOmiConversation(db, senderOf(request).userId, id);
    if (!found) throw new AfterwordError('not_found', 'Conversation not found');
    return found;
  };
  /** @returns the id of the speaker who is meant; null as it was heard */
  const speakerOf = async (userId: string, { assign_type, value }: Asked): Promise<string | null> => {
    const isNobody = value == null || value === '' || value === 'null';
    if (assign_type === 'person_id') return isNobody ? null : value;
    if (isNobody || value === 'false') return null;
    const owner = (await listPeople(db, userId)).find(({ isOwner }) => isOwner);
    return owner?.id ?? (await addPerson(db, userId, { name: OWNER, isOwner: true }, timeZone));
  };
  const assign = async (
    request: FastifyRequest,
    reply: FastifyReply,
    conversation: OmiConversation,
    ids: readonly string[],
    asked: Asked,
  ): Promise<OmiConversation> => {
    if (ids.length > 0)
      await changeInTurn(request, reply, 'not_changed', async (userId) => {
        const speakerId = await speakerOf(userId, asked);
        return await changeSegments(
          db,
          deciderOf(request),
          conversation.id,
          ids.map((id) => ({ id, speakerId })),
        );
      });
    return await read(request, conversation.id);
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    app.patch(
      '/v1/conversations/:id/segments/:index/assign',
      {
        schema: {
          tags: ['omi'],
          summary: 'Say who speaks in one segment',
          params: z.object({ id: z.string(), index: z.coerce.number().int().catch(-1) }),
          querystring: Asked,
          response: { 200: OmiConversation, ...Refusals },
        },
      },
      async (request, reply) => {
        const conversation = await read(request, request.params.id);
        const segment = conversation.transcript_segments?.[request.params.index];
        if (!segment) throw new AfterwordError('not_found', 'Segment not found');
        return await assign(request, reply, conversation, [segment.id], request.query);
      },
    );

    app.patch(
      '/v1/conversations/:id/assign-speaker/:speaker',
      {
        schema: {
          tags: ['omi'],
          summary: 'Say who a speaker of a conversation is',
          params: z.object({ id: z.string(), speaker: z.coerce.number().int().catch(-1) }),
          querystring: Asked,
          response: { 200: OmiConversation, ...Refusals },
        },
      },
      async (request, reply) => {
        const conversation = await read(request, request.params.id);
        const segments = conversation.transcript_segments ?? [];
        const ids = segments.flatMap(({ id, speaker_id }) =>
          speaker_id === request.params.speaker ? id : [],
        );
        return await assign(request, reply, conversation, ids, request.query);
      },
    );

    app.patch(
      '/v1/conversations/:id/segments/assign-bulk',
      {
        schema: {
          tags: ['omi'],
          summary: 'Say who speaks in several segments',
          params: Id,
          body: z
            .object({ ...Assignment, segment_ids: z.array(z.string().max(200)).max(MOST_SEGMENTS) })
            .meta({
              id: 'OmiBulkAssignment',
              examples: [{ segment_ids: ['rec_1:4000.4000'], assign_type: 'is_user', value: 'true' }],
            }),
          response: { 200: OmiConversation, ...Refusals },
        },
      },
      async (request, reply) => {
        const conversation = await read(request, request.params.id);
        const segments = conversation.transcript_segments ?? [];
        const known = new Set(segments.map(({ id }) => id));
        const wanted = request.body.segment_ids.map((id) => {
          const [, place] = BY_PLACE.exec(id) ?? [];
          return place === undefined ? id : (segments[Number(place)]?.id ?? id);
        });
        const unknown = wanted.filter((id) => !known.has(id));
        if (unknown.length > 0)
          return reply.status(409).send({
            detail: `Unable to resolve transcript segment assignment target(s): ${unknown.slice(0, 10).join(', ')}`,
          });
        return await assign(request, reply, conversation, [...new Set(wanted)], request.body);
      },
    );
  };
}
