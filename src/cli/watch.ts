import { type AfterwordEvent, createClient } from '@afterword/client';
import { z } from 'zod';
import { readConfig } from '../config.ts';
import { ExpectedBody } from '../estimate/expected.ts';
import { findServer } from '../serve/address.ts';
import { expectedLine } from './expected-line.ts';
import { DEFAULT_USER, senderHeaders } from './sender-headers.ts';

interface WatchOptions {
  url?: string;
  user?: string;
  key?: string;
  json: boolean;
}

/** Prints what happens to one upload or conversation until it is over, or everything of the person until Ctrl-C. */
export async function runWatch(
  id: string | undefined,
  { url, user, key, json }: WatchOptions,
): Promise<void> {
  const { dataDir } = readConfig(process.env);
  const server = url ?? (await findServer(dataDir));
  if (!server) throw new Error(`No server is running on ${dataDir}. Start one, or use --url.`);
  const headers = senderHeaders(user ?? DEFAULT_USER, key);
  const afterword = createClient({ baseUrl: server, headers });
  let askedAt = Number.NEGATIVE_INFINITY;
  for await (const event of afterword.follow(pathOf(id))) {
    console.log(json ? JSON.stringify({ type: event.type, data: event.data }) : lineOf(event));
    if (isDone(id, event)) return;
    if (json || !MOVES.test(event.type) || performance.now() - askedAt < ASK_EVERY_MS) continue;
    askedAt = performance.now();
    const line = await askExpected(server, headers, id ?? subjectOf(event));
    if (line !== null) console.log(`${now()}  expected  ${line}`);
  }
}

/** The stream of a conversation goes on, because words may still come to it; that of an upload ends by itself. */
function isDone(id: string | undefined, { type, data }: AfterwordEvent): boolean {
  if (!id?.startsWith('cnv_')) return false;
  if (type === 'snapshot') return data.status === 'ready' || data.status === 'failed';
  return type === 'conversation.ready' || type === 'conversation.failed';
}

/** After these events it may be done at another time than was said before. */
const MOVES =
  /^(recording\.(accepted|stage|progress|waiting|completed)|conversation\.(updated|stage|waiting))$/;
const ASK_EVERY_MS = 5_000;

const WithExpected = z.object({ expected: ExpectedBody });

/** @returns null where nothing is expected any more, or the server does not say it */
async function askExpected(
  server: string,
  headers: Headers | Record<string, string>,
  id: string,
): Promise<string | null> {
  const answer = await fetch(`${server}${viewOf(id)}`, { headers }).catch(() => null);
  const view = WithExpected.safeParse(await answer?.json().catch(() => null));
  const line = view.success ? expectedLine(view.data.expected) : null;
  return line === null ? null : `${id}  ${line}`;
}

function viewOf(id: string): string {
  if (id.startsWith('upl_')) return `/api/v1/uploads/${id}`;
  return `/api/v1/${id.startsWith('cnv_') ? 'conversations' : 'recordings'}/${id}`;
}

function subjectOf({ data }: AfterwordEvent): string {
  const { recordingId, conversationId } = (data.data ?? {}) as {
    recordingId?: string;
    conversationId?: string;
  };
  return recordingId ?? conversationId ?? '';
}

function pathOf(id: string | undefined): string {
  if (id === undefined) return '/api/v1/events';
  if (id.startsWith('upl_')) return `/api/v1/uploads/${id}/events`;
  if (id.startsWith('cnv_')) return `/api/v1/conversations/${id}/events`;
  throw new Error(`${id} is neither an upload (upl_…) nor a conversation (cnv_…).`);
}

/** One line for each event: when, what, which, and how it stands. */
function lineOf({ type, data }: AfterwordEvent): string {
  if (type === 'snapshot') return `${now()}  now  ${snapshotOf(data)}`;
  const { atMs, data: told = {} } = data as { atMs?: number; data?: Record<string, unknown> };
  const subject = told.recordingId ?? told.conversationId ?? told.uploadId ?? '';
  const next = typeof told.nextTryAtMs === 'number' ? `tried again at ${timeOf(told.nextTryAtMs)}` : null;
  const share =
    type === 'recording.progress' && typeof told.share === 'number'
      ? `${Math.round(told.share * 100)} %`
      : null;
  const stage = type.endsWith('.stage') ? told.stage : null;
  const merged = told.mergedInto ? `into ${told.mergedInto}` : null;
  const counts = type === 'upload.done' ? countsOf(told.counts as Record<string, number>) : null;
  const how = [stage, share, told.code, next, merged, counts].filter((part) => part != null);
  return [timeOf(atMs ?? Date.now()), type, subject, how.join(', ')].join('  ').trimEnd();
}

function snapshotOf(data: Record<string, unknown>): string {
  const files = data.files as { outcome: string }[] | undefined;
  const { data: expected = null } = ExpectedBody.safeParse(data.expected);
  const line = expectedLine(expected);
  const when = line === null ? '' : `; ${line}`;
  if (files)
    return `${data.uploadId}  ${data.status}: ${files.map(({ outcome }) => outcome).join(', ')}${when}`;
  if (data.conversationId) return `${data.conversationId}  ${data.status}${when}`;
  const { recordings, conversations } = data.underWay as { recordings: unknown[]; conversations: unknown[] };
  return `${recordings.length} recordings and ${conversations.length} conversations are under way`;
}

function countsOf(counts: Record<string, number>): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([what, count]) => `${count} ${what}`).join(', ');
}

function now(): string {
  return timeOf(Date.now());
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
