/**
 * Brings files to the server, each content once: it hashes them, asks which are there, and sends the others, several at
 * once. Every file gets an outcome.
 */
import { AfterwordProblem, orThrow, type Upload } from '@afterword/client';
import type { Server } from '../server.ts';
import { AT_ONCE, AtRisk } from './at-risk.ts';
import type { BegunUploads } from './begun.ts';
import { type ExaminedFile, examine, isUnchanged } from './examine.ts';
import type { FoundFile } from './find.ts';
import { type FileOutcome, outcomeOf, refusalOf, type State } from './outcomes.ts';
import { Backoff, FileChanged, isFinal, isOfTheSender, persist } from './retry.ts';
import { sendBatch, takeBatch } from './send-batch.ts';
import { sendLarge } from './send-large.ts';
import { whyUnreadable } from './unreadable.ts';

/** As many as the server takes in one question; the bytes bound how long the first file waits to be sent. */
const ASK_FILES = 500;
const ASK_BYTES = 256 * 1024 * 1024;
/** Of about 200 bytes each. */
const REMEMBERED = 20_000;
/** Small ones, of which several fit into a request. */
const SMALL_BYTES = 4 * 1024 * 1024;

export interface Listener {
  /** It is about to be sent. */
  begins(file: ExaminedFile): void;
  moves(file: ExaminedFile, bytes: number): void;
  ends(outcome: FileOutcome): void;
  /** The connection broke, or the server wants us to wait. */
  waits(error: unknown): void;
}

export interface PusherParts {
  server: Server;
  begun: BegunUploads;
  listener: Listener;
  signal: AbortSignal;
}

type Receipt = Upload['files'][number];
type Receipts = Pick<Upload, 'id' | 'files'>;

export class Pusher {
  readonly #parts: PusherParts;
  readonly #atRisk = new AtRisk();
  /**
   * Contents of this run, with the recording that each became: a doubled file is sent once. A watch may run for months, so
   * it forgets the oldest; the server is asked about those.
   */
  readonly #done = new Map<string, string>();

  constructor(parts: PusherParts) {
    this.#parts = parts;
  }

  /**
   * @returns the files that changed or went while they were read, which have no outcome
   * @throws AfterwordProblem if the server does not let the sender in
   */
  async push(files: readonly FoundFile[]): Promise<FoundFile[]> {
    const unsteady: FoundFile[] = [];
    let sending: Promise<void> = Promise.resolve();
    for (let at = 0; at < files.length; ) {
      const group: ExaminedFile[] = [];
      for (let bytes = 0; at < files.length && group.length < ASK_FILES && bytes < ASK_BYTES; at++) {
        const file = files[at] as FoundFile;
        const examined = await this.#examine(file);
        if (examined === null) unsteady.push(file);
        else if (examined !== 'unreadable') group.push(examined);
        bytes += file.sizeBytes;
      }
      // The next group is hashed while this one is sent.
      await sending;
      const missing = await this.#ask(group);
      sending = this.#sendAll(missing, unsteady);
      sending.catch(() => {});
    }
    await sending;
    return unsteady;
  }

  async #examine(file: FoundFile): Promise<ExaminedFile | 'unreadable' | null> {
    const { signal, listener } = this.#parts;
    try {
      return await examine(file, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      listener.ends(outcomeOf(file, 'unreadable', whyUnreadable(error)));
      return 'unreadable';
    }
  }

