/** Derives the corrected words and speakers of stored segments from the decisions about their time. */
import type { Tx } from '../store/database.ts';
import { correctedTexts, decidedSpeakers } from './corrections.ts';
import { selectSaid } from './said-in.ts';

/**
 * Must be called under the timeline's lock, whenever the words of these recordings or the decisions about them change. A
 * second call changes nothing.
 */
export async function renewCorrections(tx: Tx, recordingIds: readonly string[]): Promise<void> {
  const decisions = await tx
    .selectFrom('decisions')
    .select(['kind', 'recording_id', 'from_ms', 'to_ms', 'value'])
    .where(({ eb, fn, val }) => eb('recording_id', '=', fn.any(val([...recordingIds]))))
    .where('kind', 'in', ['text', 'speaker'])
    .orderBy('id')
    .execute();
  const about = new Set(decisions.flatMap(({ recording_id }) => recording_id ?? []));
  const segments = await segmentsOf(tx, recordingIds, [...about]);
  const decided = Map.groupBy(decisions, ({ recording_id }) => recording_id);
  for (const [recordingId, own] of Map.groupBy(segments, (segment) => segment.recordingId)) {
    const spans = (decided.get(recordingId) ?? []).map(({ kind, from_ms, to_ms, value }) => {
      return { kind, value, fromMs: from_ms, toMs: to_ms ?? from_ms };
    });
    const texts = correctedTexts(
      own,
      spans
        .filter(({ kind }) => kind === 'text')
        .map((one) => ({ ...one, text: one.value as string | null })),
    );
    const speakers = decidedSpeakers(
      own,
      spans
        .filter(({ kind }) => kind === 'speaker')
        .map((one) => ({ ...one, speakerId: one.value as string | null })),
    );
    for (const { id, decidedText, decidedSpeakerId } of own) {
      const now = { decided_text: texts.get(id) ?? null, decided_speaker_id: speakers.get(id) ?? null };
      if (now.decided_text === decidedText && now.decided_speaker_id === decidedSpeakerId) continue;
      await tx.updateTable('segments').set(now).where('id', '=', id).execute();
    }
  }
}

/** Of recordings about which something is decided all segments, of the others those that are not as they were heard. */
async function segmentsOf(tx: Tx, recordingIds: readonly string[], decided: readonly string[]) {
  const rows = await selectSaid(tx, recordingIds)
    .select(['segments.decided_text as decidedText', 'segments.decided_speaker_id as decidedSpeakerId'])
    .where(({ eb, fn, val, or }) =>
      or([
        eb('segments.recording_id', '=', fn.any(val([...decided]))),
        eb('segments.decided_text', 'is not', null),
        eb('segments.decided_speaker_id', 'is not', null),
      ]),
    )
    .orderBy('segments.started_at_ms')
    .orderBy('segments.id')
    .execute();
  return rows.map(({ startedAtMs, endedAtMs, recordingStartedAtMs, words, ...row }) => {
    const startMs = recordingStartedAtMs ?? 0;
    return {
      ...row,
      fromMs: startedAtMs - startMs,
      toMs: endedAtMs - startMs,
      words:
        words?.map((word) => ({
          ...word,
          startMs: word.startMs - startMs,
          endMs: word.endMs - startMs,
        })) ?? null,
    };
  });
}
