/**
 * Replaces the words of a recording by those of a new transcription. It is one transaction, so that old and new words
 * never stand side by side. A second run changes nothing.
 */
import type { Insertable } from 'kysely';
import { rebuildTimeline } from '../conversations/rebuild.ts';
import { type Changed, renewRepetitions } from '../conversations/repetitions.ts';
import type { TimeSpan } from '../conversations/stretch.ts';
import { renewUnknownLanguage, spanOfPieces } from '../conversations/unknown-language.ts';
import { heldSpeakers, keepLabels, type SpokenBefore } from '../speakers/carry-over.ts';
import { forgetVoices, holdVoice, writeVoices } from '../speakers/voices.ts';
import type { Tx } from '../store/database.ts';
import type { Recording, Schema, StoredPiece } from '../store/schema.ts';

type Row = Insertable<Schema['segments']>;

/** Words of a recording with absolute times. */
export interface Words extends Omit<Row, 'id' | 'recording_id' | 'user_id' | 'device_id' | 'revision'> {
  /** The piece in which they were transcribed: a provider's speaker labels are valid within one piece. */
  pieceStartMs: number;
}

/**
 * Must be called under the timeline's lock.
 * @param pieces those in which the words were heard, and those without words
 * @returns the person's other devices whose conversations changed, and recordings whose pieces now count as another
 * language
 */
export async function replaceWords(
  tx: Tx,
  recording: Recording,
  words: readonly Words[],
  pieces: readonly Pick<StoredPiece, 'start_ms' | 'end_ms'>[],
): Promise<{ elsewhere: Set<string>; recordings: string[] }> {
  const before = await readBefore(tx, recording.id);
  // Nothing is said in it, and nothing was: it is evidence of nothing and hides nothing.
  if (before.length === 0 && pieces.length === 0) return { elsewhere: new Set(), recordings: [] };
  const labelled = keepLabels(words.map(toSpoken), before.flatMap(toSpokenBefore));
  const rows = toRows(recording, labelled);
  const now = new Set(rows.map(identityOf));
  const same = new Set(before.map(identityOf).filter((identity) => now.has(identity)));
  const gone = before.filter((row) => !same.has(identityOf(row)));
  const fresh = rows.filter((row) => !same.has(identityOf(row)));
  if (gone.length > 0) {
    await tx
      .deleteFrom('segments')
      .where(
        'id',
        'in',
        gone.map(({ id }) => id),
      )
      .execute();
  }
  if (fresh.length > 0) await tx.insertInto('segments').values(fresh).execute();
  const revised = await renewUnknownLanguage(tx, recording, spanOfPieces(recording, pieces));
  const isSame = gone.length === 0 && fresh.length === 0 && before.length > 0;
  if (isSame && revised.touched.length === 0) return { elsewhere: new Set(), recordings: revised.recordings };
  if (rows.some(({ speaker = null }) => speaker !== null)) await writeVoices(tx, recording);
  if (gone.length > 0) {
    for (const [voice, speakerId] of heldSpeakers(labelled, before.flatMap(toSpokenBefore)))
      await holdVoice(tx, `${recording.id}:${voice}`, speakerId);
    await forgetVoices(tx, recording.user_id, [recording.id]);
  }
  const touched = [...revised.touched, ...(await renewRepetitions(tx, recording))];
  await rebuildOwn(tx, recording, { gone, fresh, touched });
  const elsewhere = touched.filter(({ deviceId }) => deviceId !== recording.device_id);
  for (const { deviceId, ...span } of elsewhere)
    await rebuildTimeline(tx, { userId: recording.user_id, deviceId }, span);
  return { elsewhere: new Set(elsewhere.map(({ deviceId }) => deviceId)), recordings: revised.recordings };
}

interface Replaced {
  gone: readonly Before[];
  fresh: readonly Row[];
  touched: readonly Changed[];
}

