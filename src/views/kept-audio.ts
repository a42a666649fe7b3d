/** Until when the sound of a conversation is kept, as its person has chosen, and what of it is gone. */
import { z } from 'zod';
import { EpochMs } from '../epoch-ms.ts';
import type { Database } from '../store/database.ts';
import { keptUntilColumn } from './recordings.ts';

export const keptAudioFields = {
  audioKept: z
    .enum(['all', 'some', 'none'])
    .describe('How much of its audio is kept. Where none is, `…/audio` answers 410 `audio_gone`'),
  audioKeptUntilMs: EpochMs.nullable().describe(
    'When the first of its audio goes that is kept now, by what its person has chosen; null: none goes',
  ),
  audioRemovedAtMs: EpochMs.nullable().describe('Since when none of its audio is kept'),
};

type KeptAudio = z.infer<z.ZodObject<typeof keptAudioFields>>;

export async function keptAudio(
  db: Database,
  userId: string,
  recordingIds: readonly string[],
): Promise<KeptAudio> {
  const rows =
    recordingIds.length === 0
      ? []
      : await db
          .selectFrom('recordings')
          .select(['recordings.audio_removed_at_ms', keptUntilColumn])
          .where('user_id', '=', userId)
          .where('id', 'in', recordingIds)
          .where('outcome', '<>', 'deleted')
          .execute();
  const gone = rows.flatMap(({ audio_removed_at_ms }) => audio_removed_at_ms ?? []);
  const going = rows.flatMap(({ audio_kept_until_ms }) => audio_kept_until_ms ?? []).map(Number);
  const isNone = gone.length === rows.length;
  return {
    audioKept: isNone ? 'none' : gone.length > 0 ? 'some' : 'all',
    audioKeptUntilMs: going.length > 0 ? Math.min(...going) : null,
    audioRemovedAtMs: isNone && gone.length > 0 ? Math.max(...gone) : null,
  };
}
