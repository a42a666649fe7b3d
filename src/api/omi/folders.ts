/** Omi's routes for folders: other words for `/api/v1/folders`. */
import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { moveToFolder } from '../../edits/about-conversation.ts';
import { changeFolder, createFolder, deleteFolder, orderFolders } from '../../edits/folders.ts';
import { AfterwordError } from '../../errors.ts';
import { FolderBody, MOST_FOLDERS } from '../../preferences/preferences.ts';
import { type FolderView, readFolders } from '../../views/folders.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { deciderOf } from '../decider.ts';
import type { ApiParts } from '../parts.ts';
import { Id } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeAnyJson } from './any-json.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const MOST_BYTES = 200_000;
const MOST_MOVED = 1000;
/** Nobody knows when a folder was made, and the app's parser wants to. */
const SINCE = new Date(Date.UTC(2024, 0, 1)).toISOString();

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };
const Ok = z.object({ status: z.literal('ok') }).meta({ id: 'OmiFoldersChanged' });

const OmiFolder = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    color: z.string(),
    icon: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    order: z.number().int(),
    is_default: z.boolean(),
    is_system: z.boolean(),
    category_mapping: z.string().nullable(),
    conversation_count: z.number().int(),
  })
  .meta({ id: 'OmiFolder' });

const { name, color, icon } = FolderBody.shape;
const told = {
  description: z.string().max(500).nullish(),
  color: color.unwrap().nullish(),
  icon: icon.unwrap().nullish(),
};
const NewFolder = z
  .object({ name, ...told })
  .meta({ id: 'OmiNewFolder', examples: [{ name: 'Builders', color: '#3B82F6' }] });
const FolderChange = z
  .object({ name: name.nullish(), ...told, order: z.number().int().nullish() })
  .meta({ id: 'OmiFolderChange', examples: [{ name: 'Roof' }] });

export function omiFolderRoutes({ db, defaults }: ApiParts): FastifyPluginAsyncZod {
  const parts = { db, defaults };
  const list = async (userId: string) => (await readFolders(db, userId)).map(toOmi);
  const one = async (userId: string, id: string) => {
    const folder = (await list(userId)).find((known) => known.id === id);
    if (!folder) throw new AfterwordError('not_found', 'Folder not found');
    return folder;
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    app.get(
      '/v1/folders',
      {
        schema: {
          tags: ['omi'],
          summary: 'The folders, in their order',
          response: { 200: z.array(OmiFolder), ...Refusals },
        },
      },
      async (request) => await list(senderOf(request).userId),
    );

    app.get(
      '/v1/folders/:id',
      {
        schema: { tags: ['omi'], summary: 'A folder', params: Id, response: { 200: OmiFolder, ...Refusals } },
      },
      async (request) => await one(senderOf(request).userId, request.params.id),
    );

    app.post(
      '/v1/folders',
      {
        schema: {
          tags: ['omi'],
          summary: 'Make a folder',
          body: NewFolder,
          response: { 200: OmiFolder, ...Refusals },
        },
      },
      async (request, reply) => {
        const folder = FolderBody.parse({ ...without(request.body), id: randomUUID() });
        await changeInTurn(request, reply, 'not_changed', (userId) => createFolder(parts, userId, folder));
        return await one(senderOf(request).userId, folder.id);
      },
    );

    app.patch(
      '/v1/folders/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Change a folder',
          params: Id,
          body: FolderChange,
          response: { 200: OmiFolder, ...Refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { order, ...change } = request.body;
        await changeInTurn(request, reply, 'not_changed', async (userId) => {
          await changeFolder(parts, userId, id, without(change));
          if (order == null) return;
          const ids = (await list(userId)).map((folder) => folder.id).filter((known) => known !== id);
          await orderFolders(parts, userId, ids.toSpliced(Math.max(0, order), 0, id));
        });
        return await one(senderOf(request).userId, id);
      },
    );

    app.delete(
      '/v1/folders/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Delete a folder',
          description: 'Its conversations stay: in another folder, or in none.',
          params: Id,
          querystring: z.object({ move_to_folder_id: z.string().max(64).optional() }),
          response: { 204: z.null(), ...Refusals },
        },
      },
      async (request, reply) => {
        const moveTo = request.query.move_to_folder_id ?? null;
        await changeInTurn(request, reply, 'not_changed', () =>
          deleteFolder(parts, deciderOf(request), request.params.id, { moveTo }),
        );
        return reply.status(204).send(null);
      },
    );

    app.post(
      '/v1/folders/reorder',
      {
        schema: {
          tags: ['omi'],
          summary: 'Order the folders',
          body: z
            .object({ folder_ids: z.array(z.string().max(64)).max(MOST_FOLDERS) })
            .meta({ id: 'OmiFolderOrder', examples: [{ folder_ids: ['work', 'personal'] }] }),
          response: { 200: Ok, ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          orderFolders(parts, userId, request.body.folder_ids),
        );
        return { status: 'ok' as const };
      },
    );

    app.post(
      '/v1/folders/:id/conversations/bulk-move',
      {
        schema: {
          tags: ['omi'],
          summary: 'Put conversations into a folder',
          description: 'Ids of conversations that are not there are passed over.',
          params: Id,
          body: z
            .object({ conversation_ids: z.array(z.string().max(100)).max(MOST_MOVED) })
            .meta({ id: 'OmiBulkMove', examples: [{ conversation_ids: ['cnv_1'] }] }),
          response: {
            200: z
              .object({ status: z.literal('ok'), moved_count: z.number().int() })
              .meta({ id: 'OmiMoved' }),
            ...Refusals,
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await one(senderOf(request).userId, id);
        const moved = await changeInTurn(request, reply, 'not_changed', () =>
          moveToFolder(db, deciderOf(request), request.body.conversation_ids, id),
        );
        return { status: 'ok' as const, moved_count: moved.length };
      },
    );
  };
}

function toOmi(folder: FolderView, order: number): z.infer<typeof OmiFolder> {
  const { id, color: tone, icon: sign, categories, conversationCount } = folder;
  return {
    id,
    name: folder.name,
    description: folder.description || null,
    color: tone,
    icon: sign,
    created_at: SINCE,
    updated_at: SINCE,
    order,
    is_default: order === 0,
    is_system: false,
    category_mapping: categories[0] ?? null,
    conversation_count: conversationCount,
  };
}

/** What is null or missing is left as it is. */
function without<T extends object>(change: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value != null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
