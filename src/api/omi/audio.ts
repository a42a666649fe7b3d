/** Omi's routes for listening: other words for the sound of a conversation. Nothing is merged, so it is ready at once mostly. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AfterwordError } from '../../errors.ts';
import type { AudioAddresses } from '../../playback/address.ts';
import type { Playable, Playback } from '../../playback/playback.ts';
import { rawOf } from '../../playback/wav.ts';
import { AUDIO_FILE } from '../../views/omi/conversation.ts';
import { onceMoreIfChanged, sendBody } from '../audio.ts';
import { publicUrlOf } from '../cookies.ts';
import type { Listeners } from '../listeners.ts';
import { closedSignal } from '../prefer.ts';
import { senderOf } from '../sender.ts';
import { OmiRefusal } from './job.ts';
import { sendDetail } from './refusal.ts';

/** The whole conversation is one file: its silences are left out, and the spans say where. */
const FILE = AUDIO_FILE;
const POLL_AFTER_MS = 3_000;
/** The app polls; a request that waits would hold it. */
const PREPARE_MS = 1_000;
const SAMPLES_PER_SECOND = 16_000;

const Conversation = z.object({ id: z.string() });

const OmiPrecache = z
  .object({ status: z.enum(['started', 'no_audio']), audio_file_count: z.number().int() })
  .meta({ id: 'OmiAudioPrecache' });

const OmiAudioFile = z.object({
  id: z.string(),
  status: z.enum(['cached', 'pending', 'unavailable']),
  signed_url: z.string().nullable(),
  content_type: z.string(),
  duration: z.number(),
});

const OmiUrls = z
  .object({
    audio_files: z.array(OmiAudioFile),
    conversation_audio: OmiAudioFile.extend({
      audio_files_fingerprint: z.string(),
      captured_duration: z.number(),
      spans: z.array(
        z.object({
          file_id: z.string(),
          wall_offset: z.number(),
          artifact_offset: z.number(),
          len: z.number(),
        }),
      ),
      built_at: z.string(),
    }).nullable(),
    poll_after_ms: z.number().int().nullable(),
  })
  .meta({ id: 'OmiAudioUrls' });

const OmiPending = z
  .object({ status: z.literal('pending'), poll_after_ms: z.number().int() })
  .meta({ id: 'OmiAudioPending' });

interface OmiAudioParts {
  playback: Playback;
  addresses: AudioAddresses;
  listeners: Listeners;
  publicUrl: string | undefined;
}

export function omiAudioRoutes(parts: OmiAudioParts): FastifyPluginAsyncZod {
  const { playback, addresses, listeners } = parts;
  return async (app) => {
    app.setErrorHandler((error, request, reply) => sendDetail(request, reply, error));

    app.post(
      '/v1/sync/audio/:id/precache',
      {
        schema: {
          tags: ['omi'],
          summary: 'Get the sound of a conversation ready',
          params: Conversation,
          response: { 200: OmiPrecache, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const found = await look(request, reply);
        const isNone = found === 'none';
        return {
          status: isNone ? ('no_audio' as const) : ('started' as const),
          audio_file_count: isNone ? 0 : 1,
        };
      },
    );

    app.get(
      '/v1/sync/audio/:id/urls',
      {
        schema: {
          tags: ['omi'],
          summary: 'Addresses of the sound of a conversation',
          params: Conversation,
          response: { 200: OmiUrls, '4xx': OmiRefusal, '5xx': OmiRefusal },
        },
      },
      async (request, reply) => {
        const found = await look(request, reply);
        if (found === 'none') return { audio_files: [], conversation_audio: null, poll_after_ms: null };
        const pending = { id: FILE, status: 'pending' as const, signed_url: null };
        if (found === 'pending')
          return {
            audio_files: [{ ...pending, content_type: 'audio/wav', duration: 0 }],
            conversation_audio: null,
            poll_after_ms: POLL_AFTER_MS,
          };
        const { layout, tag } = found;
        const { id } = request.params;
        const claims = { kind: 'conversation' as const, id, userId: senderOf(request).userId };
        const { token } = await addresses.issue({ ...claims, doors: request.doors ?? [] });
        const path = `/api/v1/conversations/${encodeURIComponent(id)}/audio?gaps=skip&token=${token}`;
        const file = {
          id: FILE,
          status: 'cached' as const,
          signed_url: new URL(path, publicUrlOf(request, parts.publicUrl)).href,
          content_type: 'audio/wav',
          duration: layout.samples / SAMPLES_PER_SECOND,
        };
        const [first] = layout.stretches;
        const spans = layout.stretches.map(({ at, samples, startsAt }) => ({
          file_id: FILE,
          wall_offset: (startsAt - (first?.startsAt ?? 0)) / SAMPLES_PER_SECOND,
          artifact_offset: at / SAMPLES_PER_SECOND,
          len: samples / SAMPLES_PER_SECOND,
        }));
        const last = spans.at(-1);
        const captured = last ? last.wall_offset + last.len : 0;
        const built = { audio_files_fingerprint: tag, built_at: new Date().toISOString() };
        return {
          audio_files: [file],
          conversation_audio: { ...file, ...built, captured_duration: captured, spans },
          poll_after_ms: null,
        };
      },
    );

    app.get(
      '/v1/sync/audio/:id/:file',
      {
        schema: {
          tags: ['omi'],
          summary: 'The sound of a conversation, or any part of it by `Range`',
          params: Conversation.extend({ file: z.string() }),
          querystring: z.object({ format: z.enum(['wav', 'pcm']).default('wav') }),
          produces: ['audio/wav'],
          response: {
            200: z.any().describe('The sound'),
            202: OmiPending,
            206: z.any().describe('Part of it'),
            304: z.null(),
            '4xx': OmiRefusal,
            '5xx': OmiRefusal,
          },
        },
      },
      async (request, reply) => {
        if (request.params.file !== FILE) throw new AfterwordError('not_found');
        return await onceMoreIfChanged(async () => {
          const found = await look(request, reply);
          if (found === 'none') throw new AfterwordError('no_sound');
          if (found === 'pending')
            return reply.status(202).send({ status: 'pending', poll_after_ms: POLL_AFTER_MS });
          const signal = closedSignal(reply);
          const wav = await playback.body(found, 'wav', signal);
          const isRaw = request.query.format === 'pcm';
          const body = isRaw ? rawOf(wav) : wav;
          const etag = `"${found.tag}-${isRaw ? 'pcm' : 'wav'}"`;
          return await sendBody(request, reply, { body, signal, listeners, etag, name: request.params.id });
        });
      },
    );

    /** @throws AfterwordError `not_found` */
    async function look(
      request: FastifyRequest<{ Params: { id: string } }>,
      reply: FastifyReply,
    ): Promise<Playable | 'pending' | 'none'> {
      const { userId } = senderOf(request);
      const subject = { kind: 'conversation' as const, id: request.params.id, userId };
      try {
        return await playback.open(subject, 'skip', PREPARE_MS, closedSignal(reply));
      } catch (error) {
        if (!(error instanceof AfterwordError)) throw error;
        if (error.code === 'audio_not_ready') return 'pending';
        if (error.code === 'no_sound' || error.code === 'audio_gone') return 'none';
        throw error;
      }
    }
  };
}
