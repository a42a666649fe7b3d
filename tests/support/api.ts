import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { onTestFinished } from 'vitest';
import { buildApi } from '../../src/api/app.ts';
import type { PageSource } from '../../src/api/page.ts';
import type { ApiParts } from '../../src/api/parts.ts';
import type { RouteEntry } from '../../src/api/route-table.ts';
import { readConfig } from '../../src/config.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { secretFrom } from '../../src/sign-in/server-secret.ts';
import { SignIn, type SignInSettings } from '../../src/sign-in/sign-in.ts';
import type { BlobStore } from '../../src/store/blobs/blob-store.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { Changes } from '../../src/store/changes.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createDatabase, log, type TestDatabase } from './database.ts';

export interface TestApi extends TestDatabase {
  routes: RouteEntry[];
  url: string;
  blobFolder: string;
  /** Breaks the api's connections to the database, and refuses new ones. */
  cutDatabase(): Promise<void>;
  healDatabase(): Promise<void>;
}

type Settings = ApiParts['config'] & SignInSettings & { stallMs?: number; page?: PageSource };

const DEFAULTS: Settings = {
  maxFileBytes: 10_000_000,
  syncWaitMs: 200,
  timeouts: {},
  drainMs: 10_000,
  host: '127.0.0.1',
  hosts: [],
  publicUrl: undefined,
  modes: ['header', 'dev'],
  singleUser: true,
  bounds: readConfig({}).bounds,
  secretKeys: [],
  webhookNetworks: [],
  oidc: null,
  firebase: null,
  metricsToken: undefined,
  people: [],
  push: readConfig({}).push,
  ffmpeg: null,
  samples: true,
  knownLanguages: readConfig({}).knownLanguages,
};

/** Of every api of the tests, so that a test can make keys for it. */
export const SECRET = 'a-secret-that-only-the-tests-have';
export const secret = secretFrom(SECRET);

/** The real api over real HTTP, with a database of its own and no worker beside it. */
export async function startApi(
  settings: Partial<Settings> = {},
  disk: string = tmpdir(),
  apiLog: Logger = log,
  store?: BlobStore,
): Promise<TestApi> {
  const database = await createDatabase();
  const blobFolder = await mkdtemp(join(disk, 'afterword-api-'));
  const folder = new FolderBlobStore(blobFolder);
  await folder.prepare();
  const blobs = store ?? folder;
  const wire = await startWire(new URL(database.databaseUrl));
  const changes = new Changes(wire.databaseUrl, log);
  await changes.start();
  const connections = 5;
  const db = openDatabase(wire.databaseUrl, log, connections);
  // The same object: a test may change a setting while the api runs.
  const config = Object.assign(settings, { ...DEFAULTS, ...settings });
  const signIn = new SignIn(config, { db, secret, timeZone: 'UTC' });
  const metrics = new Metrics({ db, log });
  const parts = { metrics, db, blobs, changes, config, signIn, connections, log: apiLog };
  const defaults = { timeZone: 'UTC', languages: [], vocabulary: [] };
  const app = await buildApi({
    ...parts,
    ...(config.stallMs === undefined ? {} : { stallMs: config.stallMs }),
    ...(config.page === undefined ? {} : { page: config.page }),
    quietMs: 0,
    timeZone: 'UTC',
    defaults,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    metrics.stop();
    await changes.stop();
    await db.destroy();
    await wire.cut();
    await database.drop();
    await rm(blobFolder, { recursive: true, force: true });
  });
  return {
    ...database,
    url,
    routes: app.routeTable,
    blobFolder,
    cutDatabase: wire.cut,
    healDatabase: wire.heal,
  };
}

/** A wire to the database that can be cut: what a network does. */
async function startWire(target: URL) {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {}).once('close', () => open.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const databaseUrl = new URL(target);
  databaseUrl.port = String(port);
  return {
    databaseUrl: databaseUrl.href,
    cut: async () => {
      const closed = server.listening ? once(server.close(), 'close') : null;
      for (const socket of open) socket.destroy();
      await closed;
    },
    heal: async () => void (await once(server.listen(port, '127.0.0.1'), 'listening')),
  };
}

export function formOf(files: Record<string, string | Uint8Array<ArrayBuffer>>): FormData {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) form.append('files', new Blob([content]), name);
  return form;
}

export const NAME = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
