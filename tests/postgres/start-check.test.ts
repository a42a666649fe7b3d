import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openClient, openPool } from '../../src/postgres/pool.ts';
import { checkDatabase } from '../../src/postgres/start-check.ts';
import { prepareDatabase } from '../../src/serve/database.ts';
import { databaseForTest } from '../support/database.ts';

const log = pino({ level: 'silent' });

async function superuser(databaseUrl: string, ...statements: string[]): Promise<void> {
  const client = await openClient({ databaseUrl, name: 'test', log });
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const check = (databaseUrl: string) => checkDatabase({ databaseUrl, directUrl: databaseUrl }, log);

describe('a database that is not fit is refused in words', () => {
  it('when its encoding cannot hold what people say', async () => {
    const { databaseUrl } = await databaseForTest();
    const name = `latin_${Math.random().toString(36).slice(2)}`;
    await superuser(
      databaseUrl,
      `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
    );
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    await expect(check(url.href)).rejects.toThrow(/encoding is LATIN1.*CREATE DATABASE/);
  });

  it('when search_path leads away from the tables that are there', async () => {
    const { databaseUrl } = await databaseForTest();
    await superuser(databaseUrl, 'CREATE SCHEMA elsewhere');
    const url = new URL(databaseUrl);
    url.searchParams.set('options', '-c search_path=elsewhere');
    await expect(check(url.href)).rejects.toThrow(/tables in the schema "public".*database of its own/);
    url.searchParams.set('options', '-c search_path=nowhere');
    await expect(check(url.href)).rejects.toThrow(/search_path/);
  });

  it('and one that is fit passes', async () => {
    const { databaseUrl } = await databaseForTest();
    await expect(check(databaseUrl)).resolves.toBeUndefined();
  });
});

describe('a role without rights', () => {
  async function roleOn(databaseUrl: string, ...grants: string[]): Promise<string> {
    const role = `least_${Math.random().toString(36).slice(2)}`;
    await superuser(
      databaseUrl,
      `CREATE ROLE ${role} LOGIN PASSWORD 'least'`,
      ...grants.map((grant) => grant.replaceAll('$role', role)),
    );
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = 'least';
    return url.href;
  }

  it('starts on tables that are up to date', async () => {
    const { databaseUrl } = await databaseForTest();
    await prepareDatabase({ databaseUrl, directUrl: databaseUrl }, log);
    const url = await roleOn(
      databaseUrl,
      ...['public', 'dbos', 'afterword_engine'].flatMap((schema) => [
        `GRANT USAGE ON SCHEMA ${schema} TO $role`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO $role`,
      ]),
    );
    await expect(prepareDatabase({ databaseUrl: url, directUrl: url }, log)).resolves.toBeUndefined();
  });

  it('is told the statement that it needs where something has to be created', async () => {
    const { databaseUrl } = await databaseForTest();
    const name = `bare_${Math.random().toString(36).slice(2)}`;
    await superuser(databaseUrl, `CREATE DATABASE ${name}`);
    const bare = new URL(await roleOn(databaseUrl));
    bare.pathname = `/${name}`;
    await expect(prepareDatabase({ databaseUrl: bare.href, directUrl: bare.href }, log)).rejects.toThrow(
      new RegExp(`GRANT CREATE ON DATABASE "${name}" TO "${bare.username}"`),
    );
  });
});

it('waits for the lock of the migrations, and goes on when it is free', async () => {
  const { databaseUrl } = await databaseForTest();
  const name = `turns_${Math.random().toString(36).slice(2)}`;
  await superuser(databaseUrl, `CREATE DATABASE ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const holder = openPool({ databaseUrl: url.href, name: 'holder', max: 1, log });
  const client = await holder.connect();
  await client.query('SELECT pg_advisory_lock($1, $2)', [0x41465457, 2]);
  const prepared = prepareDatabase({ databaseUrl: url.href, directUrl: url.href }, log);
  expect(
    await Promise.race([
      prepared.then(() => 'done'),
      client.query('SELECT pg_sleep(1)').then(() => 'waiting'),
    ]),
  ).toBe('waiting');
  client.release(true);
  await prepared;
  await holder.end();
});
