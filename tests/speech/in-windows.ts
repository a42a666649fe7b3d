import { listenInWindowsWithMarks, type WindowedOptions } from '../../src/speech/vad/listen-in-windows.ts';
import { withoutMarks } from '../../src/speech/vad/mark.ts';
import type { Speech } from '../../src/speech/vad/speech.ts';

/** The speech alone, for tests that go on from no mark. */
export function listenInWindows(
  audio: AsyncIterable<Float32Array>,
  options: WindowedOptions,
): AsyncGenerator<Speech, void, void> {
  return withoutMarks(listenInWindowsWithMarks(audio, options));
}
