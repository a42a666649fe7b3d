/**
 * What the Omi app does with its recordings: it sends them in batches, polls the jobs, opens the conversations that a job
 * names, and removes its own copies after that. Times are scaled down; a server's Retry-After is not.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AudioUrls, Conversation, ConversationList, Job, JobStart, read, SyncResult } from './parsers.ts';
import type { PhoneFile } from './recordings.ts';
import type { Entry } from './traffic.ts';
import { type Answer, Transport } from './transport.ts';
import { type Wal, WalList } from './wal.ts';

const POLL_SECONDS = [20, 20, 30, 45, 60, 120];
const DRAIN_BACKOFF_SECONDS = [5, 10, 20, 60];
const CONCURRENT_POLLS = 3;
const COOLDOWN_SECONDS = { refused: 1800, paced: 600 };
const PAGE = 50;
/** What a user taps until it is there, over a network that loses every few requests. */
const TAPS = 40;
/** What the pages of conversations load beside them. */
const BESIDE = [
  '/v1/folders',
  '/v1/action-items?limit=50&offset=0&include_completed=true',
  '/v1/users/people',
  '/v1/fair-use/status',
];
const UNREADABLE = new Set(['sync_invalid_audio', 'stt_invalid_input']);
const PACED = new Set(['backfill_paced', 'backfill_capacity', 'sync_backfill_paced']);

export interface AppOptions {
  server: string;
  /** What signs the user in. */
  headers: Record<string, string>;
  traffic: Entry[];
  /** Of a second of the app's, in seconds of the clock. */
  scale: number;
}

export class OmiApp {
  readonly #wals: WalList;
  readonly #http: Transport;
  readonly #scale: number;
  /** What each job has named. */
  readonly #toOpen = new Map<string, Set<string>>();
  readonly #opened = new Set<string>();
  #coolUntil = 0;
  #reconnects = 0;

  constructor({ server, headers, traffic, scale }: AppOptions) {
    this.#wals = new WalList(traffic);
    this.#http = new Transport(server, headers, traffic);
    this.#scale = scale;
  }

