/** Reports the server's state to operators and supervisors. It contains nothing that belongs to a person. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import { livingWorkers } from '../engine/leases.ts';
import { failureFields } from '../failure.ts';
import { queryable } from '../store/database.ts';
import { VERSION } from '../version.ts';
import type { ApiParts } from './parts.ts';
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

/**
 * This many workers that ended without giving back their lease are a crash loop, unless a worker has lived for this
 * long.
 */
const CRASHES = 3;
const WELL_AFTER_MS = 30_000;

export function healthRoutes({ db, blobs, log }: ApiParts): FastifyPluginAsyncZod {
  const storeWatch = new StoreWatch(blobs, log);

  async function lookAtDatabase() {
    try {
      const [counts, room, living] = await Promise.all([
        db
          .selectFrom('recordings')
          .select([
            sql<number>`count(*) FILTER (WHERE outcome = 'waiting')`.as('waiting'),
            sql<number>`count(*) FILTER (WHERE outcome = 'processing')`.as('processing'),
          ])
          .where('finished_at_ms', 'is', null)
          .executeTakeFirstOrThrow(),
        sql<Room>`
          SELECT current_setting('max_connections')::int
                   - current_setting('superuser_reserved_connections')::int AS most,
                 (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS open`.execute(
          db,
        ),
        livingWorkers(queryable(db)),
      ]);
      return { ...counts, room: room.rows[0] ?? null, living };
    } catch (error) {
      log.warn(`The database does not answer: ${failureFields(error).cause}`);
      return null;
    }
  }

  async function look(): Promise<Health> {
    const [store, database] = await Promise.all([storeWatch.look(), lookAtDatabase()]);
    const ready = database !== null && store.state === 'ok';
    const problems = [
      ...(database === null ? ['The database does not answer.'] : problemsOf(database)),
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
      { schema: { tags, summary: 'Can uploads be accepted, and does a worker run?', response } },
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
          summary: 'Can uploads be accepted? For load balancers',
          description: 'Answers 200 also while no worker runs, because uploads are stored and wait.',
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
          summary: 'Does this process answer? For a supervisor that restarts it',
          description: 'Does not ask the database, since restarting the api does not repair a database.',
          response: { 200: z.object({ live: z.literal(true), version: z.string() }) },
        },
      },
      async () => ({ live: true as const, version: VERSION }),
    );
  };
}

interface Room {
  most: number;
  open: number;
}

/** A database with less room than this refuses the next process, and soon the next request. */
const ROOM_LEFT = 3;

function problemsOf({
  living,
  room,
}: {
  living: Awaited<ReturnType<typeof livingWorkers>>;
  room: Room | null;
}): string[] {
  return [
    ...workerProblems(living),
    ...(room && room.most - room.open < ROOM_LEFT ? [roomProblem(room)] : []),
  ];
}

function roomProblem({ most, open }: Room): string {
  return `The database has room for ${most} connections, and ${open} are open: an api opens up to 11, a worker up to 25.`;
}

function workerProblems({ alive, longestMs, lost }: Awaited<ReturnType<typeof livingWorkers>>): string[] {
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
  // Paths and hosts are left out; the log has them.
  const code = /\b(E[A-Z]{2,}|4\d\d|5\d\d)\b/.exec(cause ?? '')?.[1];
  return `The blob store ${what}${code ? ` (${code})` : ''}: the log says more.`;
}
