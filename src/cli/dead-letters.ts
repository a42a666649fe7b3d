import type { z } from 'zod';
import { RecordingBody, RecordingPage } from '../api/schemas.ts';
import { readConfig } from '../config.ts';
import { findServer } from '../serve/address.ts';

interface Target {
  url?: string;
  user: string;
}

type DeadLetter = z.infer<typeof RecordingBody>;

/** Prints what failed, why, and what a person can do about it. */
export async function runDeadLetters(target: Target): Promise<void> {
  const letters = await deadLetters(target);
  if (letters.length === 0) console.log('Nothing failed.');
  for (const { id, name, code, reason, remedy, tries } of letters) {
    console.log(`${id}  ${name}\n  ${code}: ${reason} (${tries} tries)\n  ${remedy}`);
  }
}

export async function runRetry(ids: string[], { all, ...target }: Target & { all: boolean }): Promise<void> {
  if (ids.length === 0 && !all) throw new Error('Name the recordings, or say --all.');
  const chosen = all ? (await deadLetters(target)).map(({ id }) => id) : ids;
  for (const id of chosen) {
    const { outcome } = RecordingBody.parse(await ask(target, `/api/v1/recordings/${id}/retry`, 'POST'));
    console.log(`${id}  ${outcome}`);
  }
}

async function deadLetters(target: Target): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ outcome: 'failed', limit: '200', ...(cursor ? { cursor } : {}) });
    const page = RecordingPage.parse(await ask(target, `/api/v1/recordings?${query}`));
    letters.push(...page.recordings);
    cursor = page.nextCursor;
  }
  return letters;
}

async function ask({ url, user }: Target, path: string, method = 'GET'): Promise<unknown> {
  const { dataDir } = readConfig(process.env);
  const server = url ?? (await findServer(dataDir));
  if (!server) throw new Error(`No server is running on ${dataDir}. Name one with --url.`);
  const response = await fetch(new URL(path, server), { method, headers: { 'x-afterword-user': user } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}
