/** AssemblyAI's pre-recorded API: `POST /v2/upload`, `POST /v2/transcript`, `GET` and `DELETE /v2/transcript/{id}`. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Order, orderIn, statusOf, transcriptFor } from './assemblyai-wire.ts';
import { type Call, type Provider, readBody, refuseOrFail, requireKey } from './call.ts';
import { sendJson } from './delivery.ts';
import { type Dialect, Refusal } from './dialect.ts';
import { type Fate, fateOf } from './fate.ts';
import { MISHAPS, sendTooMany } from './mishaps.ts';
import { sha256 } from './spoken.ts';
import { readWav } from './wav.ts';

const dialect: Dialect = { scheme: null, refusal: ({ message }) => ({ error: message }) };
const REQUESTS = ['upload', 'submit', 'poll'] as const;
type Request = (typeof REQUESTS)[number];

interface Upload {
  sha256: string;
  /** Null for what is no audio. */
  seconds: number | null;
  /** How often this audio was sent. */
  nth: number;
  /** Milliseconds for its bytes to arrive and be looked at. */
  tookMs: number;
}

interface Job extends Upload {
  id: string;
  order: Order;
  fate: Fate | null;
  state: 'queued' | 'processing' | 'done' | 'deleted';
  /** Answered, or given up: either happens once. */
  isSettled: boolean;
  isStruck: boolean;
}

