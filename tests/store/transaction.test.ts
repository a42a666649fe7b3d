import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { databaseForTest } from '../support/database.ts';

const touch = async (db: Database, id: string) =>
  await sql`UPDATE users SET time_zone = time_zone WHERE id = ${id}`.execute(db);

async function withTwoPeople(): Promise<Database> {
  const { db } = await databaseForTest();
  for (const id of ['ada', 'bo']) {
    await db.insertInto('users').values({ id, time_zone: 'UTC', created_at_ms: 0 }).execute();
  }
  return db;
}

/** Resolves for both when both have come. */
function meeting(): () => Promise<void> {
  let come: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    come = resolve;
  });
  let here = 0;
  return async () => {
    if (++here === 2) come();
    await both;
  };
}

describe('a transaction of a request', () => {
  it('is run again when it met another one in a deadlock (40P01)', async () => {
    const db = await withTwoPeople();
    const met = meeting();
    let runs = 0;
    const crossing = (first: string, second: string) =>
      inTransaction(db, async (tx) => {
        runs++;
        await touch(tx, first);
        await met();
        await touch(tx, second);
        return first;
      });
    expect(await Promise.all([crossing('ada', 'bo'), crossing('bo', 'ada')])).toEqual(['ada', 'bo']);
    expect(runs).toBe(3);
  });

  it('is run again when what it read has changed (40001)', async () => {
    const db = await withTwoPeople();
    let runs = 0;
    await inTransaction(db, async (tx) => {
      await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`.execute(tx);
      await tx.selectFrom('users').select('id').execute();
      if (++runs === 1) await touch(db, 'ada');
      await touch(tx, 'ada');
    });
    expect(runs).toBe(2);
  });

  it('is run again when a lock was not to be had (55P03)', async () => {
    const db = await withTwoPeople();
    const held = await db.startTransaction().execute();
    await touch(held, 'ada');
    let runs = 0;
    await inTransaction(db, async (tx) => {
      if (++runs === 2) await held.rollback().execute();
      await sql`SELECT id FROM users WHERE id = 'ada' FOR UPDATE NOWAIT`.execute(tx);
    });
    expect(runs).toBe(2);
  });

  it('is not run again for anything else, and not for ever', async () => {
    const db = await withTwoPeople();
    let runs = 0;
    const failing = (code: string) =>
      inTransaction(db, async () => {
        runs++;
        throw Object.assign(new Error('no'), { code });
      });
    await expect(failing('23505')).rejects.toThrow('no');
    expect(runs).toBe(1);
    await expect(failing('40P01')).rejects.toThrow('no');
    expect(runs).toBe(1 + 6);
  });
});
