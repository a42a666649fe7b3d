/** How it stands, for whoever runs it and for whatever supervises it. Nothing here belongs to a person. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import { livingWorkers } from '../engine/living.ts';
import { failureFields } from '../failure.ts';
import { queryable } from '../store/database.ts';
import { VERSION } from '../version.ts';
import type { ApiParts } from './app.ts';
import { type StoreState, StoreWatch } from './store-watch.ts';

const HealthBody = z
  .object({
    status: z
      .enum(['ok', 'degraded', 'unavailable'])
      .describe(
        '`degraded`: uploads are accepted, and nobody works on them. `unavailable`: none is accepted.',
      ),
    live: z.boolean().describe('This process answers'),
    ready: z.boolean().describe('An upload would be accepted'),
    version: z.string(),
    database: z.enum(['ok', 'unavailable']),
    storage: z.enum(['ok', 'full', 'read_only', 'unavailable']).describe('What an upload would meet'),
    workers: z.number().int().describe('Workers that are alive'),
    waiting: z.number().int().describe('Recordings that wait for a worker'),
    processing: z.number().int(),
    problems: z.array(z.string()).describe('What is not as it should be, in words'),
  })
  .meta({ id: 'Health' });

type Health = z.infer<typeof HealthBody>;

/** So many workers that ended without a word make a crash loop, unless one has been there this long. */
const CRASHES = 3;
const WELL_AFTER_MS = 30_000;

export function healthRoutes({ db, blobs, log }: ApiParts): FastifyPluginAsyncZod {
  const storeWatch = new StoreWatch(blobs, log);

  async function lookAtDatabase() {
    try {
      const [counts, living] = await Promise.all([
        db
          .selectFrom('recordings')
          .select([
            sql<number>`count(*) FILTER (WHERE outcome = 'waiting')`.as('waiting'),
            sql<number>`count(*) FILTER (WHERE outcome = 'processing')`.as('processing'),
          ])
          .where('finished_at_ms', 'is', null)
          .executeTakeFirstOrThrow(),
        livingWorkers(queryable(db)),
      ]);
      return { ...counts, living };
    } catch (error) {
      log.warn(`The database does not answer: ${failureFields(error).cause}`);
      return null;
    }
  }

  async function look(): Promise<Health> {
    const [store, database] = await Promise.all([storeWatch.look(), lookAtDatabase()]);
    const ready = database !== null && store.state === 'ok';
    const problems = [
      ...(database === null ? ['The database does not answer.'] : problemsOf(database.living)),
      ...(store.state === 'ok' ? [] : [storeProblem(store)]),
    ];
    return {
      status: ready ? (problems.length > 0 ? 'degraded' : 'ok') : 'unavailable',
      live: true,
      ready,
      version: VERSION,
      database: database === null ? 'unavailable' : 'ok',
      storage: store.state,
      workers: database?.living.alive ?? 0,
      waiting: database?.waiting ?? 0,
      processing: database?.processing ?? 0,
      problems,
    };
  }

  return async (app) => {
    const response = { 200: HealthBody, 503: HealthBody };
    const tags = ['operation'];
    app.get(
      '/health',
      { schema: { tags, summary: 'Can an upload be accepted, and is somebody working?', response } },
      async (_request, reply) => {
        const health = await look();
        return reply.status(health.ready ? 200 : 503).send(health);
      },
    );
    app.get(
      '/health/ready',
      {
        schema: {
          tags,
          summary: 'Can an upload be accepted? For load balancers',
          description: '200 also while no worker runs: what is accepted is kept, and waits.',
          response,
        },
      },
      async (_request, reply) => {
        const health = await look();
        return reply.status(health.ready ? 200 : 503).send(health);
      },
    );
    app.get(
      '/health/live',
      {
        schema: {
          tags,
          summary: 'Does this process answer? For whatever starts it again',
          description: 'Asks nobody else: a database that is away is no reason to start the api again.',
          response: { 200: z.object({ live: z.literal(true), version: z.string() }) },
        },
      },
      async () => ({ live: true as const, version: VERSION }),
    );
  };
}

function problemsOf({ alive, longestMs, lost }: Awaited<ReturnType<typeof livingWorkers>>): string[] {
  if (alive === 0) return ['No worker is running: the log of the worker says why.'];
  if (lost >= CRASHES && longestMs < WELL_AFTER_MS)
    return [`Workers end again and again (${lost} in five minutes): the log says why.`];
  return [];
}

function storeProblem({ state, cause }: StoreState): string {
  const what = {
    ok: '',
    full: 'is full',
    read_only: 'cannot be written to',
    unavailable: 'takes no uploads',
  }[state];
  // Without its paths and hosts: those are in the log.
  const code = /\b(E[A-Z]{2,}|4\d\d|5\d\d)\b/.exec(cause ?? '')?.[1];
  return `The blob store ${what}${code ? ` (${code})` : ''}: the log says more.`;
}
