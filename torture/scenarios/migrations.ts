import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { migrateEngine } from '../../src/engine/migrate.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrateStore } from '../../src/store/migrate.ts';
import { startCluster } from '../cluster.ts';
import { COMPILE_CACHE, Fleet } from '../fleet.ts';
import { seconds } from '../pace.ts';
import { type Findings, type Scenario, sizeOf } from '../scenario.ts';

const APIS = 4;
const WORKERS = 4;

export const migrations: Scenario = {
  name: 'migrations',
  promises: 'all processes started at once on an empty database come up, on one schema',
  async run(ground) {
    const findings: Findings = { table: [], broken: [], notes: [] };
    const log = pino({ level: 'silent' });
    const cluster = await startCluster(log);
    try {
      const wanted = await schemaOf(await migratedAlone(await cluster.createDatabase('alone')));
      for (let round = 1; round <= sizeOf(ground, { full: 5, short: 1 }); round++) {
        const databaseUrl = await cluster.createDatabase(`together_${round}`);
        const folder = join(ground.folder, `round-${round}`);
        await mkdir(folder);
        const fleet = new Fleet(folder, {
          DATABASE_URL: databaseUrl,
          AFTERWORD_BLOBS: join(folder, 'blobs'),
          AFTERWORD_TRANSCRIBER: 'openai',
          AFTERWORD_TRANSCRIBER_URL: 'http://127.0.0.1:9/v1',
          AFTERWORD_TRANSCRIBER_MODEL: 'whisper-1',
          AFTERWORD_RECOGNIZERS: '1',
          NODE_COMPILE_CACHE: COMPILE_CACHE,
        });
        const since = performance.now();
        try {
          await Promise.all([fleet.add('api', APIS), fleet.add('worker', WORKERS)]);
          await fleet.ready();
          const same = (await schemaOf(databaseUrl)) === wanted;
          if (!same) findings.broken.push(`round ${round}: another schema than one process alone makes`);
          for (const { member, code, lastWords } of fleet.ownEnds)
            findings.broken.push(`round ${round}: ${member} gave up with ${code}: ${lastWords}`);
          findings.table.push({
            processes: fleet.members.length,
            'all ready': seconds(performance.now() - since),
            'gave up': fleet.ownEnds.length,
            'one schema': same ? 'yes' : 'no',
          });
        } finally {
          await fleet.close();
        }
      }
      return findings;
    } finally {
      await cluster.close();
    }

    async function migratedAlone(databaseUrl: string): Promise<string> {
      await migrateEngine(databaseUrl, log);
      const db = openDatabase(databaseUrl, log, 1);
      await migrateStore(db);
      await db.destroy();
      return databaseUrl;
    }
  },
};

/** Every column and index of ours, and which migrations have run how often. The engine's lease tables are a worker's. */
async function schemaOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema IN ('public', 'dbos') ORDER BY 1, 2, 3`,
    );
    const { rows: indexes } = await client.query(
      `SELECT schemaname, indexname, indexdef, i.indisvalid FROM pg_indexes
         JOIN pg_class c ON c.relname = indexname
         JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = schemaname
         JOIN pg_index i ON i.indexrelid = c.oid
        WHERE schemaname IN ('public', 'dbos') ORDER BY 1, 2`,
    );
    const { rows: applied } = await client.query('SELECT name FROM kysely_migration ORDER BY name');
    return createHash('sha256')
      .update(JSON.stringify([rows, indexes, applied]))
      .digest('hex');
  } finally {
    await client.end();
  }
}
