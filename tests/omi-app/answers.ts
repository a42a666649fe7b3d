/** The rules for each answer by itself, and for the answers to one job in their order. */
import type { z } from 'zod';
import type { Report } from './checker.ts';
import {
  ActionItems,
  AudioUrls,
  Conversation,
  ConversationList,
  complaintAbout,
  Folders,
  Job,
  JobStart,
  Precache,
  read,
  Search,
  SyncResult,
  Transcripts,
} from './parsers.ts';
import type { Entry, Exchange, Recorded } from './traffic.ts';

export const UPLOAD = /^\/v[12]\/sync-local-files(\?|$)/;
export const POLL = /^\/v2\/sync-local-files\/([^/?]+)$/;
export const DETAIL = /^\/v1\/conversations\/([^/?]+)$/;
export const LIST = /^\/v1\/conversations(\?|$)/;
/** Answered 404 by a server without sound, for which the app shows no player. */
const PLAYER = /^\/v1\/sync\/audio\/[^/]+\/(precache|urls)$/;
const URLS = /^\/v1\/sync\/audio\/[^/]+\/urls$/;
const SOUND = /^\/v1\/sync\/audio\/[^/]+\/(?!precache$|urls$)([^/?]+)\?/;

interface Route {
  method: string;
  path: RegExp;
  schema: z.ZodType;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: POLL, schema: Job },
  { method: 'GET', path: LIST, schema: ConversationList },
  { method: 'POST', path: /^\/v1\/conversations\/search$/, schema: Search },
  { method: 'GET', path: DETAIL, schema: Conversation },
  { method: 'GET', path: /^\/v1\/conversations\/[^/]+\/transcripts$/, schema: Transcripts },
  { method: 'POST', path: /^\/v1\/sync\/audio\/[^/]+\/precache$/, schema: Precache },
  { method: 'GET', path: URLS, schema: AudioUrls },
  { method: 'GET', path: /^\/v1\/action-items\?/, schema: ActionItems },
  { method: 'GET', path: /^\/v1\/folders$/, schema: Folders },
];

/** What an upload may be answered; those that the app takes as final are judged apart. */
const UPLOAD_STATUSES = new Set([200, 202, 207, 400, 401, 403, 409, 413, 422, 429, 500, 502, 503, 504]);
const FINAL = new Set([400, 403, 413]);
const ENDED = new Set(['completed', 'partial_failure', 'failed']);

export function judgeAnswers(traffic: readonly Entry[], report: Report): void {
  const recorded = new Map<string, Recorded>();
  const jobs = new Jobs(report);
  const sounds = new Set<string>();
  for (const entry of traffic) {
    if (entry.kind === 'recorded') recorded.set(entry.recording, entry);
    if (entry.kind !== 'exchange' || entry.status === null) continue;
    judgeHeaders(entry, report);
    for (const path of signedPaths(entry)) sounds.add(path);
    if (SOUND.test(entry.path) || sounds.has(entry.path)) judgeSound(entry, report);
    else if (UPLOAD.test(entry.path)) {
      judgeUpload(entry, recorded, report);
      jobs.start(entry);
    } else {
      judgeBody(entry, report);
      jobs.poll(entry);
    }
  }
}

function judgeHeaders({ method, path, status, headers }: Exchange, report: Report): void {
  const retryAfter = headers['retry-after'];
  const where = `${method} ${shortened(path)} ${status}`;
  if (retryAfter !== undefined && !/^\d+$/.test(retryAfter))
    report('wrong answer', `${where} has Retry-After "${retryAfter}", and the app reads whole seconds only`);
  if (status === 429 && retryAfter === undefined)
    report('wrong answer', `${where} has no Retry-After, so the app waits for half an hour`);
  if (status === 429 && UPLOAD.test(path) && headers['x-omi-rate-limit-reason'] === undefined)
    report('wrong answer', `${where} has no X-Omi-Rate-Limit-Reason`);
}

function judgeUpload(exchange: Exchange, recorded: ReadonlyMap<string, Recorded>, report: Report): void {
  const { status, files, body, path } = exchange;
  const where = `POST ${shortened(path)} of ${files.length} files`;
  if (status === null) return;
  if (!UPLOAD_STATUSES.has(status)) report('wrong answer', `${where} was answered ${status}: ${body}`);
  const readable = files.filter((name) => recorded.get(name)?.holds !== 'nothing readable');
  if (FINAL.has(status) && readable.length > 0)
    report(
      'wrong answer',
      `${where} was answered ${status}, which rejects ${readable.length} readable recordings for good: ${body}`,
    );
  const schema = status === 202 ? JobStart : status === 200 ? SyncResult : null;
  const complaint = schema && complaintAbout(schema, body);
  if (complaint) report('unreadable', `${where} was answered ${status}: ${complaint}`);
}

