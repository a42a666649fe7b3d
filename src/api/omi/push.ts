/** The route with which Omi's app says where it is told: other words for `POST /api/v1/push/devices`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isTimeZone } from '../../preferences/preferences.ts';
import { changePreferences } from '../../preferences/store.ts';
import { registerDevice } from '../../push/devices.ts';
import { secretBox } from '../../sign-in/secret-box.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { takeJson } from '../json-body.ts';
import type { ApiParts } from '../parts.ts';
import { FcmToken } from '../push.ts';
import { senderOf } from '../sender.ts';
import { OmiRefusal } from './job.ts';
import { sendDetail } from './refusal.ts';

const MOST_BYTES = 20_000;
const OmiTokenSaved = z.object({ status: z.literal('Ok') }).meta({ id: 'OmiTokenSaved' });

export function omiPushRoutes({ db, config, timeZone, defaults }: ApiParts): FastifyPluginAsyncZod {
  const parts = { db, box: secretBox(config.secretKeys), timeZone };
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendDetail(request, reply, error));
    takeJson(app, MOST_BYTES);

    app.post(
      '/v1/users/fcm-token',
      {
        schema: {
          tags: ['omi'],
          summary: 'Tell the person on this phone',
          description:
            'The token is kept also where notifications are not set up: the app sends it once. The time zone holds for whoever has not chosen one.',
          body: z
            .object({ fcm_token: FcmToken, time_zone: z.string().max(100).nullish() })
            .meta({ examples: [{ fcm_token: 'dGhpcyBpcyBhIHRva2Vu', time_zone: 'Europe/Stockholm' }] }),
          response: { 200: OmiTokenSaved, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const { fcm_token: token, time_zone: zone } = request.body;
        const { deviceId } = senderOf(request);
        const wanted = {
          address: { kind: 'fcm' as const, token },
          name: null,
          // Phones without a hash are told apart by their tokens only.
          deviceKey: deviceId === 'default' ? null : deviceId,
          makesRoom: true,
        };
        await changeInTurn(request, reply, 'not_changed', async (userId) => {
          await registerDevice(parts, userId, wanted);
          if (zone && isTimeZone(zone))
            await changePreferences(db, userId, defaults, (before) =>
              before.timeZone === null ? { timeZone: zone } : {},
            );
        });
        return { status: 'Ok' as const };
      },
    );
  };
}
