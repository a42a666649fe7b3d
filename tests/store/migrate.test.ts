import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrateStore } from '../../src/store/migrate.ts';
import { databaseForTest } from '../support/database.ts';

it('starts on tables that the next version has brought further, and still on its own', async () => {
  const { db } = await databaseForTest();
  await migrateStore(db);
  await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-of-the-next-version.sql', '2027')`.execute(
    db,
  );
  await migrateStore(db);
  const { rows } = await sql`SELECT name FROM kysely_migration`.execute(db);
  expect(rows.length).toBeGreaterThan(1);
});

it('does not take a table with something missing for one that is ahead', async () => {
  const { db } = await databaseForTest();
  await sql`UPDATE kysely_migration SET name = '9999-other.sql' WHERE name LIKE '0001%'`.execute(db);
  await expect(migrateStore(db)).rejects.toThrow();
});
