/** A PostgreSQL of a test's own, which it may stop, with databases that have the engine's tables already. */
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { fillDataDir } from '../support/database.ts';
import { quiet, type Scene } from './fixtures/scene.ts';

/** That a folder becomes a cluster, and an empty database gets its tables, is shown by other tests: both take seconds. */
export async function filledFolder(scene: Scene): Promise<string> {
  const dataDir = await scene.folder();
  await fillDataDir(dataDir);
  return dataDir;
}

/** Ends with the scene. */
export async function postgresOf(scene: Scene): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: await filledFolder(scene), log: quiet });
  scene.atEnd(() => postgres.stop());
  return postgres;
}

/** A copy of the migrated database. Nobody may be connected to that one meanwhile. */
export async function newDatabase(scene: Scene, serverUrl: string, name: string): Promise<string> {
  const url = new URL(serverUrl);
  const migrated = url.pathname.slice(1);
  url.pathname = '/postgres';
  await scene.client(url.href).query(`CREATE DATABASE ${name} TEMPLATE ${migrated}`);
  url.pathname = `/${name}`;
  return url.href;
}
