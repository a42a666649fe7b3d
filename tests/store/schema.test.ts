/** `schema.ts` says of each table and view what the migrated database says: columns, nullability and types. */
import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { databaseForTest } from '../support/database.ts';

const STORE = new URL('../../src/store/', import.meta.url);
// The tables come first: what `schema.ts` says may take their columns over.
const SCHEMA = [
  ...(await readdir(new URL('tables/', STORE))).sort().map((file) => `tables/${file}`),
  'schema.ts',
];
/** What a column's type in the database may be called in TypeScript; a column of jsonb has a type of its own. */
const TYPES: Record<string, RegExp> = {
  text: /\b(string|Lane|Outcome|CallKind|CallOutcome|Stage|UsageStage|Role|WebhookFormat|DeliveryState|DecisionKind)\b|^'|\['kind'\]/,
  bytea: /\bBuffer\b/,
  tsvector: /\bstring\b/,
  ARRAY: /\bstring\[\]/,
  bigint: /\bnumber\b/,
  integer: /\bnumber\b/,
  'double precision': /\bnumber\b/,
  real: /\bnumber\b/,
  boolean: /\bboolean\b/,
  jsonb: /\b(Json|ColumnType)</,
};

/** By the name of each interface, its own columns and those that it takes over. */
function interfacesOf(source: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [, name = '', base = '', body = ''] of source.matchAll(
    /interface (\w+)(?: extends ([^{]+?))? \{\n(.*?)\n\}/gs,
  )) {
    const omitted = /Omit<(\w+), '(\w+)'>/.exec(base);
    const columns = new Map(found.get(omitted?.[1] ?? base.trim()) ?? []);
    if (omitted?.[2]) columns.delete(omitted[2]);
    for (const [, column = '', type = ''] of body.matchAll(/^ {2}(\w+)\??: (.+);$/gm))
      columns.set(column, type);
    found.set(name, columns);
  }
  return found;
}

it('the rows in TypeScript are those of the migrated database', async () => {
  const { db } = await databaseForTest();
  const interfaces = interfacesOf(
    (await Promise.all(SCHEMA.map((file) => readFile(new URL(file, STORE), 'utf8')))).join('\n'),
  );
  const { rows } = await sql<{
    table: string;
    column: string;
    type: string;
    isNullable: boolean;
    isView: boolean;
  }>`
    SELECT c.table_name AS table, c.column_name AS column, c.data_type AS type, c.is_nullable = 'YES' AS "isNullable",
           t.table_type = 'VIEW' AS "isView"
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'kysely%'`.execute(db);
  const tables = Map.groupBy(rows, ({ table }) => table);
  const declared = interfaces.get('Schema') ?? new Map<string, string>();
  expect([...declared.keys()].sort()).toEqual([...tables.keys()].sort());
  for (const [table, columns] of tables) {
    const own = interfaces.get(declared.get(table) ?? '') ?? new Map<string, string>();
    expect([...own.keys()].sort(), table).toEqual(columns.map(({ column }) => column).sort());
    for (const { column, type, isNullable, isView } of columns) {
      const name = `${table}.${column}: ${own.get(column)}`;
      expect(own.get(column), name).toMatch(TYPES[type] ?? /never/);
      // PostgreSQL takes each column of a view for nullable.
      if (!isView) expect(/\bnull\b/.test(own.get(column) ?? ''), name).toBe(isNullable);
    }
  }
});
