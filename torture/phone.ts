/**
 * A phone: it keeps its recordings until it gets its 202, and sends them again until then, to any server that lives.
 * Over bare HTTP, so that a body can be stopped half-way.
 */
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Recording } from './recordings.ts';

const ROUTES = ['/api/v1/recordings', '/v2/sync-local-files'] as const;
const ANSWER_WITHIN_MS = 40_000;

export interface Answer {
  status: number;
  retryAfter: string | null;
  uploadId: string | null;
  body: string;
}

export interface Acknowledged {
  uploadId: string;
  userId: string;
  files: Recording[];
}

/** Called at two moments of a body: when half of it is on its way, and when the last byte is. */
export interface Moments {
  half?: () => Promise<void>;
  sent?: () => void;
}

export class Phone {
  readonly acknowledged: Acknowledged[] = [];
  /** How often each answer came; 0 is a connection that broke, -1 none in all the time that a phone waits. */
  readonly answers = new Map<number, number>();
  /** 429, 503 and 507 that did not say when to come again. */
  withoutRetryAfter = 0;
  /** Two different ids for the same files sent twice at once. */
  readonly contradictions: string[] = [];
  /** Answers that no phone should get, whatever goes on behind the server. */
  readonly surprises: string[] = [];
  /** When each was acknowledged, for looking at an outage. */
  readonly acknowledgedAtMs: number[] = [];
  readonly #urls: () => string[];
  readonly #random: () => number;

  constructor(urls: () => string[], random: () => number) {
    this.#urls = urls;
    this.#random = random;
  }

  /** Resolves when everything is acknowledged. */
  async send(files: Recording[], signal?: AbortSignal): Promise<Acknowledged> {
    const route = this.#random() < 0.3 ? ROUTES[1] : ROUTES[0];
    // An impatient app sends again while its first request still runs, and meets the other server.
    let twice = this.#random() < 0.1;
    for (;;) {
      signal?.throwIfAborted();
      const urls = this.#urls();
      const at = Math.floor(this.#random() * urls.length);
      const chosen = [urls[at], ...(twice ? [urls[(at + 1) % urls.length]] : [])];
      const answers = await Promise.all(
        chosen.map(async (url) => await this.sendOnce(`${url}${route}`, files)),
      );
      const ids = answers.flatMap(({ uploadId }) => uploadId ?? []);
      if (new Set(ids).size > 1) this.contradictions.push(`the same files were uploads ${ids.join(' and ')}`);
      if (ids[0]) return this.#acknowledge(ids[0], files);
      twice = false;
      await delay(100 + this.#random() * 400);
    }
  }

  /** One try. A broken connection is the answer 0. */
  async sendOnce(url: string, files: readonly Recording[], moments: Moments = {}): Promise<Answer> {
    const answer = await post(url, files, moments);
    this.answers.set(answer.status, (this.answers.get(answer.status) ?? 0) + 1);
    if ([429, 503, 507].includes(answer.status) && !answer.retryAfter) this.withoutRetryAfter++;
    if (!FAIR.has(answer.status))
      this.surprises.push(`an upload was answered ${answer.status}: ${answer.body}`);
    if (answer.status === -1) this.surprises.push(`an upload got no answer in ${ANSWER_WITHIN_MS / 1000} s`);
    return answer;
  }

  #acknowledge(uploadId: string, files: Recording[]): Acknowledged {
    const acknowledged = { uploadId, userId: files[0]?.userId ?? '', files };
    this.acknowledged.push(acknowledged);
    this.acknowledgedAtMs.push(Date.now());
    return acknowledged;
  }

  said(): string {
    return [...this.answers]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${NO_ANSWER.get(status) ?? status} x ${count}`)
      .join(', ');
  }
}

const BOUNDARY = 'torture';
/** Taken; a bound; not now; no room; and the two ways of no answer. */
const FAIR = new Set([202, 429, 503, 507, 0, -1]);
const NO_ANSWER = new Map([
  [0, 'broken off'],
  [-1, 'no answer'],
]);

function bodyOf(files: readonly Recording[]): Buffer {
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

async function post(url: string, files: readonly Recording[], { half, sent }: Moments): Promise<Answer> {
  const body = bodyOf(files);
  const answer = Promise.withResolvers<Answer>();
  const patience = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const broken = () =>
    answer.resolve({ status: patience.aborted ? -1 : 0, retryAfter: null, uploadId: null, body: '' });
  const sending = request(
    url,
    {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': body.length,
        'x-afterword-user': files[0]?.userId ?? '',
      },
      signal: patience,
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', broken);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const body = Buffer.concat(chunks).toString();
        answer.resolve({
          status,
          retryAfter: response.headers['retry-after'] ?? null,
          uploadId: status === 202 ? idIn(body) : null,
          body: body.slice(0, 300),
        });
      });
    },
  );
  sending.on('error', broken);
  if (half) {
    sending.write(body.subarray(0, body.length / 2));
    await half();
    sending.end(body.subarray(body.length / 2), sent);
  } else {
    sending.end(body, sent);
  }
  return await answer.promise;
}

function idIn(body: string): string | null {
  const { id, job_id } = JSON.parse(body) as { id?: string; job_id?: string };
  return id ?? job_id ?? null;
}
