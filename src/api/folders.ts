/** Folders: what there is, in which order, and which conversations lie in them. */
import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { moveToFolder } from '../edits/about-conversation.ts';
import {
  changeFolder,
  createFolder,
  deleteFolder,
  type FoldersPrecondition,
  orderFolders,
} from '../edits/folders.ts';
import { AfterwordError } from '../errors.ts';
import { FolderBody, MOST_FOLDERS } from '../preferences/preferences.ts';
import { FoldersBody, readFolders } from '../views/folders.ts';
import { changeInTurn } from './change-in-turn.ts';
import { deciderOf } from './decider.ts';
import { etagOf, matcherOf } from './etag.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 200_000;
const MOST_MOVED = 1000;

const NewFolder = z
  .strictObject({ ...FolderBody.shape, id: FolderBody.shape.id.optional().describe('Made up if left out') })
  .meta({ id: 'NewFolder', examples: [{ name: 'Builders', color: '#3B82F6' }] });

const { name, color, icon, description, categories } = FolderBody.shape;
const FolderChange = z
  .strictObject({
    name: name.optional(),
    description: description.unwrap().optional(),
    color: color.unwrap().optional(),
    icon: icon.unwrap().optional(),
    categories: categories.unwrap().optional(),
  })
  .meta({ id: 'FolderChange', examples: [{ name: 'Roof' }] });

const Order = z
  .strictObject({ ids: z.array(z.string().max(64)).max(MOST_FOLDERS) })
  .meta({ id: 'FolderOrder', examples: [{ ids: ['work', 'personal'] }] });

const Moved = z
  .strictObject({ conversationIds: z.array(z.string().max(100)).min(1).max(MOST_MOVED) })
  .meta({ id: 'FolderMove', examples: [{ conversationIds: ['cnv_1', 'cnv_2'] }] });

const MovedBody = z.object({ conversationIds: z.array(z.string()).describe('Those that are in it now') });
const Elsewhere = z.object({
  moveTo: z
    .string()
    .max(64)
    .optional()
    .describe('The folder to which its conversations go; none if left out'),
});

export function folderRoutes({ db, defaults }: ApiParts): FastifyPluginAsyncZod {
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const tags = ['person'];
  const parts = { db, defaults };
  return async (app) => {
    takeJson(app, MOST_BYTES);
    const all = async (userId: string) => ({ folders: await readFolders(db, userId) });
    // The counts of conversations are no part of what is changed.
    const tagOf = ({ folders }: { folders: readonly object[] }) =>
      etagOf(folders.map((folder) => ({ ...folder, conversationCount: undefined })));
    const unchanged = (given: string | undefined): FoldersPrecondition => {
      const matches = matcherOf(given);
      return (folders) => {
        if (!matches(tagOf({ folders }))) throw new AfterwordError('changed_meanwhile');
      };
    };

    app.get(
      '/api/v1/folders',
      {
        schema: {
          tags,
          summary: 'The folders, in their order',
          description: 'Whoever has made none has those of Omi’s app.',
          response: { 200: FoldersBody, ...refused },
        },
      },
      async (request, reply) => {
        const folders = await all(senderOf(request).userId);
        return reply.header('etag', tagOf(folders)).send(folders);
      },
    );

    app.post(
      '/api/v1/folders',
      {
        schema: {
          tags,
          summary: 'Make a folder, as the last one',
          body: NewFolder,
          response: { 201: FoldersBody, ...refused },
        },
      },
      async (request, reply) => {
        const folder = { ...request.body, id: request.body.id ?? randomUUID() };
        await changeInTurn(request, reply, 'not_changed', (userId) => createFolder(parts, userId, folder));
        const folders = await all(senderOf(request).userId);
        return reply
          .status(201)
          .header('location', `/api/v1/folders/${folder.id}`)
          .header('etag', tagOf(folders))
          .send(folders);
      },
    );

    app.patch(
      '/api/v1/folders/:id',
      {
        schema: {
          tags,
          summary: 'Change a folder',
          description:
            'With the ETag of the list in `If-Match` it is refused with 412 where the list has changed.',
          params: Id,
          body: FolderChange,
          response: { 200: FoldersBody, ...refused },
        },
      },
      async (request, reply) => {
        const change = Object.fromEntries(
          Object.entries(request.body).filter(([, value]) => value !== undefined),
        );
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          changeFolder(parts, userId, request.params.id, change, unchanged(request.headers['if-match'])),
        );
        const folders = await all(senderOf(request).userId);
        return reply.header('etag', tagOf(folders)).send(folders);
      },
    );

    app.put(
      '/api/v1/folders/order',
      {
        schema: {
          tags,
          summary: 'Order the folders',
          description: 'Folders that are not named keep their order behind the others.',
          body: Order,
          response: { 200: FoldersBody, ...refused },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          orderFolders(parts, userId, request.body.ids, unchanged(request.headers['if-match'])),
        );
        const folders = await all(senderOf(request).userId);
        return reply.header('etag', tagOf(folders)).send(folders);
      },
    );

    app.delete(
      '/api/v1/folders/:id',
      {
        schema: {
          tags,
          summary: 'Delete a folder',
          description: 'Its conversations stay: in `moveTo`, or in no folder.',
          params: Id,
          querystring: Elsewhere,
          response: { 204: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { moveTo = null } = request.query;
        const require = unchanged(request.headers['if-match']);
        await changeInTurn(request, reply, 'not_changed', () =>
          deleteFolder(parts, deciderOf(request), request.params.id, { moveTo, require }),
        );
        return reply.status(204).send(null);
      },
    );

    app.post(
      '/api/v1/folders/:id/conversations',
      {
        schema: {
          tags,
          summary: 'Put conversations into a folder',
          description: 'Ids of conversations that are not there are passed over.',
          params: Id,
          body: Moved,
          response: { 200: MovedBody, ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { folders } = await all(senderOf(request).userId);
        if (!folders.some((folder) => folder.id === id)) throw new AfterwordError('not_found');
        const conversationIds = await changeInTurn(request, reply, 'not_changed', () =>
          moveToFolder(db, deciderOf(request), request.body.conversationIds, id),
        );
        return { conversationIds };
      },
    );
  };
}
