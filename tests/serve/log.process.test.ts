/** What a log may hold of an error, and how much of it there can be on the disk. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APICallError } from 'ai';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { AfterwordError } from '../../src/errors.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';
import { createLog } from '../../src/serve/log.ts';
import { wordFreeError, wordFreeMessage } from '../../src/word-free.ts';
import { databaseForTest } from '../support/database.ts';

const SAID = 'zarquon met the bimbler';
const WORDS = ['zarquon', 'bimbler'];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'afterword-log-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Errors of real libraries, each of which was given what somebody said. */
async function errorsThatQuote(): Promise<unknown[]> {
  const { db } = await databaseForTest();
  const body = { message: SAID, url: 'http://x', requestBodyValues: { SAID }, responseBody: SAID };
  const errors = [
    await thrownBy(() => sql`SELECT ${`{"text": "${SAID}`}::text::json`.execute(db)),
    await thrownBy(() => sql`SELECT ${SAID}::text::integer`.execute(db)),
    await thrownBy(() => sql.raw(`DO $$ BEGIN RAISE EXCEPTION '${SAID}'; END $$`).execute(db)),
    await thrownBy(() => JSON.parse(`{"text": ${SAID}`)),
    await thrownBy(() => z.object({ text: z.enum(['a']) }).parse({ text: SAID })),
    await thrownBy(() => Object.defineProperty(Object.freeze([]), SAID, {})),
    new APICallError(body),
    new TypeError(SAID),
    new RangeError(SAID),
    { name: SAID, message: SAID, code: SAID },
    SAID,
  ];
  return [
    ...errors,
    ...errors.map((cause) => new AfterwordError('internal', undefined, { cause })),
    ...errors.map((cause) => new ProviderError('upstream', 'it failed', { cause })),
    new AggregateError(errors, SAID),
  ];
}

it('no error of any library brings what was said into the log, at any level and in any way it is logged', async () => {
  const path = join(await folder(), 'a.log');
  const log = createLog({ logLevel: 'trace', logFile: path, logFileBytes: 10_000_000 }, 'test');
  for (const error of await errorsThatQuote()) {
    log.warn({ err: error }, 'a step broke off');
    if (!(error instanceof Error)) continue;
    // As libraries do it.
    log.error(error);
    log.info({ err: error }, error.message);
  }
  const text = await readFile(path, 'utf8');
  expect(text.split('\n').length).toBeGreaterThan(80);
  for (const word of WORDS) expect(text).not.toContain(word);
  // What it takes to find the cause is there.
  expect(text).toContain('"code":"22P02"');
  expect(text).toMatch(/log\.process\.test\.ts[^:]*:\d/);
});

it('nor into what the engine records, which keeps our code and when to come again', async () => {
  for (const error of await errorsThatQuote()) {
    const recorded = wordFreeError(error);
    const text = JSON.stringify([recorded.message, recorded.stack, recorded.cause, { ...recorded }]);
    for (const word of WORDS) expect(text).not.toContain(word);
    for (const word of WORDS) expect(wordFreeMessage(error)).not.toContain(word);
  }
  const wait = new AfterwordError('rate_limited', 'it asks to wait', { retryAfterMs: 7 });
  expect(wordFreeError(wait)).toMatchObject({
    code: 'rate_limited',
    message: 'it asks to wait',
    retryAfterMs: 7,
  });
});

it('a file that two processes write is bounded, and no line of theirs is torn or lost before its time', async () => {
  const dir = await folder();
  const path = join(dir, 'a.log');
  const maxBytes = 20_000;
  const writer = fileURLToPath(new URL('./fixtures/log-writer.ts', import.meta.url));
  const writers = ['one', 'two'].map((name) =>
    spawn(process.execPath, [writer, path, String(maxBytes), name, '600'], { stdio: 'inherit' }),
  );
  const ends = await Promise.all(writers.map((child) => once(child, 'exit')));
  expect(ends).toEqual([
    [0, null],
    [0, null],
  ]);
  const names = (await readdir(dir)).sort();
  expect(names).toEqual(['a.log', 'a.log.1', 'a.log.2', 'a.log.3', 'a.log.4']);
  for (const name of names) {
    const { size } = await stat(join(dir, name));
    // Both may write a line between a look at its size and its moving.
    expect(size).toBeLessThan(maxBytes + 1000);
    for (const line of (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ msg: 'a line' });
  }
  const last = await readFile(path, 'utf8');
  const before = await readFile(`${path}.1`, 'utf8');
  expect(before + last).toMatch(/"nth":599/);
});
