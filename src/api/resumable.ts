/**
 * Files that arrive in several requests, by the protocol tus 1.0: a client on a bad network goes on where it was. The protocol
 * is the library's; what is stored, who holds a file and what it becomes are ours (`src/resumable/`).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Server, type Upload } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import { AfterwordError } from '../errors.ts';
import { normalise } from '../normalise.ts';
import { finishResumable } from '../resumable/finish.ts';
import { type Lease, takeLease } from '../resumable/lease.ts';
import {
  createResumable,
  KEPT_MS,
  type Resumable,
  readResumable,
  removeResumable,
} from '../resumable/rows.ts';
import { type Written, writeBody } from '../resumable/write.ts';
import { freeSoon } from '../store/blobs/freeing.ts';
import { cleanName } from '../text.ts';
import { admit } from './admission.ts';
import { arriving } from './arriving.ts';
import type { ApiParts } from './parts.ts';
import { Id, ProblemBody } from './schemas.ts';
import { senderOf } from './sender.ts';

const PATH = '/api/v1/resumable';
const UPLOAD_ID = 'afterword-upload-id';
/** Longer than a holder that lives needs to let go, and than one that does not takes to count as dead. */
const LOCK_WITHIN_MS = 20_000;

/** One request, as the library's callbacks see it. */
interface Asking {
  request: FastifyRequest;
  userId: string;
  /** Of the whole file; it never changes. */
  length: number;
  lease: Lease | null;
  /** Under way, or done. */
  writing: Promise<Written> | null;
  /** Ends the reading of the body: what has come until then is kept. */
  leaving: AbortController;
  letGo: () => void;
  /** What the library would tell in its own words. */
  failure: unknown;
}

const ResumableBody = z
  .object({
    id: z.string(),
    name: z.string(),
    length: z.number().int().describe('Bytes of the whole file'),
    received: z.number().int().describe('Bytes that are safe; the next request goes on after them'),
    createdAtMs: EpochMs,
    expiresAtMs: EpochMs.describe('What is not complete by then is removed'),
    uploadId: z.string().nullable().describe('The upload that it has become; null while bytes are missing'),
  })
  .meta({ id: 'ResumableUpload' });

