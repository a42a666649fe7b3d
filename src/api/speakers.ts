import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { decideSpeaker, releaseSpeaker, separateSpeaker } from '../speakers/decide.ts';
import { readConversation } from '../views/conversations.ts';
import { changeInTurn } from './change-in-turn.ts';
import { tagged } from './etag.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { ConversationBody, ProblemBody, Separation, SpeakerDecision } from './schemas.ts';
import { senderOf } from './sender.ts';

const Place = z.object({ id: z.string(), speakerId: z.string() });
/** As many ids of segments as a separation may name. */
const MOST_BYTES = 1_000_000;

export function speakerRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  const readBack = async (userId: string, id: string) => {
    const conversation = await readConversation(db, userId, id);
    if (!conversation) throw new AfterwordError('not_found');
    return conversation;
  };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.put(
      '/api/v1/conversations/:id/speakers/:speakerId',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Name a speaker, or say that two speakers are one person',
          description:
            'It outlasts what a provider says of who is who. The conversation is not understood again.',
          params: Place,
          body: SpeakerDecision,
          response: { 200: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id, speakerId } = request.params;
        const at = { conversationId: id, speakerId };
        const { body } = request;
        await changeInTurn(request, reply, 'not_changed', (userId) => decideSpeaker(db, userId, at, body));
        return tagged(reply, await readBack(senderOf(request).userId, id));
      },
    );

    app.post(
      '/api/v1/conversations/:id/speakers/:speakerId/separate',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Say that some of a speaker’s voices are somebody else',
          description:
            'Takes back that two speakers are one person, with the segments that were the other one’s. Nothing changes where all voices of the speaker speak in them.',
          params: Place,
          body: Separation,
          response: { 200: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id, speakerId } = request.params;
        const at = { conversationId: id, speakerId };
        const { body } = request;
        await changeInTurn(request, reply, 'not_changed', (userId) => separateSpeaker(db, userId, at, body));
        return tagged(reply, await readBack(senderOf(request).userId, id));
      },
    );

    app.delete(
      '/api/v1/conversations/:id/speakers/:speakerId',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Undo what you said about a speaker',
          description:
            'The name goes, and each voice is its own again until the provider is next asked who is who, with the next words.',
          params: Place,
          response: { 200: ConversationBody, '4xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const { id, speakerId } = request.params;
        const at = { conversationId: id, speakerId };
        await changeInTurn(request, reply, 'not_changed', (userId) => releaseSpeaker(db, userId, at));
        return tagged(reply, await readBack(senderOf(request).userId, id));
      },
    );
  };
}
