/**
 * Reads the part of a timeline whose borders somebody has decided about. A join connects conversations that may lie far
 * apart, so their segments are all read; a person decides about few conversations.
 */
import type { Tx } from '../store/database.ts';
import type { Spot } from '../timeline/anchors.ts';
import { FARTHEST_OFFSET_MS } from '../timeline/copies.ts';
import type { Forced } from '../timeline/forced.ts';
import { SILENCE_THAT_SPLITS_MS } from '../timeline/silence.ts';
import {
  conversationsWithin,
  LONGEST_SEGMENT_MS,
  type Stretch,
  selectPlaced,
  type TimelineOwner,
  type TimeSpan,
} from './stretch.ts';

/** An anchor lies no further from its sound than this, by whichever clock. */
const REACH_MS = SILENCE_THAT_SPLITS_MS + FARTHEST_OFFSET_MS;

/**
 * @returns null if no decision concerns what lies within reach of the change: then the neighbourhood of the change is
 * enough
 */
export async function readForcedStretch(
  tx: Tx,
  owner: TimelineOwner,
  span: TimeSpan,
  forced: readonly Forced[],
): Promise<(Stretch & { forced: Forced[] }) | null> {
  if (forced.length === 0) return null;
  const spans: TimeSpan[] = [span];
  const conversations = new Map<string, Stretch['conversations'][number]>();
  const concerned = new Set<Forced>();
  for (let at = 0; at < spans.length; at++) {
    const near = spans[at];
    if (!near) break;
    for (const found of await conversationsWithin(tx, owner, near)) {
      if (conversations.has(found.id)) continue;
      conversations.set(found.id, found);
      spans.push({ fromMs: found.startedAtMs, toMs: found.endedAtMs });
    }
    for (const decision of forced) {
      if (concerned.has(decision) || !spotsOf(decision).some((spot) => isNear(spot, near))) continue;
      concerned.add(decision);
      for (const { atMs } of spotsOf(decision))
        spans.push({ fromMs: atMs - REACH_MS, toMs: atMs + REACH_MS });
    }
  }
  if (concerned.size === 0) return null;
  const decided = forced.filter((decision) => concerned.has(decision));
  return {
    conversations: [...conversations.values()],
    segments: await segmentsOf(tx, owner, { spans, decided, conversationIds: [...conversations.keys()] }),
    forced: decided,
  };
}

function spotsOf(decision: Forced): Spot[] {
  return decision.kind === 'join' ? [decision, decision.other] : [decision];
}

function isNear({ atMs }: Spot, { fromMs, toMs }: TimeSpan): boolean {
  return atMs > fromMs - REACH_MS && atMs < toMs + REACH_MS;
}

interface Asked {
  spans: readonly TimeSpan[];
  decided: readonly Forced[];
  conversationIds: readonly string[];
}

/**
 * All segments of these conversations, those of no conversation within the spans, and hidden ones in which an anchor lies,
 * whichever device has sent them.
 */
async function segmentsOf(
  tx: Tx,
  { userId, deviceId }: TimelineOwner,
  { spans, decided, conversationIds }: Asked,
): Promise<Stretch['segments']> {
  const recordingIds = [...new Set(decided.flatMap(spotsOf).map(({ recordingId }) => recordingId))];
  const own = await selectPlaced(tx)
    .where('segments.user_id', '=', userId)
    .where('segments.deleted_at_ms', 'is', null)
    .where(({ eb, fn, val, or }) =>
      or([
        eb('segments.conversation_id', '=', fn.any(val([...conversationIds]))),
        eb('segments.recording_id', '=', fn.any(val(recordingIds))),
      ]),
    )
    .execute();
  const segments = new Map(own.map((segment) => [segment.id, segment]));
  for (const { fromMs, toMs } of spans) {
    const unplaced = await selectPlaced(tx)
      .where('segments.user_id', '=', userId)
      .where('segments.device_id', '=', deviceId)
      .where('segments.deleted_at_ms', 'is', null)
      .where('segments.conversation_id', 'is', null)
      .where('segments.started_at_ms', '>=', fromMs - REACH_MS - LONGEST_SEGMENT_MS)
      .where('segments.started_at_ms', '<=', toMs + REACH_MS)
      .execute();
    for (const segment of unplaced) segments.set(segment.id, segment);
  }
  const known = new Set(conversationIds);
  return [...segments.values()].filter(({ conversationId, repeats, deviceId: device }) =>
    conversationId === null ? repeats !== null || device === deviceId : known.has(conversationId),
  );
}
