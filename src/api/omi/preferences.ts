/** Omi's routes for a person's language and vocabulary: other words for `GET/PATCH /api/v1/me`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { choosingLanguage, choosingMode, isSingleLanguage, omiLanguage } from '../../preferences/omi.ts';
import { Language, MOST_TERMS, Vocabulary } from '../../preferences/preferences.ts';
import { changePreferences, readPreferences } from '../../preferences/store.ts';
import { changeInTurn } from '../change-in-turn.ts';
import { takeJson } from '../json-body.ts';
import type { ApiParts } from '../parts.ts';
import { senderOf } from '../sender.ts';
import { OmiRefusal } from './job.ts';
import { sendDetail } from './refusal.ts';

const MOST_BYTES = 200_000;

const OmiLanguage = z.object({ language: z.string().nullable() }).meta({ id: 'OmiLanguage' });
const OmiLanguageChosen = z
  .object({ status: z.literal('ok'), single_language_mode: z.boolean() })
  .meta({ id: 'OmiLanguageChosen' });
const OmiTranscription = z
  .object({ single_language_mode: z.boolean(), vocabulary: z.array(z.string()), language: z.string() })
  .meta({ id: 'OmiTranscriptionPreferences' });
const OmiOk = z.object({ status: z.literal('ok') }).meta({ id: 'OmiOk' });

/** Omi keeps the first hundred and says nothing of the rest; blank ones are left out. */
const OmiVocabulary = z
  .array(z.string())
  .transform((terms) => terms.filter((term) => term.trim() !== '').slice(0, MOST_TERMS))
  .pipe(Vocabulary);

export function omiPreferenceRoutes({ db, defaults }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendDetail(request, reply, error));
    takeJson(app, MOST_BYTES);

    app.get(
      '/v1/users/language',
      {
        schema: {
          tags: ['omi'],
          summary: "The person's main language",
          response: { 200: OmiLanguage, '4xx': OmiRefusal },
        },
      },
      async (request) => {
        const { userId } = senderOf(request);
        return { language: omiLanguage(await readPreferences(db, userId, defaults)) };
      },
    );

    app.patch(
      '/v1/users/language',
      {
        schema: {
          tags: ['omi'],
          summary: "Choose the person's main language",
          body: z.object({ language: Language }).meta({ examples: [{ language: 'sv' }] }),
          response: { 200: OmiLanguageChosen, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const change = choosingLanguage(request.body.language);
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          changePreferences(db, userId, defaults, change),
        );
        const preferences = await readPreferences(db, senderOf(request).userId, defaults);
        return { status: 'ok' as const, single_language_mode: isSingleLanguage(preferences) };
      },
    );

    app.get(
      '/v1/users/transcription-preferences',
      {
        schema: {
          tags: ['omi'],
          summary: "The person's language and vocabulary",
          response: { 200: OmiTranscription, '4xx': OmiRefusal },
        },
      },
      async (request) => {
        const preferences = await readPreferences(db, senderOf(request).userId, defaults);
        return {
          single_language_mode: isSingleLanguage(preferences),
          vocabulary: preferences.vocabulary,
          language: omiLanguage(preferences) ?? '',
        };
      },
    );

    app.patch(
      '/v1/users/transcription-preferences',
      {
        schema: {
          tags: ['omi'],
          summary: "Change the person's vocabulary, or whether they speak one language only",
          body: z.object({
            single_language_mode: z.boolean().nullish(),
            vocabulary: OmiVocabulary.nullish(),
          }),
          response: { 200: OmiOk, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const { single_language_mode: single, vocabulary } = request.body;
        const change = choosingMode(single ?? undefined, vocabulary ?? undefined);
        await changeInTurn(request, reply, 'not_changed', (userId) =>
          changePreferences(db, userId, defaults, change),
        );
        return { status: 'ok' as const };
      },
    );
  };
}
