/**
 * Finds which voices of a conversation's pieces are the same person: one call with a few seconds of each voice goes to the
 * transcriber, whose diarizer compares them. There is at most one call for each version of the words, with a deadline.
 * Nothing waits for it: the conversation is understood beside it, and without an answer the voices stay separate.
 */

import pMap from 'p-map';
import { SAMPLE_RATE } from '../audio/hint.ts';
import { AfterwordError } from '../errors.ts';
import { noteConversation } from '../events/note.ts';
import { normalise } from '../normalise.ts';
import { hintsOf } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import { untilAny, within } from '../providers/deadline.ts';
import { chooseSample, type DiarizationSample, labelsOf } from '../speakers/diarization-sample.ts';
import { linkVoices } from '../speakers/link.ts';
import { readVoices } from '../speakers/read.ts';
import { forgetSpeakers, pieceOf, writeSpeakers } from '../speakers/voices.ts';
import type { ProviderCall, Transcription } from '../speech/transcriber.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Tx } from '../store/database.ts';
import type { ReelCall } from '../store/schema.ts';
import { recordSpeakers } from '../usage/record.ts';
import { beginCall, completeCalls, endCalls, type Question } from './call-log.ts';
import { commit, STALE, selectWanted, type WordsVersion } from './commit.ts';
import type { PipelineContext } from './context.ts';

/** Time for decoding and the call. A sample has 3 minutes at most, which providers transcribe in about 5 s. */
const DEADLINE_MS = 30_000;

const late = () => new AfterwordError('timeout', `no speakers within ${DEADLINE_MS} ms`);

/** `not_needed`: there are no voices to link, or these words were tried already. */
type Linked = 'not_needed' | 'superseded' | NonNullable<ReelCall['outcome']>;

type Context = Pick<
  PipelineContext,
  'db' | 'blobs' | 'listening' | 'lease' | 'transcriber' | 'prices' | 'log'
>;

interface Owned extends WordsVersion {
  userId: string;
}

export async function linkSpeakers(
  context: Context,
  { conversationId, revision }: WordsVersion,
  signal: AbortSignal,
): Promise<Linked> {
  if (!context.transcriber.capabilities.speakers) return 'not_needed';
  const words: WordsVersion = { conversationId, revision };
  const row = await selectWanted(context.db, words).select('user_id').executeTakeFirst();
  if (!row) return 'not_needed';
  const conversation: Owned = { ...words, userId: row.user_id };
  const reel = await readReel(context, conversationId);
  if (!reel) return 'not_needed';
  const startedAtMs = Date.now();
  const startedAt = performance.now();
  const call: ReelCall = {
    revision,
    startedAtMs,
    outcome: null,
    voices: new Set(reel.clips.map(({ voiceId }) => voiceId)).size,
    durationMs: reel.durationMs,
  };
  const question: Question = { kind: 'diarize', attempt: words, userId: row.user_id };
  const id = await beginDiarizing(context, words, { question, call });
  if (id === null) return 'not_needed';

  const calls: ProviderCall[] = [];
  const settled = (outcome: ReelCall['outcome'], answer?: Transcription): ReelCall => ({
    ...call,
    outcome,
    tookMs: Math.round(performance.now() - startedAt),
    ...(answer ? { provider: answer.provider, model: answer.model } : {}),
    calls,
  });
  let answer: Transcription;
  try {
    answer = await within([signal], { ms: DEADLINE_MS, late }, async (until) => {
      const samples = await assembleSample(context, reel, until);
      const hints = hintsOf(await readChosen(context.db, row.user_id));
      return await context.transcriber.transcribe(
        { samples, sampleRateHz: SAMPLE_RATE },
        { signal: until, forSpeakers: true, hints, onCall: (one) => calls.push(one) },
      );
    });
  } catch (error) {
    if (signal.aborted) {
      await endCalls(context, question, { id, calls, outcome: 'cancelled' });
      throw signal.reason;
    }
    context.log.warn(
      { err: error },
      'The voices of a conversation could not be compared; they stay separate until its words change',
    );
    const code = normalise(error).code;
    return await settle(context, conversation, { question, callId: id }, async (tx) => {
      await completeCalls(tx, question, { id, calls, outcome: 'error', code });
      return settled('failed');
    });
  }
  const labels = labelsOf(reel, answer.segments);
  return await settle(context, conversation, { question, callId: id }, async (tx) => {
    const { userId } = conversation;
    const used = { conversationId, revision, userId, audioMs: reel.durationMs, transcription: answer, calls };
    await recordSpeakers(tx, context.prices, used);
    const { provider, model } = answer;
    await completeCalls(tx, question, { id, calls, by: { provider, model }, outcome: 'answered' });
    if (labels.size === 0) return settled('no_speakers', answer);
    await link(tx, conversation, labels);
    return settled('linked', answer);
  });
}

