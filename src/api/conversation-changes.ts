/** What people change about their conversations: title, summary, star, folder, borders. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { changeConversation } from '../edits/about-conversation.ts';
import { mergeConversations, splitConversation } from '../edits/borders.ts';
import { changeEvents } from '../edits/events.ts';
import { reprocessConversation } from '../edits/reprocess.ts';
import { changeSegments } from '../edits/segments.ts';
import { AfterwordError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { readConversation } from '../views/conversations.ts';
import { changeInTurn } from './change-in-turn.ts';
import { deciderOf } from './decider.ts';
import { ifMatch, tagged } from './etag.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { ConversationBody, Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 1_000_000;
/** As long as a summary of a whole day may be. */
const LONGEST_OVERVIEW = 20_000;
const MOST_MERGED = 100;
const MOST_SEGMENTS = 1000;

const ConversationChange = z
  .strictObject({
    title: z
      .string()
      .trim()
      .max(500)
      .nullable()
      .optional()
      .describe('null or nothing but blanks: the title that was made is shown again'),
    overview: z
      .string()
      .trim()
      .max(LONGEST_OVERVIEW)
      .nullable()
      .optional()
      .describe('null or nothing but blanks: the summary that was made is shown again'),
    starred: z.boolean().optional(),
    visibility: z.enum(['private', 'shared', 'public']).optional(),
    folder: z.string().max(64).nullable().optional().describe('The id of a folder; null: in none'),
    kept: z.boolean().optional().describe('true: it stays in lists although it holds a few words only'),
  })
  .meta({
    id: 'ConversationChange',
    examples: [{ title: 'Roof of the old mill', starred: true }, { title: null }],
  });

const SplitAt = z
  .union([
    z.strictObject({ segmentId: z.string().max(200).describe('The first segment of the second part') }),
    z.strictObject({ atMs: z.int().min(0).describe('UTC epoch, milliseconds') }),
  ])
  .meta({ id: 'SplitAt', examples: [{ segmentId: 'rec_1:4000.4000' }, { atMs: 1_774_000_060_000 }] });

const Merge = z
  .strictObject({ conversationIds: z.array(z.string().max(100)).min(2).max(MOST_MERGED) })
  .meta({ id: 'Merge', examples: [{ conversationIds: ['cnv_1', 'cnv_2'] }] });

const CORRECTION = {
  text: z
    .string()
    .trim()
    .max(10_000)
    .nullable()
    .optional()
    .describe('What was really said; null: as it was heard'),
  speakerId: z
    .string()
    .max(100)
    .nullable()
    .optional()
    .describe('A speaker, or a person from /api/v1/people; null: the speaker of the voice'),
};

const SegmentChange = z
  .strictObject(CORRECTION)
  .meta({ id: 'SegmentChange', examples: [{ text: 'We mend the roof.' }, { speakerId: 'per_1' }] });

const SegmentChanges = z
  .strictObject({
    segments: z
      .array(z.strictObject({ id: z.string().max(200), ...CORRECTION }))
      .min(1)
      .max(MOST_SEGMENTS),
  })
  .meta({ id: 'SegmentChanges', examples: [{ segments: [{ id: 'rec_1:0.0', speakerId: 'per_1' }] }] });

const EventChanges = z
  .strictObject({
    events: z
      .array(
        z.strictObject({
          place: z.int().min(0).max(1000).describe('In `events` of the conversation, from 0'),
          added: z.boolean().describe('It lies in a calendar of yours'),
        }),
      )
      .min(1)
      .max(100),
  })
  .meta({ id: 'EventChanges', examples: [{ events: [{ place: 0, added: true }] }] });

const SegmentPlace = z.object({ id: z.string(), segmentId: z.string() });

const IF_MATCH =
  'With the ETag of the conversation in `If-Match` it is refused with 412 where the conversation has changed since it was read.';

/** @throws AfterwordError `not_found` */
async function readBack(db: Database, userId: string, id: string) {
  const conversation = await readConversation(db, userId, id);
  if (!conversation) throw new AfterwordError('not_found');
  return conversation;
}

export function conversationChangeRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.patch(
      '/api/v1/conversations/:id',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Change title, summary, star, visibility or folder of a conversation',
          description: `What you decide stays, whatever words come and whatever is made of them later. ${IF_MATCH}`,
          params: Id,
          body: ConversationChange,
          response: { 200: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          changeConversation(db, deciderOf(request), request.params.id, request.body, unchanged),
        );
        return tagged(reply, await readBack(db, userId, id));
      },
    );

    app.patch(
      '/api/v1/conversations/:id/segments',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Correct words or speakers of several segments',
          description: `All of them or none. A correction stays with its sound, also if that is transcribed again. ${IF_MATCH}`,
          params: Id,
          body: SegmentChanges,
          response: { 200: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const { segments } = request.body;
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          changeSegments(db, deciderOf(request), request.params.id, segments, unchanged),
        );
        return tagged(reply, await readBack(db, userId, id));
      },
    );

    app.patch(
      '/api/v1/conversations/:id/segments/:segmentId',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Correct the words or the speaker of a segment',
          description: `A correction stays with its sound, also if that is transcribed again. ${IF_MATCH}`,
          params: SegmentPlace,
          body: SegmentChange,
          response: { 200: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const change = { ...request.body, id: request.params.segmentId };
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          changeSegments(db, deciderOf(request), request.params.id, [change], unchanged),
        );
        return tagged(reply, await readBack(db, userId, id));
      },
    );

    app.patch(
      '/api/v1/conversations/:id/events',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Note which events of a conversation you have put into a calendar',
          description: `It stays when the conversation is understood again. ${IF_MATCH}`,
          params: Id,
          body: EventChanges,
          response: { 200: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          changeEvents(db, deciderOf(request), request.params.id, request.body.events, unchanged),
        );
        return tagged(reply, await readBack(db, userId, id));
      },
    );

    app.post(
      '/api/v1/conversations/:id/split',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Split a conversation in two',
          description: `The first part keeps the id. Title and summary of both are made anew; what you have decided goes with the part that holds its first words. ${IF_MATCH}`,
          params: Id,
          body: SplitAt,
          response: { 200: z.object({ before: ConversationBody, after: ConversationBody }), ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const { before, after } = await changeInTurn(request, reply, 'not_changed', () =>
          splitConversation(db, deciderOf(request), request.params.id, request.body, unchanged),
        );
        return { before: await readBack(db, userId, before), after: await readBack(db, userId, after) };
      },
    );

    app.post(
      '/api/v1/conversations/merge',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Merge conversations into the earliest of them',
          description:
            'The other ids lead to it from then on. Conversations that lie between them stay what they are. Of what you have decided about them the latest counts.',
          body: Merge,
          response: { 200: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const { conversationIds } = request.body;
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          mergeConversations(db, deciderOf(request), conversationIds),
        );
        return tagged(reply, await readBack(db, userId, id));
      },
    );

    app.post(
      '/api/v1/conversations/:id/reprocess',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Make title, summary and tasks of a conversation anew',
          description: `What you have decided stays. A conversation that is \`settling\` is made anew already. ${IF_MATCH}`,
          params: Id,
          response: { 202: ConversationBody, ...refused },
        },
      },
      async (request, reply) => {
        const { userId } = senderOf(request);
        const unchanged = ifMatch(request, (tx, id) => readConversation(tx, userId, id));
        const id = await changeInTurn(request, reply, 'not_changed', () =>
          reprocessConversation(db, userId, request.params.id, unchanged),
        );
        return reply.status(202).send(tagged(reply, await readBack(db, userId, id)));
      },
    );
  };
}
