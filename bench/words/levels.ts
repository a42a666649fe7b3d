/** Wrong words at three levels of loudness, with and without the guards against invented words. */
import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { cut } from '../../src/speech/splitting/cut.ts';
import { withHallucinationGuard } from '../../src/speech/transcribers/moonshine/hallucination-guard.ts';
import { type RecognizerAnswer, readableText } from '../../src/speech/transcribers/moonshine/sherpa.ts';
import { amplified } from '../../src/speech/vad/amplified.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { findUnknownLanguage, type HeardPiece } from '../../src/timeline/unknown-language.ts';
import { inChunks } from '../../tests/speech/clips.ts';
import { spokenWords, wordErrors } from '../../tests/speech/word-error-rate.ts';
import { asSaid, type Sound } from './sounds.ts';

type Recognize = (samples: Float32Array) => RecognizerAnswer;

/** null: as loud as it is. */
const LEVELS_DBFS = [null, -40, -50];
interface GuardedPiece extends HeardPiece {
  text: string;
}

interface Count {
  said: number;
  wrong: number;
}

export async function printLevels(
  sets: readonly (readonly [name: string, sounds: Sound[]])[],
  recognize: Recognize,
): Promise<void> {
  console.log(
    'Word error rate, without digits. Guards: an answer is asked for again where it may be invented, and the pieces around decide.\n',
  );
  console.log(row('', 'level', 'words', 'guards off', 'guards on'));
  for (const [name, sounds] of sets) {
    for (const level of LEVELS_DBFS) {
      const off: Count = { said: 0, wrong: 0 };
      const on: Count = { said: 0, wrong: 0 };
      for (const { samples, text } of sounds) {
        const said = spokenWords(text);
        const plain: string[] = [];
        const guarded: GuardedPiece[] = [];
        for await (const piece of cut(listen(amplified(inChunks(atLevel(samples, level), SAMPLE_RATE))))) {
          // Both ways begin with the same question, which is asked once.
          const first = recognize(piece.samples);
          plain.push(readableText(first.text));
          const { segments, unsteadiness = null } = withHallucinationGuard(
            piece.samples,
            startingWith(first, piece.samples, recognize),
          );
          const text = segments.map((segment) => segment.text).join(' ');
          guarded.push({ startedAtMs: piece.startMs, endedAtMs: piece.endMs, unsteadiness, text });
        }
        const unknown = new Set(findUnknownLanguage(guarded));
        const shown = guarded.filter((piece) => !unknown.has(piece)).map((piece) => piece.text);
        for (const [count, heard] of [[off, plain] as const, [on, shown] as const]) {
          count.said += said.length;
          count.wrong += wordErrors(said, asSaid(heard.join(' ')));
        }
      }
      const loudness = level === null ? 'as it is' : `${level} dBFS`;
      console.log(row(name, loudness, String(on.said), share(off), share(on)));
    }
  }
}

function startingWith(
  first: RecognizerAnswer,
  whole: Float32Array,
  recognize: Recognize,
): (samples: Float32Array) => RecognizerAnswer {
  return (samples) =>
    samples.length === whole.length && samples.buffer === whole.buffer ? first : recognize(samples);
}

/** Its rms brought to the level, in steps of 16 bits as a recorder stores it. */
function atLevel(samples: Float32Array, dbfs: number | null): Float32Array {
  if (dbfs === null) return samples;
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  const gain = 10 ** (dbfs / 20) / rms;
  return samples.map((sample) => Math.round(sample * gain * 32_768) / 32_768);
}

function share({ said, wrong }: Count): string {
  return `${((100 * wrong) / said).toFixed(1)} %`;
}

function row(...cells: string[]): string {
  const [name = '', ...figures] = cells;
  return name.padEnd(14) + figures.map((figure) => figure.padStart(12)).join('');
}
