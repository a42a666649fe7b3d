import { ConversationBody, ConversationPage, RecordingBody, RecordingPage } from '../api/schemas.ts';
import { readConfig } from '../config.ts';
import { failureFields } from '../failure.ts';
import { findServer } from '../serve/address.ts';

interface Target {
  url?: string;
  user: string;
}

/** Of a recording that could not be heard, or a conversation that could not be understood. */
interface DeadLetter {
  id: string;
  name: string;
  code: string | null;
  reason: string | null;
  remedy: string | null;
  tries: number;
}

/** Prints what failed, why, and what a person can do about it. */
export async function runDeadLetters(target: Target): Promise<void> {
  const letters = await deadLetters(target);
  if (letters.length === 0) console.log('Nothing failed.');
  for (const { id, name, code, reason, remedy, tries } of letters) {
    console.log(`${id}  ${name}\n  ${code}: ${reason} (${tries} tries)\n  ${remedy}`);
  }
}

export async function runRetry(ids: string[], { all, ...target }: Target & { all: boolean }): Promise<void> {
  if (ids.length === 0 && !all) throw new Error('Name the recordings or conversations, or say --all.');
  const chosen = all ? (await deadLetters(target)).map(({ id }) => id) : ids;
  for (const id of chosen) {
    const state = await retry(target, id).catch((error: Error) => {
      // Of several, the one that fails is told, and the others are sent on all the same.
      if (chosen.length === 1) throw error;
      process.exitCode = 1;
      return error.message;
    });
    console.log(`${id}  ${state}`);
  }
}

/** @returns how it stands now */
async function retry(target: Target, id: string): Promise<string> {
  const again = async (kind: string) =>
    await ask(target, `/api/v1/${kind}/${encodeURIComponent(id)}/retry`, 'POST');
  if (id.startsWith('cnv_')) return ConversationBody.parse(await again('conversations')).status;
  return RecordingBody.parse(await again('recordings')).outcome;
}

/** Recordings first: what is heard at last may be understood at once. */
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

async function ask({ url, user }: Target, path: string, method = 'GET'): Promise<unknown> {
  const { dataDir } = readConfig(process.env);
  const server = url ?? (await findServer(dataDir));
  if (!server) throw new Error(`No server is running on ${dataDir}. Name one with --url.`);
  const address = URL.parse(path, server);
  if (!address || !/^https?:$/.test(address.protocol))
    throw new Error(`--url is ${JSON.stringify(server)}: it must be an address, as http://localhost:4747.`);
  const response = await fetch(address, { method, headers: headersOf(user) }).catch((error) => {
    throw new Error(`${address.origin} does not answer: ${failureFields(error).cause}.`, { cause: error });
  });
  const body = await response.text();
  if (!response.ok) throw new Error(refusalOf(body) ?? `${address} answered ${response.status}.`);
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`${address.origin} is no Afterword: it does not answer with JSON.`);
  }
}

/** A header is a sequence of bytes to fetch, and an id is UTF-8. */
function headersOf(user: string): Headers {
  try {
    return new Headers({ 'x-afterword-user': Buffer.from(user).toString('latin1') });
  } catch {
    throw new Error(`--user is ${JSON.stringify(user)}: a line break or a NUL cannot be in it.`);
  }
}

/** What a server of ours says of a refusal; null from any other. */
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
