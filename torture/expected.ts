/**
 * What must come out: the real detector hears each file here, the simulated provider's words are computed from each
 * piece, and the rule of the timeline is laid over all of a person's. What the server does in between is not used.
 */

import { pcmSha256, spokenBy } from '../simulators/spoken.ts';
import { transcriptOf } from '../simulators/transcript.ts';
import { AudioError } from '../src/audio/report.ts';
import { Listening } from '../src/speech/audio-thread/session.ts';
import { type CutOptions, cutFor, MAX_PIECE_SECONDS } from '../src/speech/splitting/cut.ts';
import { inRecording } from '../src/speech/splitting/time-map.ts';
import { splitAtSilence } from '../src/timeline/silence.ts';
import { HINT, type Recording } from './recordings.ts';

const RATE = 16_000;

export interface ExpectedSegment {
  id: string;
  startedAtMs: number;
  endedAtMs: number;
  text: string;
}

export interface ExpectedRecording {
  recording: Recording;
  outcome: 'completed' | 'silent' | 'rejected' | 'failed';
  segments: ExpectedSegment[];
  /** SHA-256 of the PCM of each piece, as the provider counts them. */
  pieces: string[];
}

export class Oracle {
  readonly #listening: Listening;

  /** None of its files has more than half a minute of speech, which no plan divides. */
  constructor(cut: CutOptions = cutFor({ longestPieceSeconds: MAX_PIECE_SECONDS })) {
    this.#listening = new Listening({ threads: 2, cut });
  }

  async hearAll(recordings: readonly Recording[]): Promise<ExpectedRecording[]> {
    const heard: ExpectedRecording[] = [];
    const waiting = [...recordings.entries()];
    const hearNext = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        heard[next[0]] = await this.#hear(next[1]);
      }
    };
    await Promise.all(Array.from({ length: 4 }, hearNext));
    return heard;
  }

  async close(): Promise<void> {
    await this.#listening.close();
  }

  async #hear(recording: Recording): Promise<ExpectedRecording> {
    const source = (async function* () {
      yield recording.bytes;
    })();
    const segments: ExpectedSegment[] = [];
    const pieces: string[] = [];
    try {
      const { signal } = new AbortController();
      for await (const piece of this.#listening.start(source, HINT, { signal }).pieces) {
        const sha256 = pcmSha256(piece.samples);
        pieces.push(sha256);
        const durationMs = (piece.samples.length * 1000) / RATE;
        const { text, parts } = transcriptOf(sha256, durationMs / 1000);
        if (text !== spokenBy(piece.samples)) throw new Error('the simulator contradicts itself');
        const pieceStartMs = recording.startedAtMs + piece.startMs;
        const at = (seconds: number) => Math.min(seconds * 1000, durationMs);
        const said = parts.map(({ start, end, text, words }) => ({
          startMs: at(start),
          endMs: at(end),
          text,
          speaker: null,
          words: words.map((word) => ({ startMs: at(word.start), endMs: at(word.end), text: word.text })),
        }));
        for (const part of inRecording(said, piece.cutOuts)) {
          segments.push({
            id: `${recording.sha256}:${segments.length}`,
            startedAtMs: pieceStartMs + Math.round(part.startMs),
            endedAtMs: pieceStartMs + Math.round(part.endMs),
            text: part.text,
          });
        }
      }
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      return { recording, outcome: 'rejected', segments: [], pieces: [] };
    }
    // Nothing of a file that fails is placed, also not what was heard of it.
    if (recording.kind === 'poison' && pieces.length > 0)
      return { recording, outcome: 'failed', segments: [], pieces };
    return { recording, outcome: segments.length > 0 ? 'completed' : 'silent', segments, pieces };
  }
}

/** One person's conversations, each as its segments in order. */
export function conversationsOf(expected: readonly ExpectedRecording[]): Map<string, ExpectedSegment[][]> {
  const byUser = Map.groupBy(expected, ({ recording }) => recording.userId);
  return new Map(
    [...byUser].map(([user, recordings]) => [
      user,
      splitAtSilence(recordings.flatMap(({ segments }) => segments)),
    ]),
  );
}
