import { SAMPLE_RATE } from '../audio/hint.ts';
import { type DecodeReport, noteDamage } from '../audio/report.ts';

/** A hundred hours: no recorder runs that long, but a few kilobytes of FLAC can claim years of silence. */
const LONGEST_SAMPLES = 100 * 3600 * SAMPLE_RATE;

/** Ends after so much sound, and says so. */
export async function* atMost(
  pieces: AsyncIterable<Float32Array>,
  report: DecodeReport,
  longest = LONGEST_SAMPLES,
): AsyncGenerator<Float32Array> {
  let left = longest;
  for await (const piece of pieces) {
    if (piece.length > left) {
      noteDamage(report, 'too_long');
      yield piece.subarray(0, left);
      return;
    }
    left -= piece.length;
    yield piece;
  }
}
