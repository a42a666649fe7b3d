/** Somebody who uses the server as it is meant, one request after another, and knows what must have become of each. */
import { createHash } from 'node:crypto';
import type { Chance } from './chance.ts';
import { type File, FORM, formOf } from './forms.ts';
import type { Answer, Request } from './wire.ts';

interface Receipt {
  recordingId: string;
  sha256: string;
  outcome: string;
}

type Send = (request: Request) => Promise<Answer | null>;

export class Person {
  readonly id: string;
  /** What they were promised and have not deleted, by content. */
  readonly kept = new Map<string, string>();
  /** What was not as it must be. */
  readonly surprises: string[] = [];
  readonly #deleted = new Set<string>();
  readonly #sent: File[] = [];
  readonly #chance: Chance;
  readonly #send: Send;
  readonly #shared: readonly File['content'][];
  #isDeleted = false;

  /** @param shared contents that others send as well */
  constructor(id: string, chance: Chance, shared: readonly File['content'][], send: Send) {
    this.id = id;
    this.#chance = chance;
    this.#shared = shared;
    this.#send = send;
  }

  async act(): Promise<void> {
    const chance = this.#chance;
    const what = chance.next();
    if (what < 0.45 || this.#sent.length === 0) await this.#upload(this.#newFiles());
    else if (what < 0.65) await this.#upload([chance.one(this.#sent)]);
    else if (what < 0.85 && this.kept.size > 0) await this.#delete();
    else if (what < 0.92) await this.#upload([chance.one(this.#sent)], { restore: true });
    else if (what < 0.99) await this.#list();
    else await this.#deleteMe();
  }

  #newFiles(): File[] {
    const chance = this.#chance;
    return Array.from({ length: 1 + chance.below(3) }, () => ({
      name: `audio_omi_opus_fs320_16000_1_fs320_${1_774_000_000 + chance.below(100_000)}.bin`,
      content: chance.under(0.4)
        ? chance.one(this.#shared)
        : Buffer.from(`${this.id} ${chance.next()} ${'x'.repeat(chance.below(5000))}`),
    }));
  }

  async #upload(files: File[], { restore = false } = {}): Promise<void> {
    const chance = this.#chance;
    const [first] = files;
    const isRaw = files.length === 1 && first !== undefined && chance.under(0.3);
    const query = new URLSearchParams(isRaw ? { name: first.name } : {});
    if (restore) query.set('restore', 'true');
    const usesOmi = !isRaw && !restore && chance.under(0.3);
    const path = usesOmi ? '/v2/sync-local-files' : `/api/v1/recordings?${query}`;
    const answer = await this.#ask(
      'POST',
      path,
      isRaw ? first.content : formOf(files),
      isRaw ? 'audio/wav' : FORM,
    );
    // 403 would make Omi's app give its files up for good.
    const refused = usesOmi ? 401 : 403;
    const expected = this.#isDeleted && !restore ? refused : 202;
    if (answer?.status === 503) return;
    if (answer?.status !== expected) return this.#surprise(`an upload was answered with`, answer);
    if (expected === refused) return;
    if (restore) this.#isDeleted = false;
    const receipts = usesOmi
      ? await this.#receiptsOf(answer)
      : (JSON.parse(answer.body) as { files: Receipt[] }).files;
    if (receipts.length !== files.length)
      return this.#surprise('an upload was acknowledged without all its files', answer);
    for (const file of files) {
      this.#sent.push(file);
      const sha256 = createHash('sha256').update(file.content).digest('hex');
      const receipt = receipts.find((one) => one.sha256 === sha256);
      if (!receipt) {
        this.#surprise('a file has no receipt', answer);
      } else if (this.#deleted.has(sha256) && !restore) {
        if (receipt.outcome !== 'deleted') this.#surprise('what was deleted came back', answer);
      } else {
        if (receipt.outcome === 'deleted') this.#surprise('what was not deleted is', answer);
        this.#deleted.delete(sha256);
        this.kept.set(sha256, receipt.recordingId);
      }
    }
  }

  async #receiptsOf(answer: Answer): Promise<Receipt[]> {
    const { job_id } = JSON.parse(answer.body) as { job_id: string };
    const upload = await this.#ask('GET', `/api/v1/uploads/${job_id}`);
    return upload?.status === 200 ? (JSON.parse(upload.body) as { files: Receipt[] }).files : [];
  }

  async #delete(): Promise<void> {
    const [sha256, id] = this.#chance.one([...this.kept]);
    const answer = await this.#ask('DELETE', `/api/v1/recordings/${id}`);
    if (answer?.status !== 204) return this.#surprise('a deletion was answered with', answer);
    this.kept.delete(sha256);
    this.#deleted.add(sha256);
  }

  async #deleteMe(): Promise<void> {
    const answer = await this.#ask('DELETE', '/api/v1/me');
    if (answer?.status !== 204) return this.#surprise('a person’s deletion was answered with', answer);
    this.kept.clear();
    this.#deleted.clear();
    this.#isDeleted = true;
  }

  async #list(): Promise<void> {
    const answer = await this.#ask('GET', '/api/v1/recordings?limit=200');
    if (answer?.status !== 200) return this.#surprise('a list was answered with', answer);
    const { recordings } = JSON.parse(answer.body) as { recordings: { id: string; outcome: string }[] };
    const living = new Set(recordings.filter(({ outcome }) => outcome !== 'deleted').map(({ id }) => id));
    if (recordings.length < 200 && [...this.kept.values()].some((id) => !living.has(id)))
      this.#surprise('a list lacks a recording', answer);
  }

  async #ask(
    method: string,
    path: string,
    body: Buffer = Buffer.alloc(0),
    type?: string,
  ): Promise<Answer | null> {
    const headers: [string, string][] = [
      ['Host', 'localhost'],
      ['Connection', 'close'],
      ['X-Afterword-User', this.id],
      ['Content-Length', String(body.byteLength)],
      ...(type ? [['Content-Type', type] as [string, string]] : []),
    ];
    return await this.#send({ method, path, headers, body, breaksOffAfter: null });
  }

  #surprise(what: string, answer: Answer | null): void {
    this.surprises.push(
      `${this.id}: ${what} ${answer ? `${answer.status} ${answer.body.slice(0, 300)}` : 'nothing'}`,
    );
  }
}
