/** People who send small files and delete them again, over bare HTTP, and what of it lies in the store. No worker hears them. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

const ANSWER_WITHIN_MS = 120_000;
const FIRST_SECOND = 1_774_000_000;

export interface SmallFile {
  name: string;
  bytes: Buffer;
  sha256: string;
}

export interface Receipts {
  status: number;
  recordingIds: string[];
}

export function smallFile(at: number, bytes: Buffer = randomBytes(2_000)): SmallFile {
  const name = `audio_omi_opus_fs320_16000_1_fs320_${FIRST_SECOND + at}.bin`;
  return { name, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export class Senders {
  /** How often each answer came; 0 is a connection that broke. */
  readonly answers = new Map<number, number>();
  readonly #urls: () => string[];
  #turn = 0;

  constructor({ fleet }: World) {
    this.#urls = () => fleet.apis.filter(({ isRunning }) => isRunning).map(({ url }) => url);
  }

  async upload(userId: string, files: readonly SmallFile[], { restore = false } = {}): Promise<Receipts> {
    const form = new FormData();
    for (const { name, bytes } of files) form.append('files', new Blob([new Uint8Array(bytes)]), name);
    const query = restore ? '?restore=true' : '';
    const answer = await this.#ask('POST', `/api/v1/recordings${query}`, userId, form);
    if (answer?.status !== 202) return { status: answer?.status ?? 0, recordingIds: [] };
    const body = (await answer.json()) as { files: { recordingId: string }[] };
    return { status: 202, recordingIds: body.files.map(({ recordingId }) => recordingId) };
  }

  /** Sends again until it is acknowledged, as a phone does. */
  async uploadSurely(userId: string, files: readonly SmallFile[], options = {}): Promise<Receipts> {
    for (let tries = 0; ; tries++) {
      const receipts = await this.upload(userId, files, options);
      if (receipts.status === 202 || tries === 200) return receipts;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** @returns the status; 0 when the connection broke */
  async delete(userId: string, path: string): Promise<number> {
    const answer = await this.#ask('DELETE', path, userId);
    return answer?.status ?? 0;
  }

  said(): string {
    return [...this.answers].map(([status, count]) => `${status} x ${count}`).join(', ');
  }

  async #ask(method: string, path: string, userId: string, body?: FormData): Promise<Response | null> {
    const urls = this.#urls();
    const url = urls[this.#turn++ % Math.max(1, urls.length)] ?? 'http://127.0.0.1:9';
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const headers = { 'x-afterword-user': userId };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      signal,
      ...(body && { body }),
    }).catch(() => null);
    const status = answer?.status ?? 0;
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    return answer;
  }
}

/** What lies in a store's folder, ours or that of the S3 server, by content. */
export class StoredContents {
  readonly #folder: string;
  readonly #world: World;

  constructor(folder: string, world: World) {
    this.#folder = folder;
    this.#world = world;
  }

  /** Of contents that recordings need, how many are not there; and how many objects are there that none needs. */
  async compare(): Promise<{ lost: number; left: number }> {
    const rows = await this.#world.ask<{ sha256: string }>(
      `SELECT DISTINCT sha256 FROM recordings WHERE outcome <> 'deleted'`,
    );
    const stored = await this.hashes();
    const there = new Set(stored);
    const lost = rows.filter(({ sha256 }) => !there.has(sha256)).length;
    return { lost, left: stored.length - (rows.length - lost) };
  }

  async hashes(): Promise<string[]> {
    const hashes: string[] = [];
    for (const file of await this.files()) {
      const bytes = await readFile(file).catch(() => null);
      if (bytes) hashes.push(createHash('sha256').update(bytes).digest('hex'));
    }
    return hashes;
  }

  /** As if all that is there had come two hours ago. */
  async age(): Promise<void> {
    const before = new Date(Date.now() - 2 * 3_600_000);
    for (const file of await this.#allFiles()) await utimes(file, before, before).catch(() => {});
  }

  /** Objects, and parts of bodies; an S3 server also has files about them. */
  async files(): Promise<string[]> {
    const files = await this.#allFiles();
    return files.filter((file) => !/\._S3rver_(metadata|object\.md5)|\/arriving-|\/owner/.test(file));
  }

  async #allFiles(): Promise<string[]> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }
}
