/** Recordings with words, placed by the real pipeline stage on a real database, without the audio. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { acquireLease, type Lease } from '../../src/engine/leases.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { place } from '../../src/pipeline/place.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { databaseForTest, log } from './database.ts';

export interface HeardRecording {
  id: string;
  userId: string;
  startedAtMs: number;
  microphone: string;
  /** Which try at it; the first when nothing is said. */
  attempt?: number;
  /** What uploaded it; `phone` when nothing is said. */
  deviceId?: string;
  /** As its decoding told; unknown otherwise. */
  durationMs?: number;
  /** Words by the offset from the start of the recording, in seconds. */
  words: {
    atS: number;
    forS: number;
    text: string;
    speaker?: string;
    unsteadiness?: number;
    isTimed?: boolean;
  }[];
}

/** A worker of its own: a lease, a pool, and the stage that places. */
export interface Placer {
  /** As far as its words: they are not placed yet. */
  hear(recording: HeardRecording): Promise<void>;
  place(recording: HeardRecording): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlacer(databaseUrl: string, { quietMs = 0 } = {}): Promise<Placer> {
  const db = openDatabase(databaseUrl, log, 2);
  const lease: Lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  // Placing uses no more of the stages than these.
  const stages = { db, lease, log, quietMs } as unknown as PipelineContext;
  return {
    hear: async (recording) => await write(db, recording),
    place: async (recording) => {
      await write(db, recording);
      await place(stages, recording.id, recording.attempt ?? 1);
    },
    stop: async () => {
      await lease.release();
      await db.destroy();
    },
  };
}

async function write(db: Database, recording: HeardRecording): Promise<void> {
  await db
    .insertInto('users')
    .values({ id: recording.userId, created_at_ms: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto('recordings')
    .values({
      id: recording.id,
      user_id: recording.userId,
      sha256: recording.id,
      size_bytes: 1000,
      duration_ms: recording.durationMs ?? null,
      name: recording.id,
      device_id: recording.deviceId ?? 'phone',
      microphone: recording.microphone,
      codec: null,
      started_at_ms: recording.startedAtMs,
      accepted_at_ms: Date.now(),
      outcome: 'processing',
      code: null,
      reason: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (recording.words.length === 0) return;
  await db
    .insertInto('pieces')
    .values(
      recording.words.map(
        ({ atS, forS, text, speaker = null, isTimed = false, unsteadiness = null }, ordinal) => ({
          recording_id: recording.id,
          ordinal,
          start_ms: atS * 1000,
          end_ms: (atS + forS) * 1000,
          segments: JSON.stringify([
            {
              startMs: atS * 1000,
              endMs: (atS + forS) * 1000,
              text,
              speaker,
              ...(isTimed ? { words: timedWords(text, atS * 1000, forS * 1000) } : {}),
            },
          ]),
          unintelligible: false,
          unsteadiness,
          guards: '[]',
          provider: 'test',
          model: 'test',
        }),
      ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Each word of a text as long as the others. */
function timedWords(text: string, startMs: number, forMs: number) {
  const words = text.split(' ');
  const at = (n: number) => Math.round(startMs + (n * forMs) / words.length);
  return words.map((word, n) => ({ startMs: at(n), endMs: at(n + 1), text: word }));
}

/** What a reader sees of a person's timeline: the words of each conversation in order, conversations in order. */
export async function timelineOf(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('conversations')
    .innerJoin('segments', 'segments.conversation_id', 'conversations.id')
    .select(['conversations.id', 'segments.text'])
    .where('conversations.user_id', '=', userId)
    .where('conversations.merged_into', 'is', null)
    .orderBy('conversations.started_at_ms')
    .orderBy('segments.started_at_ms')
    .orderBy('segments.text')
    .execute();
  return [...Map.groupBy(rows, (row) => row.id).values()].map((group) =>
    group.map((row) => row.text).join(' '),
  );
}

/** A database and a folder of audio for one test, with a worker that places recordings in them. */
export async function placedTimeline() {
  const { db, databaseUrl } = await databaseForTest();
  const folder = await mkdtemp(join(tmpdir(), 'afterword-timeline-'));
  const blobs = new FolderBlobStore(folder);
  await blobs.prepare();
  const placer = await startPlacer(databaseUrl);
  onTestFinished(async () => {
    await placer.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { db, databaseUrl, blobs, placer, parts: { db, blobs, quietMs: 0 } };
}
