/** The phones and browsers on which a person is told. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import { listDevices, MOST_DEVICES, registerDevice, removeDevice } from '../push/devices.ts';
import { bytesOf, isPoint } from '../push/settings.ts';
import { mayBeReached } from '../push/web-push.ts';
import { secretBox } from '../sign-in/secret-box.ts';
import { networks } from '../webhooks/reachable.ts';
import { changeInTurn } from './change-in-turn.ts';
import { takeJson } from './json-body.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MOST_BYTES = 20_000;

/** As FCM makes them; they go into JSON, so nothing in them ends a line. */
export const FcmToken = z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'must be a registration token of FCM');

const name = z.string().trim().min(1).max(100).nullable();
const titles = z
  .boolean()
  .describe('Whether the title of a conversation is in what it is sent; ids only otherwise');

const NewDevice = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('fcm'),
      token: FcmToken.describe('The registration token of the app'),
      name: name.default(null),
      titles: titles.optional(),
    }),
    z.strictObject({
      kind: z.literal('web'),
      subscription: z
        .object({
          endpoint: z.url({ protocol: /^https?$/ }).max(2000),
          keys: z.object({
            p256dh: z.string().max(200).refine(isPoint, 'must be a public key of P-256'),
            auth: z
              .string()
              .max(100)
              .refine((given) => bytesOf(given)?.byteLength === 16, 'must be 16 bytes'),
          }),
        })
        .describe('What `PushSubscription.toJSON()` gives'),
      name: name.default(null),
      titles: titles.optional(),
    }),
  ])
  .meta({
    id: 'NewPushDevice',
    examples: [{ kind: 'fcm', token: 'dGhpcyBpcyBhIHRva2Vu', name: 'My phone' }],
  });

const DeviceBody = z
  .object({
    id: z.string(),
    kind: z.enum(['fcm', 'web']),
    name,
    titles,
    createdAtMs: EpochMs,
    lastSentAtMs: EpochMs.nullable().describe('When a push service last took something for it'),
  })
  .meta({ id: 'PushDevice' });

const DevicesBody = z.object({
  devices: z.array(DeviceBody),
  services: z.object({
    fcm: z.boolean().describe('Whether the operator has set it up'),
    web: z
      .object({ publicKey: z.string() })
      .nullable()
      .describe('The key with which browsers subscribe (`applicationServerKey`); null: not set up'),
  }),
});

export function pushRoutes({ db, config, timeZone }: ApiParts): FastifyPluginAsyncZod {
  const tags = ['push'];
  const refused = { '4xx': ProblemBody, '5xx': ProblemBody };
  const { push } = config;
  const parts = { db, box: secretBox(config.secretKeys), timeZone };
  const reach = { opened: networks(push.networks) };
  const services = { fcm: push.fcm !== null, web: push.vapid && { publicKey: push.vapid.publicKey } };
  return async (app) => {
    takeJson(app, MOST_BYTES);

    app.get(
      '/api/v1/push/devices',
      {
        schema: {
          tags,
          summary: 'Phones and browsers on which the person is told',
          description: 'The tokens and addresses are not shown: who has one can send there.',
          response: { 200: DevicesBody, ...refused },
        },
      },
      async (request) => ({ devices: await listDevices(db, senderOf(request).userId), services }),
    );

    app.post(
      '/api/v1/push/devices',
      {
        schema: {
          tags,
          summary: 'Tell the person on this phone or browser',
          description: `Once for each conversation that is ready, once for a backlog, and for uploads that end without a conversation. The same token or subscription again is the same device. A person may have ${MOST_DEVICES}.`,
          body: NewDevice,
          response: { 201: z.object({ device: DeviceBody }), ...refused },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const address =
          body.kind === 'fcm'
            ? { kind: body.kind, token: body.token }
            : { kind: body.kind, subscription: body.subscription };
        if (services[body.kind] === false || services[body.kind] === null)
          throw new AfterwordError('push_not_set_up');
        if (address.kind === 'web') {
          const url = new URL(address.subscription.endpoint);
          const isOpen = url.protocol === 'https:' || push.networks.length > 0;
          if (!isOpen || !mayBeReached(url, reach)) throw new AfterwordError('push_address');
        }
        const wanted = { address, name: body.name, titles: body.titles, makesRoom: false };
        const device = await changeInTurn(request, reply, 'not_changed', (userId) =>
          registerDevice(parts, userId, wanted),
        );
        return reply.status(201).send({ device });
      },
    );

    app.delete(
      '/api/v1/push/devices/:id',
      {
        schema: {
          tags,
          summary: 'Tell nothing there any more',
          params: Id,
          response: { 204: z.null(), ...refused },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await changeInTurn(request, reply, 'not_changed', (userId) => removeDevice(db, userId, id));
        return reply.status(204).send(null);
      },
    );
  };
}
