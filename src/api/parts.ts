import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PreferenceDefaults } from '../preferences/preferences.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { Changes } from '../store/changes.ts';
import type { Database } from '../store/database.ts';
import type { PageSource } from './page.ts';

/** The routes get their database, store and settings from the code that starts the api; nothing is found by import. */
export interface ApiParts {
  db: Database;
  blobs: BlobStore;
  changes: Changes;
  config: Pick<
    Config,
    | 'maxFileBytes'
    | 'syncWaitMs'
    | 'timeouts'
    | 'drainMs'
    | 'host'
    | 'hosts'
    | 'publicUrl'
    | 'bounds'
    | 'metricsToken'
    | 'secretKeys'
    | 'webhookNetworks'
    | 'push'
    | 'ffmpeg'
    | 'knownLanguages'
    | 'samples'
  >;
  signIn: SignIn;
  metrics: Metrics;
  /** After this long without a byte of its body a request is ended; a minute without it. */
  stallMs?: number;
  quietMs: number;
  /** Connections of the pool behind `db`. */
  connections: number;
  timeZone: string;
  /** The server's settings of what a person may choose for themselves. */
  defaults: PreferenceDefaults;
  /** Keeps a thread that plays, ready from the start; otherwise the first listener waits for one. */
  isReadyToPlay?: boolean;
  /** Without it the addresses of the page say that there is none. */
  page?: PageSource;
  log: Logger;
}
