/** Webhooks: where a person's events are sent, and what came of it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { EVENT_TYPES, type EventType } from '../events/types.ts';
import { secretBox } from '../sign-in/secret-box.ts';
import type { WebhookEndpoint } from '../store/schema.ts';
import {
  type LoggedDelivery,
  listDeliveries,
  recoverSince,
  replayDelivery,
  sendTest,
} from '../webhooks/deliveries.ts';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  readEndpoint,
  rotateSecret,
} from '../webhooks/endpoints.ts';
import { networks } from '../webhooks/reachable.ts';
import { FAILURES } from '../webhooks/refused.ts';
import { changeInTurn } from './change-in-turn.ts';
import { readPage } from './cursor.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 20_000;
const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]];

const fields = {
  url: z
    .string()
    .trim()
    .max(2000)
    .describe('https; http and private addresses where the operator allows them'),
  description: z.string().trim().max(200).nullable(),
  types: z
    .array(z.enum(TYPES))
    .min(1)
    .max(TYPES.length)
    .nullable()
    .describe('The types of events that are sent; null: all'),
  format: z
    .enum(['standard', 'omi'])
    .describe(
      '`standard`: ids, codes and times. `omi`: the whole conversation with its words, as Omi posts it once when it is ready; `types` do not count then',
    ),
  ordered: z
    .boolean()
    .describe('In the order of the numbers: others wait for one that fails, which is skipped after 24 h'),
};

const NewWebhook = z
  .strictObject({
    url: fields.url,
    description: fields.description.default(null),
    types: fields.types.default(null),
    format: fields.format.default('standard'),
    ordered: fields.ordered.default(false),
  })
  .meta({ examples: [{ url: 'https://example.com/afterword', types: ['conversation.ready'] }] });

const WebhookChange = z
  .strictObject({ ...fields, enabled: z.boolean().describe('true: events from now on are sent again') })
  .partial()
  .meta({ examples: [{ enabled: true }] });

const WebhookBody = z
  .object({
    id: z.string(),
    ...fields,
    types: z.array(z.string()).nullable(),
    enabled: z.boolean(),
    disabledAtMs: EpochMs.nullable(),
    disabledCode: z
      .string()
      .nullable()
      .describe('`failing`: for five days; `gone`: it has answered 410; `by_person`: you have'),
    failingSinceMs: EpochMs.nullable().describe('Every attempt since then has failed'),
    lastFailedAtMs: EpochMs.nullable(),
    lastDeliveredAtMs: EpochMs.nullable(),
    pausedUntilMs: EpochMs.nullable().describe('It has asked to be left alone until then'),
    previousSecretUntilMs: EpochMs.nullable().describe('Until then the secret before signs too'),
    sentUpTo: z
      .number()
      .int()
      .describe('The number of the last event that is delivered, waiting or not wanted'),
    missed: z.number().int().describe('Events that were deleted by age before they could be sent'),
    createdAtMs: EpochMs,
  })
  .meta({ id: 'Webhook' });

const WithSecret = z.object({
  webhook: WebhookBody,
  secret: z.string().describe('It signs what is sent, and is shown this once'),
});

const DeliveryBody = z
  .object({
    id: z.string().describe('The `webhook-id` of every attempt'),
    number: z.number().int().nullable().describe('Of the event; null for a test'),
    type: z.string(),
    status: z.enum(['waiting', 'delivered', 'failed', 'skipped']),
    code: z.string().nullable().describe('Why the last attempt failed, or why there is none'),
    tries: z.number().int().describe('Attempts that failed, since it was last asked for'),
    createdAtMs: EpochMs,
    nextTryAtMs: EpochMs.nullable(),
    finishedAtMs: EpochMs.nullable(),
    attempts: z.array(
      z.object({
        attempt: z.number().int(),
        startedAtMs: EpochMs,
        tookMs: z.number().int(),
        status: z.number().int().nullable().describe('The HTTP status; null if no answer came'),
        failure: z.enum(FAILURES).nullable(),
      }),
    ),
  })
  .meta({ id: 'WebhookDelivery' });

const DeliveryId = z.object({ id: z.string(), deliveryId: z.string() });

const Asked = z.object({
  status: z.enum(['waiting', 'delivered', 'failed', 'skipped']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});

const Since = z
  .strictObject({
    sinceMs: z
      .int()
      .min(0)
      .describe('Events since then that were not delivered are sent; UTC epoch, milliseconds'),
  })
  .meta({ examples: [{ sinceMs: 1_774_000_000_000 }] });

export function webhookRoutes({ db, config, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const tags = ['webhooks'];
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const reach = { opened: networks(config.webhookNetworks) };
  const parts = { db, box: secretBox(config.secretKeys), reach, timeZone };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/webhooks',
      {
        schema: {
          tags,
          summary: 'Webhooks of the person',
          response: { 200: z.object({ webhooks: z.array(WebhookBody) }), ...refused },
        },
      },
      async (request) => ({
        webhooks: (await listEndpoints(db, senderOf(request).userId)).map(toWebhook),
      }),
    );

    app.post(
      '/api/v1/webhooks',
      {
        schema: {
          tags,
          summary: 'Make a webhook',
          description: 'It is sent the events from now on. The answer is the only one that shows its secret.',
          body: NewWebhook,
          response: { 201: WithSecret, ...refused },
        },
      },
      async (request, reply) => {
        const { endpoint, secret } = await changeInTurn(request, reply, 'not_changed', (userId) =>
          createEndpoint(parts, userId, request.body),
        );
        return reply.status(201).send({ webhook: toWebhook(endpoint), secret });
      },
    );

    app.get(
      '/api/v1/webhooks/:id',
      { schema: { tags, summary: 'One webhook', params: Id, response: { 200: WebhookBody, ...refused } } },
      async (request) => toWebhook(await readEndpoint(db, senderOf(request).userId, request.params.id)),
    );

    app.patch(
      '/api/v1/webhooks/:id',
      {
        schema: {
          tags,
          summary: 'Change a webhook, disable it, or enable it again',
          params: Id,
          body: WebhookChange,
          response: { 200: WebhookBody, ...refused },
        },
      },
      async (request, reply) => {
        const change = Object.fromEntries(
          Object.entries(request.body).filter(([, value]) => value !== undefined),
        );
        const { id } = request.params;
        return toWebhook(
          await changeInTurn(request, reply, 'not_changed', (userId) =>
            changeEndpoint(parts, userId, id, change),
          ),
        );
      },
    );

    app.delete(
      '/api/v1/webhooks/:id',
      {
        schema: {
          tags,
          summary: 'Delete a webhook and its log',
          params: Id,
          response: { 204: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_changed', (userId) => deleteEndpoint(db, userId, id));
        return reply.status(204).send(null);
      },
    );

    app.post(
      '/api/v1/webhooks/:id/secret',
      {
        schema: {
          tags,
          summary: 'Make another secret',
          description: 'For 24 hours the one before signs as well. The answer is the only one that shows it.',
          params: Id,
          response: { 201: WithSecret, ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { endpoint, secret } = await changeInTurn(request, reply, 'not_changed', (userId) =>
          rotateSecret(parts, userId, id),
        );
        return reply.status(201).send({ webhook: toWebhook(endpoint), secret });
      },
    );

    app.post(
      '/api/v1/webhooks/:id/test',
      {
        schema: {
          tags,
          summary: 'Send something to try it, once',
          description: 'Its type is `webhook.test`. What came of it is in the log of deliveries.',
          params: Id,
          response: { 202: z.object({ deliveryId: z.string() }), ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const deliveryId = await changeInTurn(request, reply, 'not_changed', (userId) =>
          sendTest(db, userId, id),
        );
        return reply.status(202).send({ deliveryId });
      },
    );

    app.post(
      '/api/v1/webhooks/:id/recover',
      {
        schema: {
          tags,
          summary: 'Send what was not delivered since a time',
          params: Id,
          body: Since,
          response: { 202: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { sinceMs } = request.body;
        await changeInTurn(request, reply, 'not_changed', (userId) => recoverSince(db, userId, id, sinceMs));
        return reply.status(202).send(null);
      },
    );

    app.get(
      '/api/v1/webhooks/:id/deliveries',
      {
        schema: {
          tags,
          summary: 'The log of deliveries, latest first',
          description: 'It holds no bodies, and is kept as long as events (AFTERWORD_EVENTS_DAYS).',
          params: Id,
          querystring: Asked,
          response: {
            200: z.object({ deliveries: z.array(DeliveryBody), nextCursor: z.string().nullable() }),
            ...refused,
          },
        },
      },
      async (request) => {
        const { userId } = senderOf(request);
        const { status: state = null, ...asked } = request.query;
        const { id } = await readEndpoint(db, userId, request.params.id);
        const page = await readPage(
          asked,
          (limit, after) => listDeliveries(db, userId, id, { state, limit, after }),
          ({ delivery }) => ({ atMs: delivery.created_at_ms, id: delivery.id }),
        );
        return { deliveries: page.items.map(toDelivery), nextCursor: page.nextCursor };
      },
    );

    app.post(
      '/api/v1/webhooks/:id/deliveries/:deliveryId/replay',
      {
        schema: {
          tags,
          summary: 'Send one again, with the same `webhook-id`',
          params: DeliveryId,
          response: { 202: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id, deliveryId } = request.params;
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          replayDelivery(db, userId, id, deliveryId),
        );
        return reply.status(202).send(null);
      },
    );
  };
}

function toWebhook(row: WebhookEndpoint): z.infer<typeof WebhookBody> {
  const untilMs = row.previous_until_ms;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: row.types,
    format: row.format,
    ordered: row.ordered,
    enabled: row.disabled_at_ms === null,
    disabledAtMs: row.disabled_at_ms,
    disabledCode: row.disabled_code,
    failingSinceMs: row.failing_since_ms,
    lastFailedAtMs: row.last_failed_at_ms,
    lastDeliveredAtMs: row.last_delivered_at_ms,
    pausedUntilMs: row.paused_until_ms,
    previousSecretUntilMs: untilMs !== null && untilMs > Date.now() ? untilMs : null,
    sentUpTo: row.read_to,
    missed: row.missed,
    createdAtMs: row.created_at_ms,
  };
}

function toDelivery({ delivery, attempts }: LoggedDelivery): z.infer<typeof DeliveryBody> {
  const { state } = delivery;
  return {
    id: delivery.id,
    number: delivery.number,
    type: delivery.type,
    status: state === 'delivered' || state === 'failed' || state === 'skipped' ? state : 'waiting',
    code: delivery.code,
    tries: delivery.tries,
    createdAtMs: delivery.created_at_ms,
    nextTryAtMs: delivery.next_try_at_ms,
    finishedAtMs: delivery.finished_at_ms,
    attempts: attempts.map(({ attempt, startedAtMs, tookMs, status, failure }) => {
      return {
        attempt,
        startedAtMs,
        tookMs,
        status,
        failure: FAILURES.find((known) => known === failure) ?? null,
      };
    }),
  };
}
