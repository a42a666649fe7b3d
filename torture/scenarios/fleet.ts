/** As an operator runs it: a PostgreSQL that we did not bring, a pooler, few connections, few rights, TLS, a standby. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mustCome, seconds } from '../pace.ts';
import type { Findings, Ground, Row, Scenario } from '../scenario.ts';
import { DebianPostgres, missingPackages } from '../servers/debian-postgres.ts';
import { PgBouncer } from '../servers/pgbouncer.ts';
import { type CutOffCalls, executorOf, standings } from '../stages.ts';
import { refusalOfStart, startsAndStops } from '../start-refusal.ts';
import { underLoad } from '../under-load.ts';
import type { DatabaseSite, World } from '../world.ts';

const run = promisify(execFile);
const RECORDINGS = { full: 90, short: 24 };
const TWO_WORKERS = { apis: 2, workers: 2 };

export const fleet: Scenario = {
  name: 'fleet',
  promises:
    "two apis and two workers on Debian's PostgreSQL lose nothing behind a pooler, over a failover, with few rights",
  async run(ground) {
    const command = missingPackages();
    if (command !== null)
      return { table: [], broken: [], notes: [`skipped, for what it needs is missing: ${command}`] };
    const table: Row[] = [];
    const broken: string[] = [];
    const notes: string[] = [];
    for (const [name, part] of Object.entries({ failover, narrow, transactions })) {
      ground.say(name);
      const folder = join(ground.folder, name);
      await mkdir(folder, { recursive: true });
      const found = await part({ ...ground, folder });
      table.push(...found.table.map((row) => ({ part: name, ...row })));
      broken.push(...found.broken.map((what) => `${name}: ${what}`));
      notes.push(...found.notes.map((note) => `${name}: ${note}`));
    }
    return { table, broken, notes };
  },
};

/** Behind PgBouncer in session mode: a worker is killed, the server restarts, and its standby takes over for good. */
async function failover(ground: Ground): Promise<Findings> {
  const primary = await DebianPostgres.create(serverFolder(ground, 'primary'), { max_connections: '200' });
  const standby = await primary.standby(serverFolder(ground, 'standby'));
  const bouncer = await PgBouncer.start(serverFolder(ground, 'pgbouncer'), 'session', primary.port, 150);
  try {
    // What is acknowledged must be on both, or a failover may lose it.
    await primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await primary.ask('SELECT pg_reload_conf()');
    await primary.ask('CREATE DATABASE afterword');
    return await underLoad(
      ground,
      { recordings: RECORDINGS, ...TWO_WORKERS, options: { database: siteAt(bouncer.urlOf('afterword')) } },
      async (world, cutOff) => {
        await killWorker(world, cutOff);
        const fromMs = Date.now();
        await primary.stop('immediate');
        await primary.start();
        await countCutOff(world, cutOff, fromMs);
        await mustCome('calls in flight after the restart', async () => await callsInFlight(world), 60_000);
        const lostMs = Date.now();
        await primary.kill();
        await standby.promote();
        await bouncer.pointTo(standby.port, 150);
        await countCutOff(world, cutOff, lostMs);
        return { 'away for': seconds(Date.now() - lostMs) };
      },
    );
  } finally {
    await bouncer.stop();
    await Promise.all([primary.stop('immediate'), standby.stop('immediate')]);
  }
}

