import type { Tx } from '../store/database.ts';
import { isFiller, LONGEST_FRAGMENT_MS, MOST_FRAGMENT_WORDS } from '../timeline/filler.ts';
import type { Placement } from '../timeline/place.ts';

/**
 * Judges anew whether conversations hold filler only, whenever their words may have changed. Must be called under the
 * timeline's lock, after the words are placed. A second call changes nothing.
 */
export async function judgeFragments(
  tx: Tx,
  placements: readonly Pick<Placement, 'conversationId' | 'startedAtMs' | 'endedAtMs'>[],
): Promise<void> {
  for (const { conversationId, startedAtMs, endedAtMs } of placements) {
    const lengthMs = endedAtMs - startedAtMs;
    if (lengthMs > LONGEST_FRAGMENT_MS) continue;
    const said = await tx
      .selectFrom('segments')
      .select('text')
      .where('conversation_id', '=', conversationId)
      .limit(MOST_FRAGMENT_WORDS + 1)
      .execute();
    const isFragment = isFiller(
      said.map(({ text }) => text),
      lengthMs,
    );
    if (!isFragment) continue;
    // The number is of these words. Others get another number, so whatever joins them is shown.
    await tx
      .updateTable('conversations')
      .set(({ ref }) => ({ fragment_revision: ref('revision') }))
      .where('id', '=', conversationId)
      .execute();
  }
}
