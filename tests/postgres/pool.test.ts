import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool, postgresAddress } from '../../src/postgres/pool.ts';
import { databaseForTest } from '../support/database.ts';

const log = pino({ level: 'silent' });

/** A role of its own that may have so many connections at once: the server refuses further ones as when it is full. */
async function roleWithLimit(limit: number) {
  const { databaseUrl } = await databaseForTest();
  const admin = openPool({ databaseUrl, name: 'admin', max: 1, log });
  const role = `narrow_${Math.random().toString(36).slice(2)}`;
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'narrow' CONNECTION LIMIT ${limit}`);
  onTestFinished(async () => {
    await admin.query(`DROP OWNED BY ${role}`);
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
  });
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = 'narrow';
  return url.href;
}

describe('a server without room for another connection', () => {
  it('costs no request while connections of its own come free', async () => {
    const pool = openPool({ databaseUrl: await roleWithLimit(2), name: 'narrow', max: 10, log });
    try {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => pool.query('SELECT pg_sleep(0.005), 1 AS one')),
      );
      expect(answers.map(({ rows }) => rows[0]?.one)).toEqual(Array(200).fill(1));
      expect(pool.totalCount).toBeLessThanOrEqual(2);
    } finally {
      await pool.end();
    }
  });

  it('costs none through the callbacks of the driver either, as the engine asks', async () => {
    const pool = openPool({ databaseUrl: await roleWithLimit(1), name: 'narrow', max: 4, log });
    try {
      const ask = () =>
        new Promise<number>((resolve, reject) => {
          pool.connect((error, client, done) => {
            if (!client) return reject(error);
            client.query('SELECT 7 AS seven').then(({ rows }) => {
              done();
              resolve(rows[0]?.seven);
            }, reject);
          });
        });
      expect(await Promise.all([ask(), ask(), ask()])).toEqual([7, 7, 7]);
    } finally {
      await pool.end();
    }
  });

  it('is told when none comes free in time', async () => {
    const databaseUrl = await roleWithLimit(1);
    const other = openPool({ databaseUrl, name: 'other', max: 1, log });
    const held = await other.connect();
    const pool = openPool({ databaseUrl, name: 'narrow', max: 4, log, connectWithinMs: 300 });
    try {
      await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: '53300' });
      held.release();
      await other.end();
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });
});

it('makes commits durable where the database does not, and ends what idles inside a transaction', async () => {
  const { databaseUrl } = await databaseForTest();
  const url = new URL(databaseUrl);
  url.searchParams.set('options', '-c synchronous_commit=off -c idle_session_timeout=5s');
  const pool = openPool({ databaseUrl: url.href, name: 'settings', max: 1, log, idleInTransactionMs: 4_000 });
  try {
    const { rows } = await pool.query(
      `SELECT current_setting('synchronous_commit') AS durable, current_setting('idle_session_timeout') AS idle,
              current_setting('idle_in_transaction_session_timeout') AS transaction`,
    );
    expect(rows).toEqual([{ durable: 'on', idle: '0', transaction: '4s' }]);
  } finally {
    await pool.end();
  }
});

it('reads sslmode as libpq does: require asks for TLS and for no certificate', () => {
  expect(postgresAddress('postgres://a@b/c?sslmode=require')).toBe(
    'postgres://a@b/c?sslmode=require&uselibpqcompat=true',
  );
  expect(postgresAddress('postgres://a@b/c')).toBe('postgres://a@b/c');
});
