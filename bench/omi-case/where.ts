/** Reads from a server's own rows where the time of one upload went: what its calls took, and what is ours around them. */
import pino from 'pino';
import { DATABASE } from '../../src/embedded-postgres/connect.ts';
import { readCredentials, urlOf } from '../../src/embedded-postgres/credentials.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { OurRun } from './ours.ts';

/** Milliseconds, in the order in which they pass; together they are the whole time. */
export interface Where {
  accepting: number;
  /** Until the last piece is asked for: reading, listening, cutting, and waiting for earlier calls. */
  'until the last call for words': number;
  'until the last words': number;
  placing: number;
  'until asked for meaning': number;
  meaning: number;
  'until it is read': number;
}

export async function whereItWent(
  dataDir: string,
  { recordingId, sentAtMs, readyMs }: OurRun,
): Promise<Where> {
  const credentials = await readCredentials(dataDir);
  if (!credentials?.port) throw new Error('the server has no database');
  const db = openDatabase(urlOf(credentials, credentials.port, DATABASE), pino({ level: 'error' }), 1);
  try {
    const recording = await db
      .selectFrom('recordings')
      .select(['accepted_at_ms', 'finished_at_ms'])
      .where('id', '=', recordingId)
      .executeTakeFirstOrThrow();
    const conversations = db
      .selectFrom('segments')
      .select('conversation_id')
      .where('recording_id', '=', recordingId);
    const calls = await db
      .selectFrom('outside_calls')
      .select(['kind', 'started_at_ms', 'finished_at_ms'])
      .where(({ or, eb }) =>
        or([eb('recording_id', '=', recordingId), eb('conversation_id', 'in', conversations)]),
      )
      .execute();
    const words = calls.filter(({ kind }) => kind === 'transcribe');
    const meaning = calls.filter(({ kind }) => kind === 'understand');
    const ends = (of: typeof calls) => Math.max(...of.map((call) => call.finished_at_ms ?? 0));
    const placedAtMs = recording.finished_at_ms ?? 0;
    const lastBeginsAtMs = Math.max(...words.map((call) => call.started_at_ms));
    const askedAtMs = Math.min(...meaning.map((call) => call.started_at_ms));
    return {
      accepting: recording.accepted_at_ms - sentAtMs,
      'until the last call for words': lastBeginsAtMs - recording.accepted_at_ms,
      'until the last words': ends(words) - lastBeginsAtMs,
      placing: placedAtMs - ends(words),
      'until asked for meaning': askedAtMs - placedAtMs,
      meaning: ends(meaning) - askedAtMs,
      'until it is read': Math.round(sentAtMs + readyMs - ends(meaning)),
    };
  } finally {
    await db.destroy();
  }
}