/** Of one provider. A transcript is one call, in flight from when it is ordered until it is there. */
export class AssemblyAi {
  readonly #provider: Provider;
  readonly #uploads = new Map<string, Upload>();
  readonly #jobs = new Map<string, Job>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  /** @returns false when the route is none of its own */
  async answers(route: string, call: Call): Promise<boolean> {
    const answer = this.#answerTo(route);
    if (!answer) return false;
    try {
      await answer(call);
    } catch (error) {
      refuseOrFail(this.#provider, dialect, call, error);
    }
    return true;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #answerTo(route: string): ((call: Call) => Promise<void>) | undefined {
    if (route === 'POST /v2/upload') return (call) => this.#upload(call);
    if (route === 'POST /v2/transcript') return (call) => this.#submit(call);
    const [, method, id = ''] = /^(GET|DELETE) \/v2\/transcript\/([\w-]+)$/.exec(route) ?? [];
    if (!method) return undefined;
    return async ({ request, response }) => {
      await readBody(request);
      requireKey(this.#provider, dialect, request.headers);
      const job = this.#jobs.get(id);
      if (!job) throw new Refusal(400, 'not_found', 'Transcript lookup error, transcript id not found');
      if (method === 'GET') this.#poll(response, job);
      else this.#delete(response, job);
    };
  }

  /** Whatever it is: that it is no audio is only found out later. */
  async #upload({ request, response }: Call): Promise<void> {
    const { counters, refuses } = this.#provider;
    counters.asked();
    const askedAt = performance.now();
    const body = await readBody(request);
    requireKey(this.#provider, dialect, request.headers);
    const wav = readWav(body);
    const hash = sha256(wav?.pcm ?? body);
    const isAudio = wav !== null && !refuses.has(hash);
    const upload = {
      sha256: hash,
      seconds: isAudio ? wav.seconds : null,
      nth: isAudio ? counters.heard(hash) : 1,
      tookMs: performance.now() - askedAt,
    };
    const id = randomUUID();
    this.#uploads.set(id, upload);
    const answer = { upload_url: `http://${request.headers.host}/upload/${id}` };
    const fate = this.#fateOf(upload);
    if (this.#strikes(fate, 'upload')) this.#goWrong(response, fate, answer);
    else sendJson(response, 200, answer);
  }

  async #submit({ request, response }: Call): Promise<void> {
    const { counters, gate, behaviour } = this.#provider;
    const body = await readBody(request);
    requireKey(this.#provider, dialect, request.headers);
    counters.begin();
    let isUnderWay = false;
    response.once('close', () => {
      if (!isUnderWay) counters.end();
    });
    if (!gate.admits(behaviour.limit, counters.stats.inFlight, Date.now())) {
      counters.stats.limited++;
      sendTooMany({ response, dialect, behaviour });
      return;
    }
    const order = orderIn(body);
    const upload = this.#uploads.get(order.audio_url.split('/').at(-1) ?? '');
    if (!upload) throw new Refusal(400, 'not_found', `Download error, unable to download ${order.audio_url}`);
    const fate = this.#fateOf(upload);
    const job: Job = {
      ...upload,
      id: randomUUID(),
      order,
      fate,
      state: 'queued',
      isSettled: false,
      isStruck: false,
    };
    if (this.#strikes(fate, 'submit')) {
      this.#goWrong(response, fate, statusOf(job));
      return;
    }
    isUnderWay = true;
    this.#jobs.set(job.id, job);
    sendJson(response, 200, statusOf(job));
    // As with those that are asked in one request, a call takes its time from its first byte.
    const leftMs = Math.max(0, (fate?.latencyMs ?? 0) - upload.tookMs);
    this.#after(leftMs / 4, () => {
      if (job.state === 'queued') job.state = 'processing';
    });
    this.#after(leftMs, () => this.#finish(job));
  }

  #finish(job: Job): void {
    if (job.state === 'deleted') return;
    job.state = 'done';
    const { counters } = this.#provider;
    counters.stats.kept++;
    // One whose answer will never come is in flight until somebody gives it up.
    if (!this.#hangs(job)) counters.end();
  }

  #poll(response: ServerResponse, job: Job): void {
    const isRefused = job.fate?.fault === 'rate429' && this.#strikes(job.fate, 'poll');
    if (isRefused || (job.state === 'done' && this.#strikes(job.fate, 'poll'))) {
      const { fate } = job;
      if (this.#hangs(job)) response.once('close', () => this.#giveUp(job));
      this.#goWrong(response, fate, transcriptFor(job), job);
      return;
    }
    if (job.state !== 'done') {
      sendJson(response, 200, statusOf(job));
      return;
    }
    const isEmpty = job.fate?.fault === 'emptyRate';
    const answer = transcriptFor(job, isEmpty);
    response.once('finish', () => this.#answered(job, isEmpty));
    sendJson(response, 200, answer);
  }

  #delete(response: ServerResponse, job: Job): void {
    const { counters } = this.#provider;
    if (job.state === 'done') counters.stats.kept--;
    if (job.state === 'queued' || job.state === 'processing' || this.#hangs(job)) this.#giveUp(job);
    job.state = 'deleted';
    sendJson(response, 200, statusOf(job));
  }

  #answered(job: Job, isEmpty: boolean): void {
    if (job.isSettled) return;
    job.isSettled = true;
    const { counters } = this.#provider;
    if (job.seconds === null) counters.stats.refused++;
    else counters.answered(job.sha256, { seconds: job.seconds });
    if (isEmpty) counters.stats.faults.emptyRate++;
  }

  #giveUp(job: Job): void {
    if (job.isSettled) return;
    job.isSettled = true;
    this.#provider.counters.stats.abandoned++;
    this.#provider.counters.end();
  }

  /** Counted once for a call, however often it is met. */
  #goWrong(response: ServerResponse, fate: Fate | null, answer: unknown, job?: Job): void {
    const { counters, behaviour } = this.#provider;
    if (!fate?.fault || fate.fault === 'emptyRate') return;
    if (!job?.isStruck) counters.stats.faults[fate.fault]++;
    if (job) job.isStruck = true;
    MISHAPS[fate.fault]({ response, dialect, behaviour, answer, variant: fate.variant });
    if (fate.fault === 'hangRate' && !job) response.once('close', () => counters.stats.abandoned++);
  }

  #fateOf({ sha256: hash, seconds, nth }: Upload): Fate | null {
    if (seconds === null) return null;
    const { seed, behaviour, counters } = this.#provider;
    return fateOf({ seed, sha256: hash, nth, seconds }, behaviour, counters.stats.inFlight);
  }

  #strikes(fate: Fate | null, request: Request): boolean {
    if (!fate?.fault || fate.fault === 'emptyRate') return false;
    return REQUESTS[fate.request(REQUESTS.length)] === request;
  }

  #hangs({ fate }: Job): boolean {
    return fate?.fault === 'hangRate' && this.#strikes(fate, 'poll');
  }

  #after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }
}
