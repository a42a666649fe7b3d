import type { Logger } from 'pino';
import type { Lease } from '../engine/leases.ts';
import type { FallbackUnderstander, Understander } from '../meaning/understanding.ts';
import type { Semaphore } from '../providers/semaphore.ts';
import type { Listening } from '../speech/audio-thread/session.ts';
import type { Transcriber } from '../speech/transcriber.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';
import type { Changes } from '../store/changes.ts';
import type { Reader } from '../store/database.ts';
import type { Lane } from '../store/tables/columns.ts';
import type { Prices } from '../usage/prices.ts';
import type { Places } from './places.ts';
import type { Solo } from './solo.ts';

/** Everything the stages work with. Each stage is one file, whose `Context` names what it uses of it. */
export interface PipelineContext {
  /** This handle can only read; a stage writes through `commit`. */
  db: Reader;
  changes: Changes;
  blobs: BlobStore;
  listening: Listening;
  /** Limits how many recordings of a lane are decoded at once. Waiting for a provider holds no slot. */
  hearing: Readonly<Record<Lane, Semaphore>>;
  /** Gives each recording a place in its lane, and takes it away from one that is ahead of its share. */
  places: Places;
  /** Runs a recording alone in this worker if workers have crashed over it before. */
  solo: Solo;
  transcriber: Transcriber;
  understander: Understander;
  /** Makes the summary that is shown while the language model fails; null if no language model is configured. */
  fallback: FallbackUnderstander | null;
  lease: Lease;
  /** Fires when this worker stops and has waited for its work: what breaks off from then on is no failure. */
  stopping: AbortSignal;
  prices: Prices;
  log: Logger;
  /** The request that brought the attempt which is worked on; unknown where a worker began it by itself. */
  requestId?: string | undefined;
  /** Told that a playable copy is to be made. */
  toCopy?: (() => void) | undefined;
  quietMs: number;
  /** Calls to the language model for one person in a day; null: as many as it takes. */
  languageCallsPerDay: number | null;
  /** An attempt at a recording may take this long plus twice the recording's length. */
  attemptMs: number;
}

/** The ids of one attempt, as each line of the log about it carries them. */
export type AttemptIds =
  | { recordingId: string; attempt: number; requestId?: string | undefined }
  | { conversationId: string; revision: number; attempt?: number };

/** The context of one attempt: its log adds the attempt's ids to every line, so that one id finds all of them. */
export function forAttempt<C extends Pick<PipelineContext, 'log'>>(context: C, ids: AttemptIds): C {
  const requestId = 'requestId' in ids ? ids.requestId : undefined;
  return { ...context, requestId, log: context.log.child(ids) };
}
