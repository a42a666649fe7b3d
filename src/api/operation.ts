/** For operators: how the server does, what failed, and trying that again. It shows no word and no file of anybody. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../errors.ts';
import { listDeadLetters, redrive } from '../operation/dead-letters.ts';
import { OperationWatch } from '../operation/operation.ts';
import { LetterBody, type Operation, OperationBody } from '../operation/picture.ts';
import type { Doors } from '../sign-in/doors.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import { holdOpen } from './event-stream.ts';
import type { ApiParts } from './parts.ts';
import { ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';
import { StoreWatch } from './store-watch.ts';

/** Each is a browser of an operator; more would be something that forgot to close them. */
const MOST_LOOKERS = 100;

const Kind = z.enum(['recording', 'conversation']);

const Listing = z.object({
  kind: Kind.optional(),
  code: z.string().max(100).optional().describe('Those that failed for this reason'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
});

const Choice = z
  .object({
    id: z.string().max(100).optional(),
    kind: Kind.optional(),
    code: z.string().max(100).optional(),
  })
  .refine(({ id, kind, code }) => id !== undefined || kind !== undefined || code !== undefined, {
    message: 'needs `id`, `kind` or `code`',
  });

const LetterPage = z
  .object({ deadLetters: z.array(LetterBody), nextCursor: z.string().nullable() })
  .meta({ id: 'DeadLetterPage' });

const RedrivenBody = z.object({
  retried: z.number().int().describe('How many are on their way again'),
  more: z.boolean().describe('Whether others were chosen too, for which the request is to be sent again'),
});

export function operationRoutes(parts: ApiParts, doors: Doors): FastifyPluginAsyncZod {
  const { db, blobs, log } = parts;
  const store = new StoreWatch(blobs, log);
  const operation = new OperationWatch({ db, log, storeState: async () => (await store.look()).state });

  return async (app) => {
    app.addHook('onClose', async () => operation.stop());

    app.get(
      '/api/v1/operation',
      {
        schema: {
          tags: ['operation'],
          summary: 'How the server does: queues, stages, providers, workers, failures, storage, deliveries',
          description:
            'For those with the role admin. It is read every two seconds at most, for all who look together; `troubles` says first what is worst.',
          response: { 200: OperationBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async () => await operation.look(),
    );

    app.get(
      '/api/v1/operation/events',
      {
        // A HEAD would wait for the end of the stream.
        exposeHeadRoute: false,
        schema: {
          tags: ['operation'],
          summary: 'The same, again and again while somebody looks',
          description:
            'Server-sent events `operation`, each a whole picture as `GET /api/v1/operation` answers it, at most one in two seconds. A reader that is slow misses some. A token of `POST /api/v1/events/token` does not open it.',
          produces: ['text/event-stream'],
          response: { 200: z.string().describe('text/event-stream'), '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        if (operation.lookers >= MOST_LOOKERS) throw new AfterwordError('too_many_streams');
        const first = await operation.look();
        await holdOpen(doors, request, reply, 0, async (write, signal) => {
          let next: Operation | null = first;
          let wake: () => void = () => {};
          // Only the latest picture is kept for a reader that does not take them.
          const leave = operation.watch((picture) => {
            next = picture;
            wake();
          });
          signal.addEventListener('abort', () => wake(), { once: true });
          try {
            while (!signal.aborted) {
              const picture: Operation | null = next;
              next = null;
              if (picture) await write(`event: operation\ndata: ${JSON.stringify(picture)}\n\n`);
              if (next === null && !signal.aborted)
                await new Promise<void>((resolve) => {
                  wake = resolve;
                });
            }
          } finally {
            leave();
          }
        });
        return reply;
      },
    );

    app.get(
      '/api/v1/operation/dead-letters',
      {
        schema: {
          tags: ['operation'],
          summary: 'What failed and is not tried again by itself, of all people, latest first',
          querystring: Listing,
          response: { 200: LetterPage, '4xx': ProblemBody },
        },
      },
      async (request) => {
        const { kind, code, ...asked } = request.query;
        const page = await readPage(
          asked,
          (limit, place) => listDeadLetters(db, { kind, code }, limit, place),
          ({ sinceMs, id }) => ({ atMs: sinceMs, id }),
        );
        return { deadLetters: page.items, nextCursor: page.nextCursor };
      },
    );

    app.post(
      '/api/v1/operation/dead-letters/retry',
      {
        schema: {
          tags: ['operation'],
          summary: 'Try failed recordings and conversations of anybody again, at once',
          description:
            'One by its `id`, or all of a `kind` or `code`. What is already transcribed is not transcribed twice, and what is not failed is left as it is. One request takes up to 500: while `more` is true and some were retried, send it again. The log says who did it.',
          querystring: Choice,
          response: { 200: RedrivenBody, '4xx': ProblemBody, '5xx': ProblemBody },
        },
      },
      async (request, reply) => {
        const redriven = await changeInTurn(request, reply, 'not_changed', () =>
          redrive(db, request.query, request.id),
        );
        const { userId } = senderOf(request);
        request.log.info({ by: userId, ...request.query, ...redriven }, 'an operator retried dead letters');
        await operation.look({ anew: true });
        return redriven;
      },
    );
  };
}
