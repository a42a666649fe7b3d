import { pino } from 'pino';
import { ConversationBody, ConversationPage, RecordingBody, RecordingPage } from '../api/schemas.ts';
import { readConfig } from '../config.ts';
import { failureFields } from '../failure.ts';
import { findDatabase, findServer } from '../serve/address.ts';
import { openDatabase } from '../store/database.ts';
import { DEFAULT_USER, senderHeaders } from './sender-headers.ts';

interface Target {
  url?: string | undefined;
  user: string;
  key?: string | undefined;
}

interface DeadLettersOptions {
  all: boolean;
  url?: string;
  user?: string;
  key?: string;
}

/** A recording that could not be transcribed, or a conversation that could not be understood. */
interface DeadLetter {
  id: string;
  name: string;
  code: string | null;
  reason: string | null;
  remedy: string | null;
  tries: number;
}

/** Prints what failed, why, and what a person can do about it. */
export async function runDeadLetters({ all, url, user, key }: DeadLettersOptions): Promise<void> {
  if (all && user !== undefined) throw new Error('Say --user or --all, not both.');
  const people = all ? await usersWithDeadLetters() : [user ?? DEFAULT_USER];
  let count = 0;
  for (const person of people) {
    const letters = await deadLetters({ url, user: person, key });
    count += letters.length;
    if (all && letters.length > 0) console.log(`Of ${person} (to retry: --user ${person}):`);
    for (const { id, name, code, reason, remedy, tries } of letters) {
      console.log(`${id}  ${name}\n  ${code}: ${reason} (${tries} tries)\n  ${remedy}`);
    }
  }
  if (count === 0) console.log('Nothing failed.');
  if (!all && user === undefined)
    console.error(
      `This covers the person "${DEFAULT_USER}" only. Use --user NAME for another one, --all for everybody.`,
    );
}

/** Asks the database, because the API shows each person only what is theirs. */
async function usersWithDeadLetters(): Promise<string[]> {
  const config = readConfig(process.env);
  const databaseUrl = await findDatabase(config);
  if (!databaseUrl)
    throw new Error(
      `--all reads the database, and no server is running on ${config.dataDir}. Set DATABASE_URL.`,
    );
  const db = openDatabase(databaseUrl, pino({ level: 'silent' }), 1);
  try {
    const rows = await db
      .selectFrom('recordings')
      .select('user_id')
      .where('outcome', '=', 'failed')
      .union(
        db
          .selectFrom('conversations')
          .select('user_id')
          .where('failure', 'is not', null)
          .where('next_try_at_ms', 'is', null),
      )
      .orderBy('user_id')
      .execute();
    return rows.map((row) => row.user_id);
  } finally {
    await db.destroy();
  }
}

export async function runRetry(
  ids: string[],
  { all, url, user = DEFAULT_USER, key }: DeadLettersOptions,
): Promise<void> {
  const target = { url, user, key };
  if (ids.length === 0 && !all)
    throw new Error('Name recordings or conversations by their ids, or say --all for all that failed.');
  const chosen = all ? (await deadLetters(target)).map(({ id }) => id) : ids;
  for (const id of chosen) {
    const state = await retry(target, id).catch((error: Error) => {
      // With several ids, one that cannot be retried is reported and does not stop the others.
      if (chosen.length === 1) throw error;
      process.exitCode = 1;
      return error.message;
    });
    console.log(`${id}  ${state}`);
  }
}

/** @returns its state after the request */
async function retry(target: Target, id: string): Promise<string> {
  const again = async (kind: string) =>
    await ask(target, `/api/v1/${kind}/${encodeURIComponent(id)}/retry`, 'POST');
  if (id.startsWith('cnv_')) return ConversationBody.parse(await again('conversations')).status;
  return RecordingBody.parse(await again('recordings')).outcome;
}

/** Recordings come first, because a conversation can be understood only after its recordings are transcribed. */
async function deadLetters(target: Target): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const page of pages(target, '/api/v1/recordings', { outcome: 'failed' })) {
    letters.push(...RecordingPage.parse(page).recordings);
  }
  for await (const page of pages(target, '/api/v1/conversations', { status: 'failed' })) {
    const { conversations } = ConversationPage.parse(page);
    letters.push(
      ...conversations.map(({ title, failure, ...letter }) => ({
        ...letter,
        name: title ?? 'Conversation',
        reason: failure,
      })),
    );
  }
  return letters;
}

async function* pages(target: Target, path: string, filter: Record<string, string>): AsyncGenerator<unknown> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ ...filter, limit: '200', ...(cursor ? { cursor } : {}) });
    const page = (await ask(target, `${path}?${query}`)) as { nextCursor: string | null };
    yield page;
    cursor = page.nextCursor;
  }
}

async function ask({ url, user, key }: Target, path: string, method = 'GET'): Promise<unknown> {
  const { dataDir } = readConfig(process.env);
  const server = url ?? (await findServer(dataDir));
  if (!server) throw new Error(`No server is running on ${dataDir}. Name one with --url.`);
  const address = URL.parse(path, server);
  if (!address || !/^https?:$/.test(address.protocol))
    throw new Error(`--url is ${JSON.stringify(server)}: it must be an address, as http://localhost:4747.`);
  const response = await fetch(address, { method, headers: senderHeaders(user, key) }).catch((error) => {
    throw new Error(`${address.origin} does not answer: ${failureFields(error).cause}.`, { cause: error });
  });
  const body = await response.text();
  if (!response.ok) throw new Error(refusalOf(body) ?? `${address} answered ${response.status}.`);
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`${address.origin} is not an Afterword server: it does not answer with JSON.`);
  }
}

/** @returns the sentence of an Afterword server's problem document; null for any other body */
function refusalOf(body: string): string | null {
  try {
    const { detail, remedy } = JSON.parse(body);
    return typeof detail === 'string' && typeof remedy === 'string'
      ? `${detail.replace(/\.$/, '')}. ${remedy}`
      : null;
  } catch {
    return null;
  }
}