export function resumableRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { config } = parts;
  const asking = new AsyncLocalStorage<Asking>();
  const tus = new Server({
    path: PATH,
    relativeLocation: true,
    maxSize: config.maxFileBytes,
    datastore: new ResumableStore(parts, asking),
    locker: { newLock: (id) => lockOf(parts, asking, id) },
    namingFunction: () => `rsm_${randomUUID()}`,
    disableTerminationForFinishedUploads: true,
    onUploadFinish: async (_request, { id }) => {
      const { request, userId, writing } = nowAsking(asking);
      const written = await writing;
      const uploadId = await finish(request, await mine(parts, userId, id), written?.object);
      return { headers: { [UPLOAD_ID]: uploadId } };
    },
    onResponseError: (_request, error) => {
      nowAsking(asking).failure = error;
      return undefined;
    },
  });

  async function finish(
    request: FastifyRequest,
    resumable: Resumable,
    object: Written['object'] = null,
  ): Promise<string> {
    const { admission, personBounds } = request.server;
    if (resumable.uploadId !== null) return resumable.uploadId;
    const done = await admission.accepting.enter(resumable.userId);
    const accepting = { ...parts, holdings: personBounds.holdings };
    return await finishResumable(accepting, resumable, { requestId: request.id, object }).finally(done);
  }

  async function speakTus(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { userId } = senderOf(request);
    const leaving = new AbortController();
    const context: Asking = {
      request,
      userId,
      length: 0,
      lease: null,
      writing: null,
      leaving,
      letGo: () => leaving.abort(),
      failure: null,
    };
    // The body is read from the connection itself: the library's way leads through five streams.
    const asked = new Request(new URL(request.url, 'http://localhost'), {
      method: request.method,
      headers: headersOf(request),
    });
    const { closing } = request.server;
    const leave = () => leaving.abort();
    closing.addEventListener('abort', leave);
    const { id } = request.params as Partial<z.infer<typeof Id>>;
    try {
      // Before anything else of the request is judged: nobody learns of a file that is not theirs.
      const resumable = id === undefined ? null : await mine(parts, userId, id);
      context.length = resumable?.length ?? 0;
      // Its process may have ended between the last byte and the upload.
      if (request.method === 'HEAD' && resumable && resumable.received === resumable.length)
        reply.header(UPLOAD_ID, await finish(request, resumable));
      const response = await asking.run(context, () => tus.handleWeb(asked));
      const refusal = ofOurs(context);
      if (refusal) throw refusal;
      // Pages of other addresses may not ask, as everywhere in this api.
      for (const [name, value] of response.headers)
        if (!name.startsWith('access-control-')) reply.header(name, value);
      if (!request.raw.complete) reply.header('connection', 'close');
      reply.status(response.status).send(await response.text());
    } finally {
      closing.removeEventListener('abort', leave);
      request.leave?.();
    }
  }

  return async (app) => {
    // Clients of tus ask with HEAD where to go on, and begin the file anew after every answer but 200 and 423: what may pass
    // has to be a 423, or all that is safe here would be sent again.
    app.addHook('onSend', (request, reply, body, done) => {
      if (request.method === 'HEAD' && mayPass(reply.statusCode)) reply.code(423);
      done(null, body);
    });
    const answers = { '4xx': ProblemBody, '5xx': ProblemBody };
    const tags = ['uploads'];
    app.post(
      PATH,
      {
        onRequest: admit,
        schema: {
          tags,
          summary: 'Begin a file that arrives in several requests (tus 1.0)',
          description:
            '`Upload-Length` is its size, and `Upload-Metadata` has `filename`, and if need be `startedAtMs`, or `writtenAtMs` (when the file was last written). The answer’s `Location` is where the bytes go.',
          response: { 201: z.string().describe('Empty'), ...answers },
        },
      },
      speakTus,
    );
    app.patch(
      `${PATH}/:id`,
      {
        onRequest: admit,
        schema: {
          tags,
          summary: 'Send bytes of a file from `Upload-Offset` on (tus 1.0)',
          description: `What has come is kept when the connection breaks. After the last byte the answer has \`${UPLOAD_ID}\`.`,
          params: Id,
          response: { 204: z.string().describe('Empty'), ...answers },
        },
      },
      speakTus,
    );
    app.delete(
      `${PATH}/:id`,
      {
        schema: {
          tags,
          summary: 'Give up a file that has not arrived whole (tus 1.0)',
          params: Id,
          response: { 204: z.string().describe('Empty'), ...answers },
        },
      },
      speakTus,
    );
    app.get(
      `${PATH}/:id`,
      {
        exposeHeadRoute: false,
        schema: {
          tags,
          summary: 'How much of a file has arrived',
          description: 'A HEAD request answers it in the headers of tus 1.0.',
          params: Id,
          response: { 200: ResumableBody, ...answers },
        },
      },
      async (request) => toBody(await mine(parts, senderOf(request).userId, request.params.id)),
    );
    app.head(`${PATH}/:id`, { schema: { hide: true, params: Id } }, speakTus);
  };
}

