/** A conversation with its sound, its summary and everything that can stand in a transcript, as a worker leaves it. */
import { onTestFinished } from 'vitest';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import type { Database } from '../../src/store/database.ts';
import { fileOf } from '../playback/time-code.ts';
import type { TestApi } from '../support/api.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';

const BASE = Date.UTC(2026, 2, 20, 9);

const SAID = [
  'Good morning, shall we begin with the roof of the old mill?',
  'Yes, the builders were there on Tuesday and found two broken beams.',
  'How long will they need for that, and what does it cost?',
  'Three weeks if the weather holds, and not more than four thousand.',
  'Then I will call them today and tell them to begin on Monday.',
  'Good, and I ask the town for the permit, it takes ten days.',
] as const;

/** As of a provider that gives no times for words. */
const LINE_WITHOUT_TIMES = 5;

/** Words that come again in another file of the same microphone. */
const TWICE = 'and then we drove home by the lake because the bridge was closed again';

export interface Talk {
  id: string;
  /** When each line is said, by the clock. */
  lines: { text: string; fromMs: number; toMs: number }[];
}

interface Made extends HeardRecording {
  durationMs: number;
}

/** Two recordings with a minute between them, the second once more with a wrong clock, and a third in another language. */
function recordings(userId: string): Made[] {
  const common = { userId, microphone: 'omi' };
  const words = SAID.map((text, n) => ({
    atS: 1 + 5 * n,
    forS: 4,
    text,
    speaker: 'S',
    isTimed: n !== LINE_WITHOUT_TIMES,
  }));
  const late = [{ atS: 1, forS: 4, text: TWICE, speaker: 'S', isTimed: true }];
  return [
    { ...common, id: `${userId}_first`, startedAtMs: BASE, durationMs: 32_000, words },
    { ...common, id: `${userId}_late`, startedAtMs: BASE + 92_000, durationMs: 8_000, words: late },
    { ...common, id: `${userId}_again`, startedAtMs: BASE + 125_000, durationMs: 8_000, words: late },
  ];
}

/** Places a talk of a person, and keeps the files of its sound. */
export async function placeTalk({ db, databaseUrl, blobFolder }: TestApi, userId = 'local'): Promise<Talk> {
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const made = recordings(userId);
  for (const one of made) await placer.place(one);
  for (const { id, startedAtMs, durationMs } of made)
    await keepFile(db, blobFolder, id, startedAtMs, durationMs);
  await addSpeechWithoutWords(db, `${userId}_first`);
  const { id } = await db
    .selectFrom('conversations')
    .select('id')
    .where('user_id', '=', userId)
    .where('merged_into', 'is', null)
    .executeTakeFirstOrThrow();
  const segments = await db
    .selectFrom('segments')
    .select(['id', 'text', 'started_at_ms', 'ended_at_ms'])
    .where('conversation_id', '=', id)
    .orderBy('started_at_ms')
    .execute();
  await understand(
    db,
    id,
    segments.map((segment) => segment.id),
  );
  return {
    id,
    lines: segments.map(({ text, started_at_ms, ended_at_ms }) => ({
      text,
      fromMs: started_at_ms,
      toMs: ended_at_ms,
    })),
  };
}

async function keepFile(
  db: Database,
  folder: string,
  id: string,
  startedAtMs: number,
  forMs: number,
): Promise<void> {
  const bytes = await fileOf('wav', startedAtMs, forMs);
  const { key } = await new FolderBlobStore(folder).put(
    (async function* () {
      yield bytes;
    })(),
  );
  await db.insertInto('blobs').values({ sha256: id, object_key: key, stored_at_ms: 0 }).execute();
}

async function addSpeechWithoutWords(db: Database, recordingId: string): Promise<void> {
  const piece = { provider: 'test', model: 'test', guards: '[]', segments: '[]', unsteadiness: null };
  await db
    .insertInto('pieces')
    .values({
      ...piece,
      recording_id: recordingId,
      ordinal: 99,
      start_ms: 30_200,
      end_ms: 31_800,
      unintelligible: true,
    })
    .execute();
  await db
    .updateTable('recordings')
    .set({ finished_at_ms: 1, outcome: 'completed' })
    .where('id', '=', recordingId)
    .execute();
}

async function understand(db: Database, id: string, segmentIds: readonly string[]): Promise<void> {
  const at = (line: number) => segmentIds[line] ?? '';
  const what = {
    title: 'Roof of the old mill',
    overview: 'Two beams are broken. The **builders** begin on Monday.',
    emoji: '🏚️',
    category: 'home',
    keyPoints: [{ text: 'Two beams are broken', segmentId: at(1) }],
    actionItems: [],
    sections: [
      { heading: 'What is broken', body: '- two beams\n- found on Tuesday', segmentIds: [at(1)] },
      { heading: 'What comes next', body: 'They begin on Monday.', segmentIds: [at(4), at(5)] },
    ],
    madeBy: { kind: 'language-model', model: 'test', version: '1' },
  };
  await db
    .updateTable('conversations')
    .set(({ ref }) => ({ understanding: JSON.stringify(what), understood_revision: ref('revision') }))
    .where('id', '=', id)
    .execute();
  // As the worker that stores the summary does with its tasks.
  await db
    .updateTable('conversations')
    .set(({ ref }) => ({ items_of: ref('items_digest') }))
    .where('id', '=', id)
    .execute();
}

/**
 * Places a conversation of hours, of whose sound only the words are kept.
 * @returns its id, and when a line is said
 */
export async function placeHours({ db, databaseUrl }: TestApi, lines: number) {
  const placer = await startPlacer(databaseUrl);
  onTestFinished(() => placer.stop());
  const words = Array.from({ length: lines }, (_, n) => ({
    atS: 3 * n,
    forS: 2,
    text: `This is line ${n} of many.`,
  }));
  const common = { userId: 'local', microphone: 'omi', startedAtMs: BASE, durationMs: 3_000 * lines };
  await placer.place({ ...common, id: 'hours', words });
  await db.updateTable('recordings').set({ audio_removed_at_ms: 1 }).execute();
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  return { id, atMs: (line: number) => BASE + 3_000 * line };
}