  /** @returns those whose content the server does not have, each content once */
  async #ask(group: readonly ExaminedFile[], known: State = 'known'): Promise<ExaminedFile[]> {
    const { server, listener } = this.#parts;
    const asked = new Map<string, ExaminedFile>();
    for (const file of group) {
      if (this.#done.has(file.sha256) || asked.has(file.sha256)) {
        listener.ends(outcomeOf(file, 'doubled', { recordingId: this.#done.get(file.sha256) ?? null }));
      } else asked.set(file.sha256, file);
    }
    if (asked.size === 0) return [];
    const { known: there } = await this.#persist(async () =>
      orThrow(
        await server.afterword.POST('/api/v1/recordings/known', { body: { sha256: [...asked.keys()] } }),
      ),
    );
    for (const { sha256, recordingId, outcome } of there) {
      const file = asked.get(sha256);
      if (!file) continue;
      asked.delete(sha256);
      this.#remember(sha256, recordingId);
      if (outcome !== 'rejected') listener.ends(outcomeOf(file, known, { recordingId }));
      // The same file is told in the same way when it is sent again.
      else
        listener.ends(outcomeOf(file, 'refused', { recordingId, ...(await this.#whyRejected(recordingId)) }));
    }
    return [...asked.values()];
  }

  async #whyRejected(id: string): Promise<Partial<FileOutcome>> {
    const { afterword } = this.#parts.server;
    const { code, reason, remedy } = await this.#persist(async () =>
      orThrow(await afterword.GET('/api/v1/recordings/{id}', { params: { path: { id } } })),
    );
    return { code, reason, remedy };
  }

  async #sendAll(files: readonly ExaminedFile[], unsteady: FoundFile[]): Promise<void> {
    const small = files.filter(({ sizeBytes }) => sizeBytes <= SMALL_BYTES);
    const large = files.filter(({ sizeBytes }) => sizeBytes > SMALL_BYTES);
    const worker = async () => {
      const backoff = new Backoff();
      for (;;) {
        const [next] = small;
        const isAlone = !next || next.sizeBytes > this.#atRisk.bytes;
        const one = isAlone ? (large.shift() ?? small.shift()) : undefined;
        if (one) await this.#sendOne(one, unsteady);
        else if (next) {
          const batch = takeBatch(small, this.#atRisk.bytes);
          const left = await this.#sendSeveral(batch, unsteady, backoff);
          small.unshift(...left);
        } else return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #sendOne(file: ExaminedFile, unsteady: FoundFile[]): Promise<void> {
    const { server, begun, signal, listener } = this.#parts;
    listener.begins(file);
    try {
      const id = await sendLarge(file, {
        server,
        begun,
        signal,
        atRisk: this.#atRisk,
        sent: (bytes) => listener.moves(file, bytes),
        broke: (error) => this.#broke(error),
      });
      const { files } = await this.#persist(async () =>
        orThrow(await server.afterword.GET('/api/v1/uploads/{id}', { params: { path: { id } } })),
      );
      this.#judge([file], { id, files }, unsteady);
    } catch (error) {
      if (error instanceof FileChanged) unsteady.push(file);
      else this.#refuse([file], error);
    }
  }

  /** @returns those that did not arrive */
  async #sendSeveral(
    batch: readonly ExaminedFile[],
    unsteady: FoundFile[],
    backoff: Backoff,
  ): Promise<ExaminedFile[]> {
    const { server, signal, listener } = this.#parts;
    const files: ExaminedFile[] = [];
    for (const file of batch) (await isUnchanged(file)) ? files.push(file) : unsteady.push(file);
    if (files.length === 0) return [];
    for (const file of files) listener.begins(file);
    try {
      const upload = await sendBatch(files, { server, signal });
      this.#atRisk.arrived(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
      backoff.moved();
      this.#judge(files, upload, unsteady);
      return [];
    } catch (error) {
      if (signal.aborted || isFinal(error)) {
        this.#refuse(files, error);
        return [];
      }
      this.#broke(error);
      await backoff.wait(error, signal);
      // The request may have been accepted and its answer lost.
      return await this.#ask(files, 'sent');
    }
  }

  /** @throws what concerns all requests */
  #refuse(files: readonly ExaminedFile[], error: unknown): void {
    if (!isFinal(error) || isOfTheSender(error)) throw error;
    for (const file of files) this.#parts.listener.ends(outcomeOf(file, 'refused', refusalOf(error)));
  }

  #judge(files: readonly ExaminedFile[], { id, files: receipts }: Receipts, unsteady: FoundFile[]): void {
    const bySha = new Map(receipts.map((receipt) => [receipt.sha256, receipt]));
    for (const file of files) {
      const receipt = bySha.get(file.sha256);
      // What came is what the file was before or after: it is looked at again.
      if (!receipt) unsteady.push(file);
      else this.#ends(file, id, receipt);
    }
  }

  #ends(file: ExaminedFile, uploadId: string, receipt: Receipt): void {
    const { recordingId, outcome, code, reason, remedy } = receipt;
    this.#remember(file.sha256, recordingId);
    const state = outcome === 'rejected' || outcome === 'deleted' ? 'refused' : 'sent';
    const why = state === 'refused' ? { code, reason, remedy } : {};
    this.#parts.listener.ends(outcomeOf(file, state, { recordingId, uploadId, ...why }));
  }

  #remember(sha256: string, recordingId: string): void {
    const [oldest] = this.#done.keys();
    if (oldest !== undefined && this.#done.size >= REMEMBERED) this.#done.delete(oldest);
    this.#done.set(sha256, recordingId);
  }

  #broke(error: unknown): void {
    if (!(error instanceof AfterwordProblem)) this.#atRisk.broke();
    this.#parts.listener.waits(error);
  }

  async #persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { signal, listener } = this.#parts;
    return await persist(attempt, { signal, broke: (error) => listener.waits(error) });
  }
}