/** @returns null if there is nothing to link, because all voices come from one piece */
async function readReel({ db }: Context, conversationId: string): Promise<DiarizationSample | null> {
  const segments = await db
    .selectFrom('segments')
    .innerJoin('voices', 'voices.id', 'segments.voice_id')
    // What only the words are kept of cannot be heard.
    .innerJoin('recordings', 'recordings.id', 'voices.recording_id')
    .where('recordings.audio_removed_at_ms', 'is', null)
    .select([
      'voices.id as voiceId',
      'voices.recording_id as recordingId',
      'voices.piece_ordinal as pieceOrdinal',
      'segments.started_at_ms as startedAtMs',
      'segments.ended_at_ms as endedAtMs',
    ])
    .where('segments.conversation_id', '=', conversationId)
    .execute();
  const reel = chooseSample(segments);
  const heard = new Set(reel.clips.map(({ voiceId }) => voiceId));
  const pieces = new Set(segments.filter(({ voiceId }) => heard.has(voiceId)).map(pieceOf));
  return pieces.size > 1 ? reel : null;
}

/**
 * Stores the call before it is made, so that a call over which the process dies is not repeated.
 * @returns the id of its row; null if this worker is not to make the call
 */
async function beginDiarizing(
  context: Context,
  words: WordsVersion,
  { question, call }: { question: Question; call: ReelCall },
): Promise<number | null> {
  const begun = await commit(context, words, async (tx, { id, revision, reel }) => {
    if (reel && reel.revision >= revision) return null;
    await tx
      .updateTable('conversations')
      .set({ reel: JSON.stringify(call) })
      .where('id', '=', id)
      .execute();
    noteConversation(tx, question.userId, id, 'linking');
    const { provider, model } = context.transcriber;
    return await beginCall(tx, question, { provider, model });
  });
  return begun === STALE ? null : begun;
}

async function link(
  tx: Tx,
  { conversationId: id, userId }: Owned,
  labels: ReadonlyMap<string, string>,
): Promise<void> {
  const moved = linkVoices(await readVoices(tx, id), labels);
  await writeSpeakers(tx, userId, [...moved.values()]);
  for (const [voiceId, speakerId] of moved) {
    await tx.updateTable('voices').set({ speaker_id: speakerId }).where('id', '=', voiceId).execute();
  }
  if (moved.size > 0) await forgetSpeakers(tx, userId);
}

/** Writes only while the words are still the same. */
async function settle(
  context: Context,
  conversation: Owned,
  { question, callId }: { question: Question; callId: number },
  change: (tx: Tx) => Promise<ReelCall>,
): Promise<Linked> {
  const settled = await commit(context, conversation, async (tx, { id, user_id }) => {
    const reel = await change(tx);
    await tx
      .updateTable('conversations')
      // What is read of it has changed with its speakers, its prose too.
      .set({ reel: JSON.stringify(reel), updated_at_ms: Date.now() })
      .where('id', '=', id)
      .execute();
    noteConversation(tx, user_id, id, 'updated');
    return reel.outcome ?? 'failed';
  });
  if (settled !== STALE) return settled;
  // The words have changed while the provider answered.
  await endCalls(context, question, { id: callId, calls: [], outcome: 'answered' });
  return 'superseded';
}

/** Number of recordings decoded at once; each one mostly waits for its bytes from the store. */
const AT_ONCE = 4;

/** Cuts the clips of a diarization sample from the stored recordings, in order, with silence around them. */
async function assembleSample(
  context: Context,
  { clips, durationMs }: DiarizationSample,
  signal: AbortSignal,
): Promise<Int16Array> {
  const samples = new Int16Array(sampleAt(durationMs));
  // If one clip cannot be read, the others are not needed, and `untilAny` ends them.
  await untilAny([signal], (until) =>
    pMap(
      Map.groupBy(clips, ({ recordingId }) => recordingId),
      async ([recordingId, own]) => {
        for await (const { ordinal, sound } of excerptsOf(context, recordingId, own, until)) {
          samples.set(sound, sampleAt(own[ordinal]?.inReelMs ?? 0));
        }
      },
      { concurrency: AT_ONCE, signal: until },
    ),
  );
  return samples;
}

async function* excerptsOf(
  { db, blobs, listening }: Context,
  recordingId: string,
  clips: DiarizationSample['clips'],
  signal: AbortSignal,
): AsyncGenerator<{ ordinal: number; sound: Int16Array }> {
  const recording = await db
    .selectFrom('recordings')
    .select(['sha256', 'codec', 'started_at_ms'])
    .where('id', '=', recordingId)
    .executeTakeFirstOrThrow();
  const stretches = clips.map(({ startedAtMs, durationMs: lengthMs }) => {
    const fromMs = startedAtMs - (recording.started_at_ms ?? 0);
    return { fromMs, toMs: fromMs + lengthMs };
  });
  const bytes = openContent({ db, blobs }, recording.sha256, signal);
  const { pieces } = listening.start(bytes, recording.codec, { signal, stretches });
  for await (const { ordinal, samples } of pieces) yield { ordinal, sound: samples };
}

function sampleAt(ms: number): number {
  return Math.round((ms * SAMPLE_RATE) / 1000);
}