/** What the library stores, as rows and objects of ours. */
class ResumableStore extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  readonly #parts: ApiParts;
  readonly #asking: AsyncLocalStorage<Asking>;

  constructor(parts: ApiParts, asking: AsyncLocalStorage<Asking>) {
    super();
    this.#parts = parts;
    this.#asking = asking;
  }

  override async create(upload: Upload): Promise<Upload> {
    const context = nowAsking(this.#asking);
    const { db } = this.#parts;
    const { holdings } = context.request.server.personBounds;
    const { filename, name, startedAtMs, writtenAtMs } = upload.metadata ?? {};
    const told = filename ?? name ?? '';
    if (told === '') throw new AfterwordError('invalid_request', 'Upload-Metadata needs `filename`.');
    context.length = upload.size ?? 0;
    await createResumable({ db, holdings }, senderOf(context.request), {
      id: upload.id,
      name: cleanName(told),
      startedAtMs: timeOf('startedAtMs', startedAtMs),
      writtenAtMs: timeOf('writtenAtMs', writtenAtMs),
      length: context.length,
    });
    context.lease = await takeLease(
      db,
      { id: upload.id, userId: context.userId },
      AbortSignal.timeout(LOCK_WITHIN_MS),
      context.letGo,
    );
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { userId } = nowAsking(this.#asking);
    return toUpload(await mine(this.#parts, userId, id));
  }

  override async write(unused: Readable, id: string, offset: number): Promise<number> {
    unused.resume();
    const context = nowAsking(this.#asking);
    const { request, userId, length, lease, leaving } = context;
    if (!lease) throw new AfterwordError('resumable_taken');
    const body = arriving(request.raw, length - offset, leaving.signal);
    context.writing = writeBody(this.#parts, { id, userId, epoch: lease.epoch }, body, offset);
    const { safe: received } = await context.writing;
    // A 204 would say that this request was carried out.
    if (received === offset && received < length && leaving.signal.aborted) throw displaced(context);
    return received;
  }

  override async remove(id: string): Promise<void> {
    const { userId } = nowAsking(this.#asking);
    const keys = await removeResumable(this.#parts.db, userId, id);
    if (keys === null) throw new AfterwordError('not_found');
    await freeSoon(this.#parts, keys);
  }

  override getExpiration(): number {
    return KEPT_MS;
  }
}

/** A file that is being created has no row yet: its lease is taken with the row. */
function lockOf({ db }: ApiParts, asking: AsyncLocalStorage<Asking>, id: string) {
  return {
    lock: async (signal: AbortSignal, letGo: () => void) => {
      const context = nowAsking(asking);
      context.letGo = () => {
        context.leaving.abort();
        letGo();
      };
      if (context.request.method === 'POST') return;
      const waits = AbortSignal.any([signal, AbortSignal.timeout(LOCK_WITHIN_MS)]);
      context.lease = await takeLease(db, { id, userId: context.userId }, waits, context.letGo);
    },
    unlock: async () => {
      const context = nowAsking(asking);
      // The next holder may go on with the object only when nothing writes to it any more.
      await context.writing?.catch(() => {});
      await context.lease?.release();
      context.lease = null;
    },
  };
}

function nowAsking(asking: AsyncLocalStorage<Asking>): Asking {
  const context = asking.getStore();
  if (!context) throw new Error('the library asks outside of a request');
  return context;
}

async function mine({ db }: ApiParts, userId: string, id: string): Promise<Resumable> {
  const resumable = await readResumable(db, userId, id);
  if (!resumable) throw new AfterwordError('not_found');
  return resumable;
}

function toUpload(resumable: Resumable): Upload {
  const { id, length, received, name, startedAtMs, writtenAtMs, createdAtMs } = resumable;
  const metadata = {
    filename: name,
    ...(startedAtMs !== null && { startedAtMs: String(startedAtMs) }),
    ...(writtenAtMs !== null && { writtenAtMs: String(writtenAtMs) }),
  };
  const creation_date = new Date(createdAtMs).toISOString();
  return {
    id,
    size: length,
    offset: received,
    metadata,
    creation_date,
    storage: undefined,
    sizeIsDeferred: false,
  };
}

function toBody({ id, name, length, received, createdAtMs, expiresAtMs, uploadId }: Resumable) {
  return { id, name, length, received, createdAtMs, expiresAtMs, uploadId };
}

function timeOf(field: string, given: string | null | undefined): number | null {
  if (given === undefined || given === null || given.trim() === '') return null;
  if (/^\d{1,16}$/.test(given.trim())) return Number(given);
  throw new AfterwordError(
    'invalid_request',
    `\`${field}\` of Upload-Metadata is no time in UTC milliseconds.`,
  );
}

function headersOf({ headers }: FastifyRequest): Headers {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Headers(pairs);
}

/** Whoever sent nothing before another request took over, or before this process stops, may go on at once. */
function displaced({ request }: Asking): AfterwordError {
  return new AfterwordError(request.server.closing.aborted ? 'unavailable' : 'resumable_taken');
}

function mayPass(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** The library's refusals are the protocol's; everything else is answered by the table of errors. */
function ofOurs(context: Asking): AfterwordError | null {
  const { failure, leaving } = context;
  // The library says 400 to whoever has to let go before the body was read, which its clients take as final.
  if (failure === ERRORS.ABORTED && leaving.signal.aborted) return displaced(context);
  if (failure === null || (typeof failure === 'object' && 'status_code' in failure)) return null;
  return normalise(failure);
}
