/**
 * Brings files to the server, each content once: it hashes them, asks which are there, and sends the others, several at
 * once. Every file gets an outcome.
 */
import { AfterwordProblem, orThrow, type Upload } from '@afterword/client';
import { readFileName } from '../../intake/claim.ts';
import type { Server } from '../server.ts';
import { AT_ONCE, AtRisk } from './at-risk.ts';
import type { BegunUploads } from './begun.ts';
import { type ExaminedFile, examine } from './examine.ts';
import { readWhole } from './file-bytes.ts';
import type { FoundFile } from './find.ts';
import { type FileOutcome, outcomeOf, refusalOf, type State } from './outcomes.ts';
import { Backoff, FileChanged, FileUnreadable, isFinal, isForRoom, isOfTheSender, persist } from './retry.ts';
import { type ReadFile, sendBatch, takeBatch } from './send-batch.ts';
import { sendLarge } from './send-large.ts';
import { whyUnreadable } from './unreadable.ts';

/** As many as the server takes in one question; the bytes bound how long the first file waits to be sent. */
const ASK_FILES = 500;
const ASK_BYTES = 256 * 1024 * 1024;
/** Of about 200 bytes each. */
const REMEMBERED = 20_000;
/** Small ones, of which several fit into a request. */
const SMALL_BYTES = 4 * 1024 * 1024;
/** Refused for what the name tells of the time: another name of the same content may tell it. */
const BY_NAME = new Set(['name_without_time', 'name_not_a_recording', 'clock_in_future', 'clock_too_old']);

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

/** What became of a content. */
interface Done {
  recordingId: string;
  refusal: Partial<FileOutcome> | null;
}

interface Asked {
  /** Those whose content the server does not have, each content once. */
  missing: ExaminedFile[];
  /** The same contents under other names: they wait for what becomes of the first, which may go or be refused. */
  twins: ExaminedFile[];
}

