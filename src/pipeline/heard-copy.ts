import { setTimeout as delay } from 'node:timers/promises';
import type { TakesCopy } from '../audio/opus-copy.ts';
import type { Sound } from '../audio/sound-notes.ts';
import { CopySpool } from '../playback/copy-spool.ts';
import { keepSound } from '../playback/sounds.ts';
import { storeCopy } from '../playback/store-copy.ts';
import { commit, type RecordingAttempt, STALE } from './commit.ts';
import type { PipelineContext } from './context.ts';

/** An hour's copy has 11 MB. The words do not wait longer for a store that is slow. */
const WAITS_MS = 30_000;

/**
 * The playable copy that is made while a recording is heard, where its format needs one. It is kept as soon as all of it was
 * heard, beside the last words: then it is there even if those come in another attempt.
 */
export class HeardCopy {
  readonly #context: Pick<PipelineContext, 'db' | 'lease' | 'blobs' | 'log'>;
  readonly #attempt: RecordingAttempt;
  readonly #spool = new CopySpool();
  #stored: Promise<void> | null = null;

  constructor(context: Pick<PipelineContext, 'db' | 'lease' | 'blobs' | 'log'>, attempt: RecordingAttempt) {
    this.#context = context;
    this.#attempt = attempt;
  }

  readonly add: TakesCopy = (part) => this.#spool.add(part);

  /** All of the recording was heard. */
  heard(sound: Sound | null): void {
    if (!sound?.isOfCopy) return;
    this.#stored = this.#store(sound).catch((error: unknown) => {
      const { log } = this.#context;
      log.warn({ err: error }, 'a playable copy could not be kept: it is made when somebody listens');
    });
  }

  /** Call it when the attempt ends, however it does. Never fails: a copy that is missing is made when somebody listens. */
  async settled(): Promise<void> {
    if (this.#stored) await Promise.race([this.#stored, delay(WAITS_MS, undefined, { ref: false })]);
    else await this.#spool.close();
  }

  async #store(sound: Sound): Promise<void> {
    const { recordingId } = this.#attempt;
    await storeCopy(this.#context.blobs, this.#spool, async (copyKey) => {
      const kept = await commit(this.#context, this.#attempt, (tx) =>
        keepSound(tx, recordingId, sound, copyKey),
      );
      return kept !== STALE && kept;
    });
  }
}
