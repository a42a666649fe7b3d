/** Listening to recordings and conversations: sound from any second, what of it is when, its shape, and addresses of it. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ZOOMS } from '../audio/peaks.ts';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import { type AudioAddresses, GOOD_FOR_MS } from '../playback/address.ts';
import type { Body } from '../playback/body.ts';
import type { Format, Playable, Playback, Subject } from '../playback/playback.ts';
import { SoundChanged } from '../playback/player.ts';
import { toDat } from '../playback/shape.ts';
import { hasIt, isSame, rangeOf } from './byte-range.ts';
import type { Listeners } from './listeners.ts';
import { closedSignal } from './prefer.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const MS = 16;
/** What has to be prepared first may take this long of a request. */
const PREPARE_MS = 15_000;

const Gaps = z
  .enum(['keep', 'skip'])
  .default('keep')
  .describe('Whether the silence between recordings is part of the sound');

const Listening = z.object({
  format: z
    .enum(['wav', 'ogg'])
    .default('wav')
    .describe(
      '`wav`: 16 kHz, mono, 16 bits. `ogg`: Opus, a tenth of that; stored packets are copied where they can be',
    ),
  gaps: Gaps,
  token: z
    .string()
    .max(2_000)
    .optional()
    .describe('From an address that `POST …/audio/address` gave, instead of headers'),
  saveAs: z
    .string()
    .max(200)
    .optional()
    .describe('The name of a file: a browser saves the sound under it instead of playing it'),
});

const AudioMap = z
  .object({
    durationMs: z.number(),
    gaps: z.enum(['keep', 'skip']),
    parts: z.array(
      z.object({
        fromMs: z.number().describe('In the sound'),
        toMs: z.number(),
        startedAtMs: EpochMs.nullable().describe('When that was; null where no clock told'),
        recordings: z
          .array(z.object({ id: z.string(), fromMs: z.number().describe('In the recording') }))
          .describe(
            'What sounds; several where two microphones heard different words. Empty: silence between recordings',
          ),
      }),
    ),
  })
  .meta({ id: 'AudioMap' });

const Peaks = z
  .object({
    version: z.literal(2),
    channels: z.literal(1),
    sample_rate: z.literal(16_000),
    samples_per_pixel: z.number().int(),
    bits: z.literal(8),
    length: z.number().int().describe('Number of pairs'),
    data: z.array(z.number().int()).describe('Pairs of the lowest and the highest sample, from -128 to 127'),
  })
  .meta({ id: 'AudioPeaks', description: 'As `audiowaveform` writes it, version 2' });

const Address = z
  .object({ url: z.string().describe('Relative to the server'), expiresAtMs: EpochMs })
  .meta({ id: 'AudioAddress' });

interface AudioParts {
  playback: Playback;
  addresses: AudioAddresses;
  listeners: Listeners;
}

const KINDS = [
  {
    kind: 'conversation',
    base: '/api/v1/conversations/:id',
    tags: ['conversations'],
    what: 'a conversation',
  },
  { kind: 'recording', base: '/api/v1/recordings/:id', tags: ['recordings'], what: 'a recording' },
] as const;

export function audioRoutes({ playback, addresses, listeners }: AudioParts): FastifyPluginAsyncZod {
  return async (app) => {
    for (const { kind, base, tags, what } of KINDS) {
      const open = async (
        request: FastifyRequest<{ Params: z.infer<typeof Id> }>,
        reply: FastifyReply,
        gaps: 'keep' | 'skip',
      ) => await playback.open(subjectOf(request, kind), gaps, PREPARE_MS, closedSignal(reply));

      app.get(
        `${base}/audio`,
        {
          schema: {
            tags,
            summary: `The sound of ${what}`,
            description:
              'Any part of it by `Range`, exactly as long as said. What overlaps or was recorded twice sounds once. Its `ETag` changes with its sound, so `If-Range` never joins two versions. 503 `audio_not_ready` while older recordings are prepared.',
            params: Id,
            querystring: Listening,
            produces: ['audio/wav', 'audio/ogg'],
            response: {
              200: z.any().describe('The sound'),
              206: z.any().describe('Part of it'),
              304: z.null(),
              '4xx': ProblemBody,
              '5xx': ProblemBody,
            },
          },
        },
        async (request, reply) =>
          await onceMoreIfChanged(async () => {
            const { format, gaps, saveAs } = request.query;
            const playable = await open(request, reply, gaps);
            const signal = closedSignal(reply);
            const body = await playback.body(playable, format, signal);
            const named = nameOf(request, playable, format);
            return await sendBody(request, reply, { body, signal, listeners, ...named, saveAs });
          }),
      );

      app.get(
        `${base}/audio/map`,
        {
          schema: {
            tags,
            summary: `What is when in the sound of ${what}`,
            description: 'Leads from a time to its place in the sound and back, for either way of gaps.',
            params: Id,
            querystring: z.object({ gaps: Gaps }),
            response: { 200: AudioMap, '4xx': ProblemBody, '5xx': ProblemBody },
          },
        },
        async (request, reply) => {
          const { gaps } = request.query;
          const { layout, isDated } = await open(request, reply, gaps);
          return {
            durationMs: layout.samples / MS,
            gaps,
            parts: layout.stretches.map(({ at, samples, startsAt, voices }) => ({
              fromMs: at / MS,
              toMs: (at + samples) / MS,
              startedAtMs: isDated ? Math.round(startsAt / MS) : null,
              recordings: voices.map(({ recordingId, from }) => ({ id: recordingId, fromMs: from / MS })),
            })),
          };
        },
      );

      app.get(
        `${base}/peaks`,
        {
          schema: {
            tags,
            summary: `The shape of the sound of ${what}, for a waveform`,
            params: Id,
            querystring: z.object({
              zoom: z.coerce
                .number()
                .int()
                .min(0)
                .max(ZOOMS.length - 1)
                .default(2)
                .describe('0: 40 ms a pair, 1: 200 ms, 2: 1 s, 3: 10 s'),
              gaps: Gaps,
              format: z.enum(['json', 'dat']).default('json').describe('`dat`: the same as bytes'),
            }),
            response: { 200: Peaks.or(z.any()), '4xx': ProblemBody, '5xx': ProblemBody },
          },
        },
        async (request, reply) => {
          const { gaps, zoom, format } = request.query;
          const shape = await playback.shape(await open(request, reply, gaps), zoom);
          if (format === 'dat') return reply.type('application/octet-stream').send(toDat(shape));
          return {
            version: 2 as const,
            channels: 1 as const,
            sample_rate: 16_000 as const,
            samples_per_pixel: shape.samplesPerPixel,
            bits: 8 as const,
            length: shape.pairs.length / 2,
            data: [...shape.pairs],
          };
        },
      );

      app.post(
        `${base}/audio/address`,
        {
          schema: {
            tags,
            summary: `An address of the sound of ${what} that needs no header, for ${GOOD_FOR_MS / 3_600_000} hours`,
            description:
              'For players that cannot send headers. It opens this sound only, and ends when that is deleted or when the key or session that asked for it ends. Treat it like a key.',
            params: Id,
            querystring: Listening.pick({ format: true, gaps: true }),
            response: { 200: Address, '4xx': ProblemBody, '5xx': ProblemBody },
          },
        },
        async (request, reply) => {
          const { format, gaps } = request.query;
          await open(request, reply, gaps);
          const claims = { ...subjectOf(request, kind), doors: request.doors ?? [] };
          const { token, expiresAtMs } = await addresses.issue(claims);
          const path = base.replace(':id', encodeURIComponent(request.params.id));
          return { url: `${path}/audio?format=${format}&gaps=${gaps}&token=${token}`, expiresAtMs };
        },
      );
    }
  };
}

