/** People: whom somebody has added or named, to say who speaks. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addPerson, changePerson, removePerson } from '../edits/people.ts';
import { AfterwordError } from '../errors.ts';
import { listPeople, PeopleBody, PersonBody } from '../views/people.ts';
import { changeInTurn } from './change-in-turn.ts';
import { changeOfOne, tagged } from './etag.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, Name, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 10_000;

const isOwner = z.boolean().optional().describe('It is you: one person at most');
const NewPerson = z
  .strictObject({ name: Name, isOwner })
  .meta({ id: 'NewPerson', examples: [{ name: 'Anna' }, { name: 'Me', isOwner: true }] });
const PersonChange = z
  .strictObject({ name: Name.optional(), isOwner })
  .meta({ id: 'PersonChange', examples: [{ name: 'Anna B.' }] });

export function peopleRoutes({ db, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const tags = ['person'];
  const read = async (from: typeof db, userId: string, id: string) => {
    const [person] = await listPeople(from, userId, id);
    if (!person) throw new AfterwordError('not_found');
    return person;
  };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/people',
      {
        schema: {
          tags,
          summary: 'The people whom you have added or named',
          response: { 200: PeopleBody, ...refused },
        },
      },
      async (request, reply) => tagged(reply, { people: await listPeople(db, senderOf(request).userId) }),
    );

    app.post(
      '/api/v1/people',
      {
        schema: {
          tags,
          summary: 'Add a person',
          description: 'Adding the same name again answers with the person who is there.',
          body: NewPerson,
          response: { 201: PersonBody, ...refused },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const id = await changeInTurn(request, reply, 'not_changed', (userId) =>
          addPerson(db, userId, body, timeZone),
        );
        const person = tagged(reply, await read(db, senderOf(request).userId, id));
        return reply.status(201).header('location', `/api/v1/people/${id}`).send(person);
      },
    );

    app.get(
      '/api/v1/people/:id',
      { schema: { tags, summary: 'A person', params: Id, response: { 200: PersonBody, ...refused } } },
      async (request, reply) => tagged(reply, await read(db, senderOf(request).userId, request.params.id)),
    );

    app.patch(
      '/api/v1/people/:id',
      {
        schema: {
          tags,
          summary: 'Rename a person, or say that it is you',
          description:
            'With the ETag of the person in `If-Match` it is refused with 412 where that has changed.',
          params: Id,
          body: PersonChange,
          response: { 200: PersonBody, ...refused },
        },
      },
      async (request, reply) => {
        const { id, userId, unchanged } = changeOfOne(request, read);
        await changeInTurn(request, reply, 'not_changed', () =>
          changePerson(db, userId, id, request.body, (tx) => unchanged(tx, id)),
        );
        return tagged(reply, await read(db, userId, id));
      },
    );

    app.delete(
      '/api/v1/people/:id',
      {
        schema: {
          tags,
          summary: 'Forget a person',
          description: 'Their voices are speakers of their own again, without a name.',
          params: Id,
          response: { 204: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id, userId, unchanged } = changeOfOne(request, read);
        await changeInTurn(request, reply, 'not_deleted', () =>
          removePerson(db, userId, id, (tx) => unchanged(tx, id)),
        );
        return reply.status(204).send(null);
      },
    );
  };
}
