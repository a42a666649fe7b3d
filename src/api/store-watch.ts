import type { Logger } from 'pino';
import { failureFields } from '../failure.ts';
import { normalise } from '../normalise.ts';
import type { BlobStore } from '../store/blobs/blob-store.ts';

/** A result is reused for this long, because a check is a write, which a bucket charges for. */
const GOOD_FOR_MS = 10_000;
/** A shorter time while the store is broken, so that its recovery is seen soon. */
const BAD_FOR_MS = 2_000;
/** A store that takes longer than this for a few bytes counts as away. */
const ANSWER_WITHIN_MS = 5_000;

export interface StoreState {
  state: 'ok' | 'full' | 'read_only' | 'unavailable';
  /** Why the store is not ok. */
  cause: string | null;
}

/** Checks whether the blob store takes uploads. It checks on request only, one check at a time. */
export class StoreWatch {
  readonly #blobs: Pick<BlobStore, 'probe'>;
  readonly #log: Logger;
  #known: StoreState = { state: 'ok', cause: null };
  #goodUntil = Number.NEGATIVE_INFINITY;
  #probing: Promise<void> | undefined;

  constructor(blobs: Pick<BlobStore, 'probe'>, log: Logger) {
    this.#blobs = blobs;
    this.#log = log;
  }

  async look(): Promise<StoreState> {
    if (performance.now() < this.#goodUntil) return this.#known;
    // While a check hangs no other one starts; its state is the answer until it ends.
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), ANSWER_WITHIN_MS);
    const first = await Promise.race([this.#probing, late.promise]);
    clearTimeout(timer);
    if (first === 'late') return { state: 'unavailable', cause: 'it does not answer' };
    return this.#known;
  }

  async #probe(): Promise<void> {
    const now = await this.#blobs.probe().then((): StoreState => ({ state: 'ok', cause: null }), stateOf);
    if (now.state !== this.#known.state) {
      if (now.state === 'ok') this.#log.info('The storage for audio takes uploads again');
      else this.#log.error({ state: now.state }, `The storage for audio takes no uploads: ${now.cause}`);
    }
    this.#known = now;
    this.#goodUntil = performance.now() + (now.state === 'ok' ? GOOD_FOR_MS : BAD_FOR_MS);
  }
}

function stateOf(thrown: unknown): StoreState {
  const { cause } = failureFields(thrown);
  const code = String((thrown as { code?: unknown } | null)?.code ?? '');
  if (normalise(thrown).code === 'storage_full') return { state: 'full', cause };
  return { state: /^(EROFS|EACCES|EPERM)$/.test(code) ? 'read_only' : 'unavailable', cause };
}