function subjectOf(request: FastifyRequest<{ Params: { id: string } }>, kind: Subject['kind']): Subject {
  return { kind, id: request.params.id, userId: senderOf(request).userId };
}

function nameOf({ params }: FastifyRequest<{ Params: { id: string } }>, { tag }: Playable, format: Format) {
  return { etag: `"${tag}-${format}"`, name: params.id.replace(/[^\w-]/g, '') };
}

interface Sending {
  body: Body;
  signal: AbortSignal;
  listeners: Listeners;
  etag: string;
  /** Of the file that a browser saves where it is asked to. */
  name: string;
  /** It is asked to, under this name. */
  saveAs?: string | undefined;
}

/** What a name holds beyond letters of ASCII is written as RFC 8187 says. */
function dispositionOf(name: string, saveAs: string | undefined): string {
  if (saveAs === undefined) return `inline; filename="${name}"`;
  const encoded = encodeURIComponent(saveAs.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${name}"; filename*=UTF-8''${encoded}`;
}

/**
 * Another process may have changed what was laid out a moment ago: then the first part of it says so before anything is answered,
 * and what is there by now is answered instead.
 */
export async function onceMoreIfChanged<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof SoundChanged)) throw error;
    return await answer();
  }
}

/**
 * Answers with all of it, a part, or nothing but what is told of it. The first sound is made before anything is answered: what
 * cannot be read is an error that says why, and not an answer that breaks off.
 */
export async function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, signal, listeners, etag, name, saveAs }: Sending,
): Promise<FastifyReply> {
  const { headers, method } = request;
  reply.header('accept-ranges', 'bytes');
  if (hasIt(headers['if-none-match'], etag)) return reply.header('etag', etag).status(304).send();
  const asked = isSame(headers['if-range'] as string | undefined, etag) ? headers.range : undefined;
  const part = rangeOf(asked, body.size);
  if (part === 'outside') {
    reply.header('etag', etag).header('content-range', `bytes */${body.size}`);
    throw new AfterwordError('range_outside');
  }
  const { from, to } = part ?? { from: 0, to: body.size };
  const sound =
    method === 'HEAD' ? Readable.from([]) : await begun(request, body.read(from, to), { signal, listeners });
  if (part) reply.status(206).header('content-range', `bytes ${from}-${to - 1}/${body.size}`);
  reply
    .header('etag', etag)
    .type(body.type)
    .header('content-length', to - from)
    .header('content-disposition', dispositionOf(`${name}.${body.extension}`, saveAs));
  return reply.send(sound);
}

/** @throws whatever keeps the first part from being made; for a client that has gone nothing is */
async function begun(
  request: FastifyRequest,
  parts: AsyncGenerator<Uint8Array>,
  { signal, listeners }: Pick<Sending, 'signal' | 'listeners'>,
): Promise<Readable> {
  const leave = listeners.enter(senderOf(request).userId);
  let first: IteratorResult<Uint8Array>;
  try {
    first = await parts.next();
  } catch (error) {
    leave();
    if (signal.aborted) return Readable.from([]);
    throw error;
  }
  const rest = (async function* () {
    if (!first.done) yield first.value;
    yield* parts;
  })();
  // Nothing is made before the client has taken what there is: one part waits.
  const sound = Readable.from(rest, { highWaterMark: 1, signal });
  sound.once('close', leave);
  sound.on('error', (error) => {
    if (!signal.aborted) request.log.warn({ err: error }, 'the sound of an answer broke off');
  });
  return sound;
}