async function rebuildOwn(tx: Tx, recording: Recording, { gone, fresh, touched }: Replaced): Promise<void> {
  const changed: TimeSpan[] = [...gone, ...fresh].map((row) => ({
    fromMs: row.started_at_ms,
    toMs: row.ended_at_ms,
  }));
  changed.push(...touched.filter(({ deviceId }) => deviceId === recording.device_id));
  if (changed.length === 0) return;
  const fromMs = changed.reduce((first, span) => Math.min(first, span.fromMs), Number.POSITIVE_INFINITY);
  const toMs = changed.reduce((last, span) => Math.max(last, span.toMs), 0);
  await rebuildTimeline(
    tx,
    { userId: recording.user_id, deviceId: recording.device_id },
    { fromMs, toMs },
    {
      cause: recording.id,
      heardAnew: new Set(gone.flatMap(({ conversation_id }) => conversation_id ?? [])),
      heirs: new Map(
        fresh.flatMap((row) => {
          const heir = conversationOfSound(row, gone);
          return heir === null ? [] : [[row.id, heir] as const];
        }),
      ),
    },
  );
}

/** Finds the conversation that had most of this audio until now. */
function conversationOfSound(row: Row, gone: readonly Before[]): string | null {
  let most: { conversationId: string | null; ms: number } = { conversationId: null, ms: 0 };
  for (const { conversation_id: conversationId, started_at_ms, ended_at_ms } of gone) {
    const ms = Math.min(row.ended_at_ms, ended_at_ms) - Math.max(row.started_at_ms, started_at_ms);
    if (conversationId !== null && ms > most.ms) most = { conversationId, ms };
  }
  return most.conversationId;
}

async function readBefore(tx: Tx, recordingId: string) {
  return await tx
    .selectFrom('segments')
    .leftJoin('voices', 'voices.id', 'segments.voice_id')
    .selectAll('segments')
    .select(['voices.speaker_id', 'voices.held'])
    .where('segments.recording_id', '=', recordingId)
    .where('segments.deleted_at_ms', 'is', null)
    .execute();
}

type Before = Awaited<ReturnType<typeof readBefore>>[number];

function toSpokenBefore({ speaker_id, held, started_at_ms, ended_at_ms }: Before): SpokenBefore[] {
  if (speaker_id === null) return [];
  return [{ speakerId: speaker_id, held: held ?? false, startedAtMs: started_at_ms, endedAtMs: ended_at_ms }];
}

function toSpoken(words: Words) {
  const { pieceStartMs, speaker: label = null, started_at_ms: startedAtMs, ended_at_ms: endedAtMs } = words;
  return { words, pieceStartMs, label, startedAtMs, endedAtMs };
}

/**
 * Derives an id from the start of the words in the recording and from their piece. After another cut the same audio may
 * get another id, but an id never moves to other audio.
 */
function toRows(
  recording: Recording,
  spoken: readonly ReturnType<typeof toSpoken>[],
): (Row & { id: string })[] {
  const taken = new Set<string>();
  return spoken.map(({ words: { pieceStartMs, ...words }, label }) => {
    const startMs = words.started_at_ms - (recording.started_at_ms ?? 0);
    const place = `${recording.id}:${pieceStartMs}.${startMs}`;
    let id = place;
    for (let n = 1; taken.has(id); n++) id = `${place}.${n}`;
    taken.add(id);
    const { id: recording_id, user_id, device_id } = recording;
    return { ...words, id, recording_id, user_id, device_id, speaker: label };
  });
}

/** Two rows with the same identity say the same at the same time, so the existing row stays. */
function identityOf(row: Row | Before): string {
  const { id, started_at_ms, ended_at_ms, text, speaker = null, provider, model, language = null } = row;
  const words = typeof row.words === 'string' ? JSON.parse(row.words) : (row.words ?? null);
  const timed = (words as { startMs: number; endMs: number; text: string }[] | null)?.map((word) => [
    word.startMs,
    word.endMs,
    word.text,
  ]);
  return JSON.stringify([id, started_at_ms, ended_at_ms, text, speaker, provider, model, language, timed]);
}
