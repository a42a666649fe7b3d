/** What a part of a copy costs whose decoder fails, and one that nobody waits for any more. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { SEGMENT_PACKETS, SEGMENT_SAMPLES } from '../../src/audio/seek-index.ts';
import { PlaybackThreads } from '../../src/playback/threads.ts';
import { fixture } from '../decoders/tone.ts';

/** The first part of an M4A, for a program in place of ffmpeg. */
async function scene(script: (folder: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-parts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, 'program.sh');
  await writeFile(program, `#!/bin/sh\n${script(folder)}\n`, { mode: 0o755 });
  const threads = new PlaybackThreads(program);
  onTestFinished(() => threads.close());
  const wanted = {
    number: 0,
    samples: SEGMENT_SAMPLES,
    packets: SEGMENT_PACKETS,
    check: { before: 0, all: 1 },
  };
  const file = { format: 'mp4', rate: 8_000, bytes: fixture('steps.m4a'), frame: null };
  const part = (signal: AbortSignal) => threads.segment({ kind: 'segment', ...wanted, ...file }, signal);
  return { folder, part };
}

test.each([
  ['hangs', 'exec sleep 60'],
  ['ends at once', 'exit 1'],
  ['is ended by the system', 'kill -SEGV $$'],
  ['says something else', 'cat >/dev/null; exec echo nothing that is sound'],
])('a program that %s costs the part, which waits', async (_name, line) => {
  const { part } = await scene(() => line);
  expect(await part(new AbortController().signal)).toHaveLength(0);
});

test('a listener who leaves is not waited for, and the thread stays for the next one', async () => {
  const started: Worker[] = [];
  const exits: number[] = [];
  const note = (worker: Worker) => {
    started.push(worker);
    worker.on('exit', (code) => exits.push(code));
  };
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  const { folder, part } = await scene((path) => `touch ${join(path, 'begun')}; exec sleep 1`);
  const leaving = new AbortController();
  const left = part(leaving.signal);
  await expect.poll(() => existsSync(join(folder, 'begun'))).toBe(true);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  // It takes as long as the first one at least.
  expect(await part(new AbortController().signal)).toHaveLength(0);
  expect(started.length).toBeGreaterThan(0);
  expect(exits).toEqual([]);
});
