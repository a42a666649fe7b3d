/**
 * Keeps decisions with the sound that is left. What was decided about a conversation goes on while the conversation does:
 * if the recording in which a decision lies is deleted, it moves to the nearest sound of that conversation. What was
 * decided about the sound itself, as a corrected word, goes with it.
 */
import { sql } from 'kysely';
import type { Tx } from '../store/database.ts';
import type { DecisionKind } from '../store/tables/decisions.ts';
import { soundFinder } from '../timeline/anchors.ts';
import { isAfterCut } from '../timeline/forced.ts';
import { byTime } from '../timeline/silence.ts';
import { hiddenCopies } from './hidden-copies.ts';
import { soundsOf } from './standing.ts';
import { selectPlaced } from './stretch.ts';

type Placed = Awaited<ReturnType<typeof soundsOf>>[number];

/** These are about what was said at a time, and are nothing without it. */
const OF_SOUND: ReadonlySet<DecisionKind> = new Set(['text', 'speaker']);

async function decisionsOn(tx: Tx, userId: string, recordingIds: readonly string[]) {
  return await tx
    .selectFrom('decisions')
    .innerJoin('recordings as one', 'one.id', 'decisions.recording_id')
    .leftJoin('recordings as other', 'other.id', 'decisions.other_recording_id')
    .select([
      'decisions.id',
      'decisions.kind',
      'one.id as recording_id',
      'decisions.from_ms',
      'decisions.other_recording_id',
      'decisions.other_ms',
      'one.started_at_ms as one_started_at_ms',
      'other.started_at_ms as other_started_at_ms',
    ])
    .where('decisions.user_id', '=', userId)
    .where(({ eb, fn, val, or }) =>
      or([
        eb('decisions.recording_id', '=', fn.any(val([...recordingIds]))),
        eb('decisions.other_recording_id', '=', fn.any(val([...recordingIds]))),
      ]),
    )
    .execute();
}

type Decision = Awaited<ReturnType<typeof decisionsOn>>[number];

const spotOf = (decision: Decision) => ({
  recordingId: decision.recording_id,
  atMs: (decision.one_started_at_ms ?? 0) + decision.from_ms,
});
const otherSpotOf = (decision: Decision) => ({
  recordingId: decision.other_recording_id ?? '',
  atMs: (decision.other_started_at_ms ?? 0) + (decision.other_ms ?? 0),
});

/**
 * Deletes what was decided about a conversation that is being deleted. Must be called under the timeline's lock, while its
 * words are there.
 */
export async function forgetDecisionsAbout(tx: Tx, userId: string, conversationId: string): Promise<void> {
  await tx.deleteFrom('action_items').where('conversation_id', '=', conversationId).execute();
  const own = await tx
    .selectFrom('segments')
    .select(['id', 'recording_id'])
    .where('conversation_id', '=', conversationId)
    .execute();
  const copies = await hiddenCopies(tx)
    .select('copy.recording_id')
    .distinct()
    .where('said.conversation_id', '=', conversationId)
    .execute();
  const recordingIds = [...new Set([...own, ...copies].map(({ recording_id }) => recording_id))];
  const decisions = await decisionsOn(tx, userId, recordingIds);
  if (decisions.length === 0) return;
  const find = soundFinder(await soundsOf(tx, recordingIds));
  const gone = decisions.filter((decision) =>
    [spotOf(decision), otherSpotOf(decision)].some((spot) => find(spot)?.conversationId === conversationId),
  );
  if (gone.length === 0) return;
  await tx
    .deleteFrom('decisions')
    .where(({ eb, fn, val }) => eb('id', '=', fn.any(val(gone.map(({ id }) => id)))))
    .execute();
}

/**
 * Moves what was decided in the sound of a recording that is being deleted. Must be called under the timeline's lock, while
 * its words are there. A trigger of the table deletes what is left (migration 0060).
 */
