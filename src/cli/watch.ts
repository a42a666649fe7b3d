import { type AfterwordEvent, createClient } from '@afterword/client';
import { readConfig } from '../config.ts';
import { findServer } from '../serve/address.ts';
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
  const afterword = createClient({ baseUrl: server, headers: senderHeaders(user ?? DEFAULT_USER, key) });
  for await (const event of afterword.follow(pathOf(id)))
    console.log(json ? JSON.stringify({ type: event.type, data: event.data }) : lineOf(event));
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
  if (files) return `${data.uploadId}  ${data.status}: ${files.map(({ outcome }) => outcome).join(', ')}`;
  if (data.conversationId) return `${data.conversationId}  ${data.status}`;
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
