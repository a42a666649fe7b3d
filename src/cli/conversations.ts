/** `afterword list`, `show` and `export`: conversations in plain text, in the time zone that the person has set. */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Conversation, orThrow } from '@afterword/client';
import { localMinute, localSpan, UNTITLED } from '../views/transcript/conversation-text.ts';
import { type TranscriptFormat, transcriptOf } from '../views/transcript/formats.ts';
import { asking, openServer, type Server, type Target } from './server.ts';
import { tableOf } from './table.ts';

interface ListOptions extends Target {
  limit: string;
  json: boolean;
}

interface ExportOptions extends Target {
  format: TranscriptFormat;
  to?: string;
}

const PAGE = 200;

/** The newest come first. */
export async function runList({ limit, json, ...target }: ListOptions): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1)
    throw new Error(`--limit is no number of conversations: ${limit}.`);
  const server = await openServer(target);
  const conversations = await asking(server, () => newest(server, most));
  if (json) console.log(JSON.stringify(conversations, null, 2));
  else if (conversations.length === 0) console.log('There are no conversations.');
  else console.log(tableFor(conversations, await timeZoneOf(server)));
}

/** Prints one as plain text; as JSON for a program. */
export async function runShow(id: string, { json, ...target }: Target & { json: boolean }): Promise<void> {
  const server = await openServer(target);
  const conversation = await readConversation(server, id);
  const format = json ? 'json' : 'text';
  process.stdout.write(transcriptOf(conversation, format, await timeZoneOf(server)));
}

export async function runExportConversation(
  id: string,
  { format, to, ...target }: ExportOptions,
): Promise<void> {
  const server = await openServer(target);
  const text = transcriptOf(await readConversation(server, id), format, await timeZoneOf(server));
  if (to === undefined) process.stdout.write(text);
  else await writeNew(to, text);
}

/** @throws Error that says what to do, if something is there already: nothing is overwritten */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new Error(`${path} is there already, and stays as it is. Name another file.`);
    if (code === 'ENOENT')
      throw new Error(`There is no folder ${dirname(path)}. Make it, or name a file elsewhere.`);
    throw error;
  }
}

async function newest({ afterword }: Server, most: number): Promise<Conversation[]> {
  const all: Conversation[] = [];
  for (let cursor: string | null | undefined; cursor !== null && all.length < most; ) {
    const limit = Math.min(PAGE, most - all.length);
    const query = cursor === undefined ? { limit } : { limit, cursor };
    const page = orThrow(await afterword.GET('/api/v1/conversations', { params: { query } }));
    all.push(...(page.conversations as Conversation[]));
    cursor = page.nextCursor;
  }
  return all;
}

async function readConversation(server: Server, id: string): Promise<Conversation> {
  if (!id.startsWith('cnv_'))
    throw new Error(`${id} is no conversation (cnv_…): \`afterword list\` names them.`);
  const { afterword } = server;
  return await asking(server, async () =>
    orThrow(await afterword.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
  );
}

async function timeZoneOf(server: Server): Promise<string> {
  const { timeZone } = await asking(server, async () => orThrow(await server.afterword.GET('/api/v1/me')));
  return timeZone;
}

function tableFor(conversations: readonly Conversation[], timeZone: string): string {
  return tableOf([
    ['conversation', `began (${timeZone})`, 'length', 'title'],
    ...conversations.map(({ id, title, status, startedAtMs, endedAtMs }) => [
      id,
      localMinute(startedAtMs, timeZone),
      lengthOf(endedAtMs - startedAtMs),
      status === 'ready' ? (title ?? UNTITLED) : `${title ?? UNTITLED} (${status})`,
    ]),
  ]);
}

function lengthOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** After all that was pushed is done. */
export async function tellConversations(
  server: Server,
  conversations: readonly Conversation[],
): Promise<void> {
  if (conversations.length === 0) {
    console.log('No conversation came of it.');
    return;
  }
  const timeZone = await timeZoneOf(server);
  for (const conversation of conversations) {
    const { id, title, overview } = conversation;
    console.log(`\n${title ?? UNTITLED}\n${localSpan(conversation, timeZone)}  ${id}`);
    if (overview) console.log(overview);
  }
}