function judgeBody({ method, path, status, body }: Exchange, report: Report): void {
  const route = ROUTES.find((candidate) => candidate.method === method && candidate.path.test(path));
  const where = `${method} ${shortened(path)}`;
  if (status === 200 && route) {
    const complaint = complaintAbout(route.schema, body);
    if (complaint) report('unreadable', `${where}: ${complaint}`);
  }
  const isJudgedElsewhere = POLL.test(path) || DETAIL.test(path) || (status === 404 && PLAYER.test(path));
  if (status !== 200 && status !== null && status < 500 && status !== 429 && !isJudgedElsewhere)
    report('wrong answer', `${where} was answered ${status}: ${body.slice(0, 200)}`);
}

/** What was said to be cached is there, whole or in the part that was asked for. */
function judgeSound({ path, status, headers }: Exchange, report: Report): void {
  const where = `GET ${shortened(path)}`;
  if (status !== 200 && status !== 202 && status !== 206)
    report('sound', `${where} was answered ${status} though it was said to be cached`);
  if (status === 206 && !/^bytes \d+-\d+\/\d+$/.test(headers['content-range'] ?? ''))
    report('sound', `${where} was answered 206 with Content-Range "${headers['content-range']}"`);
  if (status !== 202 && !headers['content-type']?.startsWith('audio/'))
    report('sound', `${where} is of the type "${headers['content-type']}"`);
}

function signedPaths({ path, status, body }: Exchange): string[] {
  const files = status === 200 && URLS.test(path) ? read(AudioUrls, body)?.audio_files : [];
  return (files ?? []).flatMap(({ signed_url }) => {
    if (!signed_url) return [];
    const { pathname, search } = new URL(signed_url, 'http://server');
    return `${pathname}${search}`;
  });
}

class Jobs {
  readonly #report: Report;
  readonly #told = new Map<string, number>();
  readonly #ended = new Map<string, string>();

  constructor(report: Report) {
    this.#report = report;
  }

  start({ status, files, body }: Exchange): void {
    const job = status === 202 ? read(JobStart, body) : null;
    if (!job) return;
    this.#told.set(job.job_id, files.length);
    if (job.total_files !== files.length)
      this.#report('job', `a job of ${files.length} files was told total_files ${job.total_files}`);
    if ((job.poll_after_ms === 0) !== ENDED.has(job.status))
      this.#report('job', `a job that is ${job.status} was told poll_after_ms ${job.poll_after_ms}`);
  }

  poll({ path, status, body }: Exchange): void {
    const jobId = POLL.exec(path)?.[1];
    if (!jobId || status === null) return;
    const files = this.#told.get(jobId);
    if (files === undefined) return;
    if (status >= 400 && status < 500 && status !== 401 && status !== 429)
      this.#report('job', `the poll of a job that was told is answered ${status}: ${body.slice(0, 200)}`);
    const job = status === 200 ? read(Job, body) : null;
    if (!job) return;
    if (job.job_id !== jobId) this.#report('job', `the poll of ${jobId} is answered with ${job.job_id}`);
    this.#judge(job, files);
    const before = this.#ended.get(jobId);
    if (before === 'completed' && job.status !== before)
      this.#report('job', `a job was completed, and is ${job.status} after that`);
    if (ENDED.has(job.status)) this.#ended.set(jobId, job.status);
  }

  #judge(job: Job, files: number): void {
    const { status, total_segments: total, failed_segments: failed, reason_code: reason, result } = job;
    const said = `a job of ${files} files that is ${status} (${total} segments, ${failed} failed)`;
    if (job.successful_segments + failed > total || job.processed_segments > total)
      this.#report('job', `${said} counts more than it has: ${JSON.stringify(job)}`);
    if (!ENDED.has(status)) return;
    if (!result) this.#report('job', `${said} has no result`);
    else if (result.new_memories == null || result.updated_memories == null)
      this.#report('job', `${said} has a result without new_memories and updated_memories`);
    if (status === 'completed' && failed > 0) this.#report('job', `${said} should be partial_failure`);
    if (status === 'partial_failure' && !(failed > 0 && failed < total))
      this.#report('job', `${said} should be ${failed === 0 ? 'completed' : 'failed'}`);
    if (status === 'failed' && total > 0 && failed < total)
      this.#report('job', `${said} should be partial_failure`);
    if (status === 'failed' && total === 0 && !reason)
      this.#report('job', `${said} has no reason_code, which the app takes for a lack of capacity`);
  }
}

/** Ids differ from run to run. */
function shortened(path: string): string {
  return path.replace(/(\w+_)?[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}').replace(/\?.*/, '');
}
