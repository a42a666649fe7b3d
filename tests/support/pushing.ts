/** What tests of `afterword push` share: a card with recordings, and a pusher without its process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@afterword/client';
import { onTestFinished } from 'vitest';
import { BegunUploads } from '../../src/cli/push/begun.ts';
import type { FileOutcome } from '../../src/cli/push/outcomes.ts';
import { Pusher } from '../../src/cli/push/pusher.ts';
import type { startApi } from './api.ts';

export const nameAt = (second: number) => `audio_omi_opus_fs320_16000_1_fs320_${1_774_000_000 + second}.bin`;

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'afterword-push-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export function pusherFor(url: string, state: string, ended = new AbortController()) {
  const headers = new Headers({ 'x-afterword-user': 'anna' });
  const server = { url, headers, afterword: createClient({ baseUrl: url, headers }) };
  const outcomes: FileOutcome[] = [];
  const pusher = new Pusher({
    server,
    begun: new BegunUploads(state, server),
    signal: ended.signal,
    listener: { begins: () => {}, moves: () => {}, waits: () => {}, ends: (it) => void outcomes.push(it) },
  });
  return { pusher, outcomes, ended };
}

export const namesIn = async (db: Awaited<ReturnType<typeof startApi>>['db']) =>
  (await db.selectFrom('recordings').select('name').orderBy('name').execute()).map(({ name }) => name);
