import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { inject, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { CLUSTER_DESK, copyCluster, DATABASE_DESK } from './postgres.ts';

export const log = pino({ level: process.env.AFTERWORD_LOG_LEVEL ?? 'fatal' });

export interface TestDatabase {
  db: Database;
  databaseUrl: string;
  drop(): Promise<void>;
}

let asked: Promise<string> | undefined;

/** The migrated database that tests copy; the first call of a run starts PostgreSQL. */
export function templateUrl(): Promise<string> {
  asked ??= askDesk(DATABASE_DESK);
  return asked;
}

/** Puts the files of a PostgreSQL with all tables into a data folder that has none, which takes a tenth of making them. */
export async function fillDataDir(dataDir: string): Promise<void> {
  await copyCluster(await askDesk(CLUSTER_DESK), dataDir);
}

async function askDesk(what: string): Promise<string> {
  const desk = inject('postgresDesk');
  if (!desk)
    throw new Error('A unit test has no database: name the file *.test.ts instead of *.unit.test.ts.');
  const response = await fetch(`${desk}${what}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`PostgreSQL did not start:\n${text}`);
  return text;
}

/** A database of its own, copied from the migrated one. `drop` fails when a connection was left open. */
export async function createDatabase(): Promise<TestDatabase> {
  const template = new URL(await templateUrl());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  const db = openDatabase(url.href, log, 5);
  return {
    db,
    databaseUrl: url.href,
    drop: async () => {
      await db.destroy();
      await onServer(`DROP DATABASE ${name}`);
    },
  };
}

/** For one test: dropped when it ends. */
export async function databaseForTest(): Promise<TestDatabase> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  return database;
}

/** Without any table: for trying a migration on what an earlier version has left. */
export async function emptyDatabaseForTest(): Promise<{ db: Database }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(await templateUrl());
  url.pathname = `/${name}`;
  const db = openDatabase(url.href, log, 2);
  onTestFinished(async () => {
    await db.destroy();
    await onServer(`DROP DATABASE ${name}`);
  });
  return { db };
}

async function onServer(statement: string): Promise<void> {
  const admin = new URL(await templateUrl());
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
