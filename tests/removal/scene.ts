import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { databaseForTest } from '../support/database.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';

export const START_MS = Date.UTC(2026, 2, 20);

/** A database and a folder of audio for one test, with what places recordings in them. */
export async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-removal-'));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(async () => {
    await placer.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { db, blobs, placer, parts: { db, blobs, quietMs: 0 } };
}

export function recording(
  id: string,
  atS: number,
  text: string,
  more: Partial<HeardRecording> = {},
): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + atS * 1000,
    words: [{ atS: 0, forS: 10, text }],
    ...more,
  };
}
