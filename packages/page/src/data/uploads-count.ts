/** How many files of uploads are under way, and how many need their person. Pure. */
import type { components } from '@afterword/client';

type Counted = Pick<
  components['schemas']['UploadPage']['uploads'][number],
  'counts' | 'acceptedAtMs' | 'doneAtMs'
>;

/** @param seenMs when the person has looked at them; what ended before needs them no more, for all that they want */
export function countNow(uploads: readonly Counted[], seenMs: number): { underWay: number; needs: number } {
  let [underWay, needs] = [0, 0];
  for (const { counts, acceptedAtMs, doneAtMs } of uploads) {
    underWay += counts.pending;
    if ((doneAtMs ?? acceptedAtMs) > seenMs) needs += counts.refused + counts.failed;
  }
  return { underWay, needs };
}
