import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What the command promises to whoever reads its one document. */
const Document = z.object({
  conversations: z.array(
    z.object({
      id: z.string(),
      title: z.string().min(1),
      startedAtMs: z.number(),
      endedAtMs: z.number(),
      actionItems: z.array(z.unknown()),
      segments: z
        .array(
          z.object({
            text: z.string(),
            startedAtMs: z.number(),
            endedAtMs: z.number(),
            speaker: z.string().nullable(),
          }),
        )
        .min(1),
    }),
  ),
  recordings: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      outcome: z.string(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  timings: z.record(z.string(), z.number()),
});

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'afterword-demo-'));
});
afterAll(async () => await rm(dataDir, { recursive: true, force: true }));

async function demo(): Promise<z.infer<typeof Document> & { steps: string[] }> {
  const { stdout, stderr } = await run('npm', ['run', 'demo', '--', '--json', '--exit'], {
    cwd: PROJECT,
    // What the base model hears of the day is shown elsewhere (`day.process.test.ts`).
    env: { ...process.env, AFTERWORD_DATA_DIR: dataDir, AFTERWORD_MODEL: 'tiny' },
  });
  return { ...Document.parse(JSON.parse(stdout)), steps: stderr.split('\n') };
}

it('makes three conversations of the sample day, prints one document, and finds them again', {
  timeout: 240_000,
}, async () => {
  const first = await demo();
  expect(first.conversations).toHaveLength(3);
  expect(first.recordings.map(({ outcome }) => outcome)).toEqual(Array(6).fill('completed'));
  // Without a terminal each file's steps are plain lines.
  for (const { name } of first.recordings)
    expect(first.steps).toContainEqual(expect.stringMatching(`^${name} .* transcribed in [\\d.]+ s$`));
  const again = await demo();
  expect(again.conversations).toEqual(first.conversations);
});
