/** Whether a recording heard in windows, as all cores do, gives the words of one that is heard in one go. */
import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import type { Piece } from '../../src/speech/splitting/piece.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { all, inChunks } from '../../tests/speech/clips.ts';
import { inOneGo } from '../../tests/speech/in-one-go.ts';
import { spokenWords, wordErrors } from '../../tests/speech/word-error-rate.ts';
import type { LaidOut } from './laid-out.ts';

/** From one border between windows to the next. */
const WINDOW_SECONDS = 120;

export async function printWindows(
  sets: readonly [name: string, recording: LaidOut][],
  hear: (samples: Float32Array) => string,
): Promise<void> {
  const table: Record<string, object> = {};
  for (const [name, { samples: audio }] of sets) {
    const inWindows = await all(cut(listen(amplified(inChunks(audio, SAMPLE_RATE)))));
    const whole = await inOneGo(audio);
    const known = new Map(whole.map((piece) => [soundOf(piece), '']));
    const same = inWindows.filter((piece) => known.has(soundOf(piece)));
    // The same sound gives the same words, so only what differs is heard.
    const isSame = new Set(same.map(soundOf));
    const words = (pieces: readonly Piece[]) =>
      pieces
        .filter((piece) => !isSame.has(soundOf(piece)))
        .flatMap(({ samples }) => spokenWords(hear(samples)));
    const [ofWindows, ofWhole] = [words(inWindows), words(whole)];
    table[name] = {
      seconds: Math.round(audio.length / SAMPLE_RATE),
      borders: Math.floor(audio.length / SAMPLE_RATE / WINDOW_SECONDS),
      'pieces, windows': inWindows.length,
      'pieces, one go': whole.length,
      'with other sound': inWindows.length - same.length,
      'most apart, ms': mostApart(inWindows, whole),
      'words in these': ofWhole.length,
      'other words': wordErrors(ofWhole, ofWindows),
    };
  }
  console.log('heard in windows, beside heard in one go');
  console.table(table);
}

function soundOf({ samples }: Piece): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('latin1');
}

/** Says nothing where a cut is in one of them only. */
function mostApart(some: readonly Piece[], others: readonly Piece[]): number | null {
  if (some.length !== others.length) return null;
  return Math.max(
    0,
    ...some.flatMap(({ startMs, endMs }, at) => [
      Math.abs(startMs - (others[at]?.startMs ?? 0)),
      Math.abs(endMs - (others[at]?.endMs ?? 0)),
    ]),
  );
}
