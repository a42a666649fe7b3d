import type { Logger } from 'pino';
import type { Lease } from '../engine/leases.ts';
import type { FallbackUnderstander, Understander } from '../meaning/understanding.ts';
import type { Semaphore } from '../providers/semaphore.ts';
import type { Listening } from '../speech/audio-thread/session.ts';
import type { Transcriber } from '../speech/transcriber.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { Changes } from '../store/changes.ts';
import type { Reader } from '../store/database.ts';
import type { Lane } from '../store/schema.ts';
import type { Prices } from '../usage/prices.ts';
import type { Places } from './places.ts';
import type { Solo } from './solo.ts';

/** What the stages work with. Each stage is one file, and gets all of it. */
export interface PipelineContext {
  /** It can only read: `commit` is how a stage writes. */
  db: Reader;
  changes: Changes;
  blobs: BlobStore;
  listening: Listening;
  /** Whose turn it is to be heard; to wait for a call takes none. */
  hearing: Readonly<Record<Lane, Semaphore>>;
  /** Who has a place to be worked on, and gives it to others in time. */
  places: Places;
  /** Keeps everything away from what may be the death of its worker. */
  solo: Solo;
  transcriber: Transcriber;
  understander: Understander;
  /** Makes what is shown while the understander cannot; null where it is the same. */
  fallback: FallbackUnderstander | null;
  lease: Lease;
  prices: Prices;
  log: Logger;
  quietMs: number;
  /** What one try at a recording may take beside twice its length. */
  tryMs: number;
}