  record(files: readonly PhoneFile[], recordingSessionId: string | null = null): void {
    for (const file of files) this.#wals.add(file, recordingSessionId);
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  /** Until there is nothing left to send, to ask or to remove. @returns whether that came within the limit */
  async sync(limitMs: number, signal?: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    for (let polls = 0, failures = 0; !this.#isDone(); ) {
      if (performance.now() > deadline || signal?.aborted) return false;
      const brokenBefore = this.#http.broken;
      failures = (await this.#drain()) ? failures + 1 : 0;
      polls = (await this.#reconcile()) ? 0 : polls + 1;
      await this.#surface();
      this.#sweep();
      // A phone whose connections broke and came back, and a user who sees spent retries, arm them again.
      if (this.#http.broken > brokenBefore || this.#wals.isSpent) this.#reconnect();
      if (this.#isDone()) return true;
      const backoff = failures > 0 ? at(DRAIN_BACKOFF_SECONDS, failures - 1) : at(POLL_SECONDS, polls);
      await delay(backoff * 1000 * this.#scale);
    }
    return true;
  }

  /** As a user who scrolls through everything: each page of the list, each conversation, its words and its sound. */
  async lookAtAll(): Promise<void> {
    for (const path of BESIDE) await this.#mustAnswer(() => this.#http.get(path));
    for (let offset = 0; ; offset += PAGE) {
      const path = `/v1/conversations?include_discarded=true&limit=${PAGE}&offset=${offset}&statuses=processing,completed`;
      const page = read(ConversationList, (await this.#mustAnswer(() => this.#http.get(path))).body) ?? [];
      const word = page[0]?.transcript_segments[0]?.text.split(' ')[0];
      const query = { query: word, page: 1, per_page: 10, include_discarded: true };
      if (word) await this.#mustAnswer(() => this.#http.post('/v1/conversations/search', query));
      for (const { id } of page) await this.#look(id);
      if (page.length < PAGE) break;
    }
    // Ids from notifications and old pages are still on the phone.
    for (const ids of this.#toOpen.values())
      for (const id of ids) await this.#mustAnswer(() => this.#http.get(`/v1/conversations/${id}`));
  }

  /** @returns whether a batch was not taken */
  async #drain(): Promise<boolean> {
    const tried = new Set<Wal>();
    let failed = false;
    while (performance.now() >= this.#coolUntil) {
      const batch = this.#wals.nextBatch(tried);
      if (batch.length === 0) return failed;
      for (const wal of batch) tried.add(wal);
      const session = batch[0]?.recordingSessionId;
      const query = session ? `?recording_session_id=${session}` : '';
      const answer = await this.#http.upload(
        `/v2/sync-local-files${query}`,
        batch.map(({ file }) => file),
      );
      if (!this.#take(batch, answer)) failed = true;
    }
    return failed;
  }

  /** @returns whether the server has the batch now */
  #take(batch: readonly Wal[], answer: Answer): boolean {
    const { status, headers, body } = answer;
    if (status === 202) {
      const jobId = read(JobStart, body)?.job_id;
      if (!jobId) return false;
      this.#wals.decide(batch, 'uploaded', jobId);
      return true;
    }
    if (status === 200) {
      const result = read(SyncResult, body);
      if (result?.failed_segments !== 0) return false;
      this.#told('', [...result.new_memories, ...result.updated_memories]);
      this.#wals.decide(batch, 'synced');
      return true;
    }
    if (status === 400 || status === 403 || status === 413) this.#wals.decide(batch, 'uploadRejected');
    else if (status === 422 && body.includes('backfill_lookback_exceeded')) {
      const oldest = batch.toSorted((a, b) => a.file.startedAtMs - b.file.startedAtMs).slice(0, 1);
      this.#wals.decide(oldest, 'outsideRecoveryWindow');
    } else if (
      status === 429 ||
      (status === 503 && headers['x-omi-rate-limit-reason'] === 'backfill_capacity')
    ) {
      this.#coolDown(Number(headers['retry-after']), COOLDOWN_SECONDS.refused);
    }
    return false;
  }

  /** A server's own time is kept to; the app's default is long, and is scaled as its other times. */
  #coolDown(saidSeconds: number, otherwise: number): void {
    const ms = saidSeconds > 0 ? saidSeconds * 1000 : otherwise * 1000 * this.#scale;
    this.#coolUntil = performance.now() + ms;
  }

  /** @returns whether a job has ended */
  async #reconcile(): Promise<boolean> {
    const waiting = [...new Set(this.#wals.withStatus('uploaded').map(({ jobId }) => jobId ?? ''))];
    let progress = false;
    const next = async () => {
      for (let jobId = waiting.shift(); jobId !== undefined; jobId = waiting.shift())
        progress = this.#settle(jobId, await this.#http.get(`/v2/sync-local-files/${jobId}`)) || progress;
    };
    await Promise.all(Array.from({ length: CONCURRENT_POLLS }, next));
    return progress;
  }

  #settle(jobId: string, { status, body }: Answer): boolean {
    const batch = this.#wals.ofJob(jobId).filter((wal) => wal.status === 'uploaded');
    if (status === 404 || status === 403) this.#wals.sendAgain(batch, 'a retry');
    const job = status === 200 ? read(Job, body) : null;
    if (!job || job.status === 'queued' || job.status === 'processing')
      return status === 404 || status === 403;
    this.#told(jobId, [...(job.result?.new_memories ?? []), ...(job.result?.updated_memories ?? [])]);
    if (job.status === 'completed') this.#wals.decide(batch, 'synced', jobId);
    else if (isPaced(job)) {
      this.#coolDown(job.retry_after ?? 0, COOLDOWN_SECONDS.paced);
      this.#wals.sendAgain(batch, 'nothing');
    } else if (job.status === 'failed' && UNREADABLE.has(job.reason_code ?? ''))
      this.#wals.decide(batch, 'unsupportedAudio', jobId);
    else this.#wals.sendAgain(batch, 'a retry');
    return true;
  }

  #told(jobId: string, ids: readonly string[]): void {
    const known = this.#toOpen.get(jobId) ?? new Set();
    for (const id of ids) known.add(id);
    this.#toOpen.set(jobId, known);
  }

  /** Opens what finished jobs named. A 404 is taken as an answer: it is gone for good. */
  async #surface(): Promise<void> {
    for (const { jobId } of this.#unswept()) {
      for (const id of this.#toOpen.get(jobId ?? '') ?? []) {
        if (this.#opened.has(id)) continue;
        const { status, body } = await this.#http.get(`/v1/conversations/${id}`);
        if (status === 404 || status === 402 || (status === 200 && read(Conversation, body)))
          this.#opened.add(id);
      }
    }
  }

  #sweep(): void {
    for (const wal of this.#unswept()) {
      const ids = [...(this.#toOpen.get(wal.jobId ?? '') ?? [])];
      if (ids.every((id) => this.#opened.has(id))) this.#wals.decide([wal], 'swept', wal.jobId);
    }
  }

  #unswept(): Wal[] {
    return this.#wals.withStatus('synced').filter(({ isKept }) => isKept);
  }

  #reconnect(): void {
    this.#reconnects++;
    this.#wals.rearm();
  }

  #isDone(): boolean {
    return [this.#wals.withStatus('miss'), this.#wals.withStatus('uploaded'), this.#unswept()].every(
      ({ length }) => length === 0,
    );
  }

  async #look(id: string): Promise<void> {
    const path = `/v1/conversations/${id}`;
    await this.#mustAnswer(() => this.#http.get(path));
    await this.#mustAnswer(() => this.#http.get(`${path}/transcripts`));
    await this.#mustAnswer(() => this.#http.get(`${path}/photos`));
    const audio = `/v1/sync/audio/${id}`;
    await this.#mustAnswer(() => this.#http.post(`${audio}/precache`, {}));
    const urls = read(AudioUrls, (await this.#mustAnswer(() => this.#http.get(`${audio}/urls`))).body);
    for (const file of urls?.audio_files ?? []) {
      if (file.status !== 'cached') continue;
      const range = { range: 'bytes=0-4095' };
      await this.#mustAnswer(() => this.#http.get(`${audio}/${file.id}?format=wav`, range));
      if (!file.signed_url) continue;
      const { pathname, search } = new URL(file.signed_url, 'http://server');
      await this.#mustAnswer(() => this.#http.get(`${pathname}${search}`, range));
    }
  }

  /** Asked again while the connection breaks or the server is away. */
  async #mustAnswer(ask: () => Promise<Answer>): Promise<Answer> {
    let answer = await ask();
    for (let taps = 1; (answer.status ?? 500) >= 500 && taps < TAPS; taps++) {
      await delay(Math.min(1000, 50 * taps));
      answer = await ask();
    }
    return answer;
  }
}

function isPaced(job: Job): boolean {
  if (PACED.has(job.reason_code ?? '')) return true;
  return job.status === 'failed' && job.total_segments === 0 && !job.reason_code;
}

function at(steps: readonly number[], index: number): number {
  return steps[Math.min(index, steps.length - 1)] ?? 0;
}
