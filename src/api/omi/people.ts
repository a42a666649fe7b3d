/** Omi's routes for people: other words for `/api/v1/people`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addPerson, changePerson, removePerson } from '../../edits/people.ts';
import { AfterwordError } from '../../errors.ts';
import { listPeople, type PersonView } from '../../views/people.ts';
import { changeInTurn } from '../change-in-turn.ts';
import type { ApiParts } from '../parts.ts';
import { Id, Name } from '../schemas.ts';
import { senderOf } from '../sender.ts';
import { takeAnyJson } from './any-json.ts';
import { OmiRefusal } from './job.ts';
import { sendReadDetail } from './refusal.ts';

const MOST_BYTES = 10_000;

const Refusals = { '4xx': OmiRefusal, '5xx': OmiRefusal };

const OmiPerson = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: z.iso.datetime().nullable(),
    updated_at: z.iso.datetime().nullable(),
    speech_samples: z.array(z.never()).describe('None: voices are not recognised by samples'),
    speech_sample_transcripts: z.array(z.never()),
    speech_samples_version: z.number().int(),
  })
  .meta({ id: 'OmiPerson' });

const Samples = z.object({ include_speech_samples: z.stringbool().optional() });

export function omiPeopleRoutes({ db, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const one = async (userId: string, id: string) => {
    const [person] = await listPeople(db, userId, id);
    if (!person) throw new AfterwordError('not_found', 'Person not found');
    return toOmi(person);
  };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendReadDetail(request, reply, error));
    takeAnyJson(app, MOST_BYTES);

    app.get(
      '/v1/users/people',
      {
        schema: {
          tags: ['omi'],
          summary: 'The people whom the person has added or named',
          querystring: Samples,
          response: { 200: z.array(OmiPerson), ...Refusals },
        },
      },
      async (request) => {
        const people = await listPeople(db, senderOf(request).userId);
        // The app has its own word for the one whose recordings these are.
        return people.filter(({ isOwner }) => !isOwner).map(toOmi);
      },
    );

    app.get(
      '/v1/users/people/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'A person',
          params: Id,
          querystring: Samples,
          response: { 200: OmiPerson, ...Refusals },
        },
      },
      async (request) => await one(senderOf(request).userId, request.params.id),
    );

    app.post(
      '/v1/users/people',
      {
        schema: {
          tags: ['omi'],
          summary: 'Add a person',
          body: z.object({ name: Name }).meta({ id: 'OmiNewPerson', examples: [{ name: 'Anna' }] }),
          response: { 200: OmiPerson, ...Refusals },
        },
      },
      async (request, reply) => {
        const { name } = request.body;
        const id = await changeInTurn(request, reply, 'not_changed', (userId) =>
          addPerson(db, userId, { name }, timeZone),
        );
        return await one(senderOf(request).userId, id);
      },
    );

    app.patch(
      '/v1/users/people/:id/name',
      {
        schema: {
          tags: ['omi'],
          summary: 'Rename a person',
          params: Id,
          querystring: z.object({ value: Name }),
          response: { 200: z.object({ status: z.literal('ok') }).meta({ id: 'OmiRenamed' }), ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          changePerson(db, userId, request.params.id, { name: request.query.value }),
        );
        return { status: 'ok' as const };
      },
    );

    app.delete(
      '/v1/users/people/:id',
      {
        schema: {
          tags: ['omi'],
          summary: 'Forget a person',
          params: Id,
          response: { 204: z.null(), ...Refusals },
        },
      },
      async (request, reply) => {
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          removePerson(db, userId, request.params.id),
        );
        return reply.status(204).send(null);
      },
    );
  };
}

function toOmi({ id, name, createdAtMs, updatedAtMs }: PersonView): z.infer<typeof OmiPerson> {
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    id,
    name,
    created_at: iso(createdAtMs),
    updated_at: iso(updatedAtMs),
    speech_samples: [],
    speech_sample_transcripts: [],
    speech_samples_version: 3,
  };
}