export async function moveDecisions(tx: Tx, recording: { id: string; user_id: string }): Promise<void> {
  const decisions = (await decisionsOn(tx, recording.user_id, [recording.id])).filter(
    ({ kind }) => !OF_SOUND.has(kind),
  );
  if (decisions.length === 0) return;
  const sounds = await soundsOf(tx, [
    ...new Set(decisions.flatMap((one) => [one.recording_id, one.other_recording_id ?? []].flat())),
  ]);
  const find = soundFinder(sounds);
  const left = await remainingOf(tx, recording.id, sounds);
  const startOf = await startsOf(tx, left);
  const homeOf = (spot: ReturnType<typeof spotOf>) => {
    const sound = find(spot);
    return { sound, remaining: sound ? left.filter((one) => one.home === sound.conversationId) : [] };
  };
  for (const decision of decisions) {
    const set: Record<string, number | string> = {};
    if (decision.recording_id === recording.id) {
      const spot = spotOf(decision);
      const { sound, remaining } = homeOf(spot);
      const next = sound && nextAnchor(decision.kind, remaining, { sound, atMs: spot.atMs });
      if (!next) continue;
      // A cut keeps its time, and the others lie in the middle of their new sound.
      const atMs = decision.kind === 'cut' ? spot.atMs : middleOf(next);
      set.recording_id = next.recordingId;
      set.from_ms = Math.round(atMs - (startOf.get(next.recordingId) ?? 0));
    }
    if (decision.other_recording_id === recording.id) {
      const { sound, remaining } = homeOf(otherSpotOf(decision));
      const next = sound && remaining.find((one) => isAfterCut(one, middleOf(sound)));
      if (!next) continue;
      set.other_recording_id = next.recordingId;
      set.other_ms = Math.round(middleOf(next) - (startOf.get(next.recordingId) ?? 0));
    }
    await tx.updateTable('decisions').set(set).where('id', '=', decision.id).execute();
  }
  // A task that its person has touched goes with what they decided; the others go with the sound.
  await sql`
    UPDATE action_items SET recording_id = d.recording_id, at_ms = d.from_ms
      FROM decisions d
     WHERE d.kind = 'item' AND d.subject = action_items.id AND action_items.recording_id = ${recording.id}
       AND d.recording_id <> ${recording.id}`.execute(tx);
}

type Left = Placed & { home: string | null };

/** Each side of a border keeps its own: a cut lies before what follows it, a join at the ends that face each other. */
function nextAnchor(
  kind: DecisionKind,
  remaining: readonly Left[],
  { sound, atMs }: { sound: Placed; atMs: number },
): Left | undefined {
  if (kind === 'cut') return remaining.find((one) => isAfterCut(one, atMs));
  if (kind === 'join') return remaining.filter((one) => !isAfterCut(one, middleOf(sound))).at(-1);
  const awayOf = (one: Left) => Math.max(one.startedAtMs - atMs, atMs - one.endedAtMs, 0);
  return remaining.reduce<Left | undefined>(
    (best, one) => (best === undefined || awayOf(one) < awayOf(best) ? one : best),
    undefined,
  );
}

const middleOf = ({ startedAtMs, endedAtMs }: Placed) => (startedAtMs + endedAtMs) / 2;

/** What of these conversations is said in other recordings, and what is shown in the place of the deleted words then. */
async function remainingOf(tx: Tx, recordingId: string, sounds: readonly Placed[]): Promise<Left[]> {
  const homes = [...new Set(sounds.flatMap(({ conversationId }) => conversationId ?? []))];
  const shown = await selectPlaced(tx)
    .where(({ eb, fn, val }) => eb('segments.conversation_id', '=', fn.any(val(homes))))
    .where('segments.recording_id', '!=', recordingId)
    .where('segments.deleted_at_ms', 'is', null)
    .execute();
  const copies = await hiddenCopies(tx)
    .select(['copy.id', 'said.conversation_id as home'])
    .where('said.recording_id', '=', recordingId)
    .where('said.conversation_id', 'is not', null)
    .execute();
  const homeOfCopy = new Map(copies.map(({ id, home }) => [id, home]));
  const hidden =
    copies.length === 0
      ? []
      : await selectPlaced(tx)
          .where(({ eb, fn, val }) => eb('segments.id', '=', fn.any(val([...homeOfCopy.keys()]))))
          .execute();
  return [
    ...shown.map((one) => ({ ...one, home: one.conversationId })),
    ...hidden.map((one) => ({ ...one, home: homeOfCopy.get(one.id) ?? null })),
  ].sort(byTime);
}

async function startsOf(tx: Tx, sounds: readonly Placed[]): Promise<Map<string, number>> {
  const ids = [...new Set(sounds.map(({ recordingId }) => recordingId))];
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('recordings')
    .select(['id', 'started_at_ms'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, started_at_ms }) => [id, started_at_ms ?? 0]));
}
