/**
 * Places a recording's words on its person's timeline, in one transaction under the person's lock. A second run changes
 * nothing.
 */
import { endingOf, reportAgain } from '../conversations/loss.ts';
import { upgradeTimeline } from '../conversations/timeline-rule.ts';
import { bordersAt, isAwaited, placeNeighbours } from '../placing/borders.ts';
import { replaceWords } from '../placing/replace-words.ts';
import { readPieces, wordsOf } from '../placing/words-of-pieces.ts';
import type { PipelineContext } from './context.ts';
import { commitEnding, complete } from './finish.ts';

type Context = Pick<PipelineContext, 'db' | 'lease' | 'log' | 'quietMs'>;

export async function place(context: Context, recordingId: string, attempt: number): Promise<void> {
  const startedAt = performance.now();
  await commitEnding(context, recordingId, attempt, async (tx, recording) => {
    const pieces = await readPieces(tx, recording.id);
    const words = pieces.length === 0 ? [] : await wordsOf(tx, recording, pieces);
    // A timeline to which no words come is placed again by the next words, or by the sweep.
    if (words.length > 0) await upgradeTimeline(tx, recording.user_id);
    const { elsewhere, recordings } = await replaceWords(tx, recording, words, pieces);
    await reportAgain(tx, recordings);
    const borders = await bordersAt(tx, recording.id);
    for (const deviceId of await placeNeighbours(tx, recording.id, borders)) elsewhere.add(deviceId);
    const ending = await endingOf(tx, recording, pieces.length === 0 ? [] : undefined);
    // What touches its ends may be heard in the work of its neighbour only: nobody knows yet that it says nothing.
    const isOpen = ending.outcome === 'silent' && borders.some((border) => isAwaited(border, recording.id));
    return await complete(tx, recording, {
      ...(isOpen ? { outcome: 'completed', code: null } : ending),
      timings: { placeMs: Math.round(performance.now() - startedAt) },
      quietMs: context.quietMs,
      elsewhere,
    });
  });
}