/** Straight to the server: verified TLS, 30 connections for four processes, a role that may create nothing, time-outs of 5 s. */
async function narrow(ground: Ground): Promise<Findings> {
  const folder = serverFolder(ground, 'server');
  const server = await DebianPostgres.create(folder, { max_connections: '30' });
  try {
    const authority = await certify(server, folder, ground.folder);
    await server.ask('CREATE DATABASE afterword');
    await server.ask('CREATE ROLE owner LOGIN CREATEROLE; CREATE ROLE afterword LOGIN');
    await server.ask(
      'ALTER DATABASE afterword OWNER TO owner; ALTER SCHEMA public OWNER TO owner',
      'afterword',
    );
    for (const timeout of [
      'statement_timeout',
      'idle_session_timeout',
      'idle_in_transaction_session_timeout',
    ])
      await server.ask(`ALTER ROLE afterword SET ${timeout} = '5s'`);
    const tls = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`;
    const url = server.urlOf('afterword', 'afterword', tls).replace('127.0.0.1', 'localhost');
    const findings: Findings = { table: [], broken: [], notes: [] };
    // `require` encrypts and believes any certificate: it gets as far as the rights.
    const unverified = server.urlOf('afterword', 'afterword', '?sslmode=require');
    const refusal = await refusalOfStart('api', { DATABASE_URL: unverified }, join(ground.folder, 'refused'));
    if (!/GRANT CREATE ON DATABASE/.test(refusal))
      findings.broken.push(`a role without rights was not told what is missing: ${refusal}`);
    // Once by the owner, who then grants what docs/operating.md says.
    await startsAndStops(
      'api',
      { DATABASE_URL: server.urlOf('afterword', 'owner') },
      join(ground.folder, 'owner'),
    );
    await server.ask(LEAST_RIGHTS, 'afterword');
    const found = await underLoad(
      ground,
      {
        recordings: RECORDINGS,
        ...TWO_WORKERS,
        repeatsAreTold: true,
        options: { database: siteAt(url, server.urlOf('afterword')) },
      },
      async (world, cutOff) => {
        await killWorker(world, cutOff);
        return {};
      },
    );
    return { ...found, broken: [...findings.broken, ...found.broken] };
  } finally {
    await server.stop('immediate');
  }
}

/** Behind a pooler in transaction mode: refused in words, and supported with a direct address for what needs a session. */
async function transactions(ground: Ground): Promise<Findings> {
  const server = await DebianPostgres.create(serverFolder(ground, 'server'), { max_connections: '100' });
  const bouncer = await PgBouncer.start(serverFolder(ground, 'pgbouncer'), 'transaction', server.port, 20);
  try {
    await server.ask('CREATE DATABASE afterword');
    const pooled = bouncer.urlOf('afterword');
    const refusals = [];
    for (const role of ['api', 'worker'] as const) {
      const refusal = await refusalOfStart(
        role,
        { DATABASE_URL: pooled },
        join(ground.folder, `refused-${role}`),
      );
      if (!/AFTERWORD_DATABASE_DIRECT_URL/.test(refusal))
        refusals.push(`the ${role} was not refused: ${refusal}`);
    }
    const direct = server.urlOf('afterword');
    const site = siteAt(pooled, direct, { AFTERWORD_DATABASE_DIRECT_URL: direct });
    const found = await underLoad(
      ground,
      { recordings: RECORDINGS, ...TWO_WORKERS, options: { database: site } },
      async (world, cutOff) => {
        await killWorker(world, cutOff);
        return {};
      },
    );
    return { ...found, broken: [...refusals, ...found.broken] };
  } finally {
    await bouncer.stop();
    await server.stop('immediate');
  }
}

/** What docs/operating.md gives a role that only uses what an owner has made. */
const LEAST_RIGHTS = ['public', 'dbos', 'afterword_engine']
  .map(
    (schema) => `
      GRANT USAGE ON SCHEMA ${schema} TO afterword;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO afterword;
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO afterword;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO afterword;`,
  )
  .join('');

/** Of a server whose data only its own account may enter: the folder lies beside what others read. */
function serverFolder(ground: Ground, name: string): string {
  return join('/tmp', `afterword-${ground.seed}-${process.pid}-${ground.folder.split('/').at(-1)}-${name}`);
}

function siteAt(
  databaseUrl: string,
  adminUrl = databaseUrl,
  settings: Record<string, string> = {},
): DatabaseSite {
  return { adminUrl, settings: { DATABASE_URL: databaseUrl, ...settings } };
}

async function callsInFlight(world: World): Promise<boolean> {
  return (await standings(world)).some(({ stage }) => stage === 'call in flight');
}

/** As soon as the database answers again, through connections that had led to the one that is gone. */
async function countCutOff(world: World, cutOff: CutOffCalls, fromMs: number): Promise<void> {
  const count = async () => {
    await cutOff.ofEverybody(world, fromMs, Date.now() + 200);
    return true;
  };
  await mustCome('a database that answers again', count, 60_000);
}

async function killWorker(world: World, cutOff: CutOffCalls): Promise<void> {
  const pid = await mustCome(
    'a call in flight',
    async () => (await standings(world)).find(({ stage }) => stage === 'call in flight')?.pid,
    30_000,
  );
  const victim = world.fleet.byPid(pid);
  await victim?.kill();
  const executorId = await executorOf(world, pid);
  if (executorId) await cutOff.ofExecutor(world, executorId);
  await delay(1_000);
  victim?.start();
}

/** A certificate for localhost by an authority of its own. @returns the authority's file, for whoever connects */
async function certify(server: DebianPostgres, folder: string, clientFolder: string): Promise<string> {
  const [authority, key] = ['authority.crt', 'authority.key'].map((file) => join(clientFolder, file));
  const [request, extensions] = ['server.csr', 'server.ext'].map((file) => join(clientFolder, file));
  const [serverKey, certificate] = ['server.key', 'server.crt'].map((file) => join(folder, file));
  const openssl = (...args: (string | undefined)[]) =>
    run(
      'openssl',
      args.filter((arg) => arg !== undefined),
    );
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=an authority',
    '-keyout',
    key,
    '-out',
    authority,
  );
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    serverKey,
    '-out',
    request,
  );
  await run('sh', ['-c', `echo 'subjectAltName=DNS:localhost' > '${extensions}'`]);
  await openssl(
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    authority,
    '-CAkey',
    key,
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    extensions,
    '-out',
    certificate,
  );
  for (const file of [serverKey, certificate]) if (file) await server.own(file);
  await server.configure({ ssl: 'on' });
  // The role of the processes gets in over TLS only; whoever looks from the outside needs none.
  await server.allow([
    'hostssl all afterword 127.0.0.1/32 trust',
    'hostssl all afterword ::1/128 trust',
    'hostnossl all afterword all reject',
    'host all all 127.0.0.1/32 trust',
    'local all all trust',
  ]);
  await server.stop();
  await server.start();
  return authority ?? '';
}
