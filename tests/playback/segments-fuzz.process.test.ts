/** Notes that are wrong and files that are not what was noted: a part of a copy is right, or waits. `npm run fuzz` takes more. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Chance } from '../../fuzz/chance.ts';
import { fuzzSegmentBytes, fuzzSegments, segmentFiles } from '../../fuzz/segments.ts';
import { SEGMENT_PACKETS, SEGMENT_SAMPLES } from '../../src/audio/seek-index.ts';
import { PlaybackThreads } from '../../src/playback/threads.ts';
import { fixture } from '../decoders/tone.ts';

const SEED = 16;

test('which bytes a decoder is given is bounded, whatever the notes say', async () => {
  const { inputs, made, broken } = await fuzzSegmentBytes(10_000, new Chance(SEED));
  expect(broken).toEqual([]);
  expect(inputs).toBe(10_000);
  expect(made).toBeGreaterThan(1_000);
});

test('a part that is made is the one of the whole copy', async () => {
  // The libraries report each broken frame to the console.
  const silent = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')].map((spy) =>
    spy.mockImplementation(() => {}),
  );
  try {
    const chance = new Chance(SEED);
    const { made, broken } = await fuzzSegments(await segmentFiles(), 400, chance);
    expect(broken).toEqual([]);
    expect(made).toBeGreaterThan(30);
    expect((await fuzzSegments(await segmentFiles(true), 60, chance)).broken).toEqual([]);
  } finally {
    for (const spy of silent) spy.mockRestore();
  }
});

test.each([
  ['hangs', 'exec sleep 60'],
  ['ends at once', 'exit 1'],
  ['is ended by the system', 'kill -SEGV $$'],
  ['says something else', 'cat >/dev/null; exec echo nothing that is sound'],
])('a program that %s costs the part, which waits', async (_name, line) => {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-parts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, 'program.sh');
  await writeFile(program, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  const threads = new PlaybackThreads(program);
  onTestFinished(() => threads.close());
  const wanted = {
    number: 0,
    samples: SEGMENT_SAMPLES,
    packets: SEGMENT_PACKETS,
    check: { before: 0, all: 1 },
  };
  const file = { format: 'mp4', rate: 8_000, bytes: fixture('steps.m4a'), frame: null };
  const { signal } = new AbortController();
  expect(await threads.segment({ kind: 'segment', ...wanted, ...file }, signal)).toHaveLength(0);
});