export class Pusher {
  readonly #parts: PusherParts;
  readonly #atRisk = new AtRisk();
  /**
   * Contents of this run: a doubled file is sent once. A watch may run for months, so it forgets the oldest; the server is
   * asked about those.
   */
  readonly #done = new Map<string, Done>();
  #withoutRoom: FoundFile[] = [];

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
      sending = this.#bring(await this.#ask(group), unsteady);
      sending.catch(() => {});
    }
    await sending;
    return unsteady;
  }

  /** @returns those that were refused since the last question because there is no room for them */
  takeWithoutRoom(): FoundFile[] {
    const files = this.#withoutRoom;
    this.#withoutRoom = [];
    return files;
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

  async #bring({ missing, twins }: Asked, unsteady: FoundFile[]): Promise<void> {
    await this.#sendAll(missing, unsteady);
    if (twins.length > 0) await this.#bring(await this.#ask(twins), unsteady);
  }

  async #ask(group: readonly ExaminedFile[], known: State = 'known'): Promise<Asked> {
    const { server } = this.#parts;
    const asked = new Map<string, ExaminedFile>();
    const twins: ExaminedFile[] = [];
    for (const file of group) {
      const done = this.#done.get(file.sha256);
      const first = asked.get(file.sha256);
      if (done && !mayHelp(file, done.refusal)) this.#tell(file, done, 'doubled');
      else if (!first) asked.set(file.sha256, file);
      else if (tellsTime(first) || !tellsTime(file)) twins.push(file);
      else {
        asked.set(file.sha256, file);
        twins.push(first);
      }
    }
    if (asked.size === 0) return { missing: [], twins };
    const { known: there } = await this.#persist(async () =>
      orThrow(
        await server.afterword.POST('/api/v1/recordings/known', { body: { sha256: [...asked.keys()] } }),
      ),
    );
    for (const { sha256, recordingId, outcome } of there) {
      const file = asked.get(sha256);
      if (!file) continue;
      // The same file is told in the same way when it is sent again.
      const refusal = outcome === 'rejected' ? await this.#whyRejected(recordingId) : null;
      if (refusal === 'gone' || mayHelp(file, refusal)) continue;
      asked.delete(sha256);
      this.#tell(file, { recordingId, refusal }, known);
    }
    return { missing: [...asked.values()], twins };
  }

  async #whyRejected(id: string): Promise<Partial<FileOutcome> | 'gone'> {
    const { afterword } = this.#parts.server;
    try {
      const { code, reason, remedy } = await this.#persist(async () =>
        orThrow(await afterword.GET('/api/v1/recordings/{id}', { params: { path: { id } } })),
      );
      return { code, reason, remedy };
    } catch (error) {
      // Somebody has deleted it since the question.
      if (error instanceof AfterwordProblem && error.status === 404) return 'gone';
      throw error;
    }
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
      if (!this.#setAside(file, error, unsteady)) this.#refuse([file], error);
    }
  }

  /** @returns those that did not arrive */
  async #sendSeveral(
    batch: readonly ExaminedFile[],
    unsteady: FoundFile[],
    backoff: Backoff,
  ): Promise<ExaminedFile[]> {
    const { server, signal, listener } = this.#parts;
    const read = await this.#readAll(batch, unsteady);
    if (read.length === 0) return [];
    const files = read.map(({ file }) => file);
    for (const file of files) listener.begins(file);
    try {
      const upload = await sendBatch(read, { server, signal });
      this.#atRisk.arrived(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
      backoff.moved();
      this.#judge(files, upload, unsteady);
      return [];
    } catch (error) {
      if (files.length > 1 && isFinal(error) && !isOfTheSender(error))
        return await this.#sendSingly(files, unsteady, backoff);
      if (signal.aborted || isFinal(error)) {
        this.#refuse(files, error);
        return [];
      }
      this.#broke(error);
      await backoff.wait(error, signal);
      // The request may have been accepted and its answer lost.
      return (await this.#ask(files, 'sent')).missing;
    }
  }

  /** One of them may be why all were refused, or not all of them have room. @returns those that did not arrive */
  async #sendSingly(
    files: readonly ExaminedFile[],
    unsteady: FoundFile[],
    backoff: Backoff,
  ): Promise<ExaminedFile[]> {
    const left: ExaminedFile[] = [];
    for (const file of files) left.push(...(await this.#sendSeveral([file], unsteady, backoff)));
    return left;
  }

  async #readAll(batch: readonly ExaminedFile[], unsteady: FoundFile[]): Promise<ReadFile[]> {
    const read: ReadFile[] = [];
    for (const file of batch) {
      try {
        read.push({ file, bytes: await readWhole(file) });
      } catch (error) {
        if (!this.#setAside(file, error, unsteady)) throw error;
      }
    }
    return read;
  }

  /** Sets a file aside that has changed or gone, or that the disk does not give. @returns false for an error of anything else */
  #setAside(file: ExaminedFile, error: unknown, unsteady: FoundFile[]): boolean {
    if (error instanceof FileChanged) unsteady.push(file);
    else if (error instanceof FileUnreadable)
      this.#parts.listener.ends(outcomeOf(file, 'unreadable', whyUnreadable(error.cause)));
    else return false;
    return true;
  }

  /** @throws what concerns all requests */
  #refuse(files: readonly ExaminedFile[], error: unknown): void {
    if (!isFinal(error) || isOfTheSender(error)) throw error;
    if (isForRoom(error)) this.#withoutRoom.push(...files);
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
    const isRefused = outcome === 'rejected' || outcome === 'deleted';
    this.#tell(file, { recordingId, refusal: isRefused ? { code, reason, remedy } : null }, 'sent', uploadId);
  }

  /** @param state of a content that was not refused */
  #tell(file: ExaminedFile, done: Done, state: State, uploadId: string | null = null): void {
    const { recordingId, refusal } = done;
    this.#remember(file.sha256, done);
    const more = { recordingId, uploadId, ...refusal };
    this.#parts.listener.ends(outcomeOf(file, refusal === null ? state : 'refused', more));
  }

  #remember(sha256: string, done: Done): void {
    const [oldest] = this.#done.keys();
    if (oldest !== undefined && this.#done.size >= REMEMBERED) this.#done.delete(oldest);
    this.#done.set(sha256, done);
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

/** Says whether this name of a content that was refused for its name tells more. */
function mayHelp(file: FoundFile, refusal: Partial<FileOutcome> | null): boolean {
  return file.sizeBytes > 0 && BY_NAME.has(refusal?.code ?? '') && tellsTime(file);
}

function tellsTime({ name, startedAtMs }: FoundFile): boolean {
  return startedAtMs !== null || readFileName(name, Date.now()).startedAtMs !== null;
}
