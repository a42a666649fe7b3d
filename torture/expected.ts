/**
 * What must come out: the real detector hears each file here, the simulated provider's words are computed from each
 * piece, and the rule of the timeline is laid over all of a person's. What the server does in between is not used.
 */

import { pcmSha256, spokenBy } from '../simulators/spoken.ts';
import { transcriptOf } from '../simulators/transcript.ts';
import { AudioError } from '../src/audio/report.ts';
import { EndsOfPieces } from '../src/pipeline/hear-borders.ts';
import type { Ends } from '../src/placing/ends.ts';
import { Listening } from '../src/speech/audio-thread/session.ts';
import { type CutOptions, cutFor, MAX_PIECE_SECONDS } from '../src/speech/splitting/cut.ts';
import { inRecording } from '../src/speech/splitting/time-map.ts';
import type { Segment } from '../src/speech/transcriber.ts';
import { partAtBorder } from '../src/timeline/border-words.ts';
import { bordersOf } from '../src/timeline/borders.ts';
import { splitAtSilence } from '../src/timeline/silence.ts';
import { HINT, joined, type Recording } from './recordings.ts';

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
  constructor(cut: CutOptions = { ...cutFor({ longestPieceSeconds: MAX_PIECE_SECONDS }), edges: true }) {
    this.#listening = new Listening({ threads: 2, cut });
  }

  async hearAll(recordings: readonly Recording[]): Promise<ExpectedRecording[]> {
    const heard: Heard[] = [];
    const waiting = [...recordings.entries()];
    const hearNext = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        heard[next[0]] = await this.#hear(next[1]);
      }
    };
    await Promise.all(Array.from({ length: 4 }, hearNext));
    for (const own of Map.groupBy(heard, ({ recording }) => recording.userId).values())
      await this.#hearAcross(own);
    return heard.map(expectedOf);
  }

  async close(): Promise<void> {
    await this.#listening.close();
  }

  async #hear(recording: Recording): Promise<Heard> {
    const spoken: Spoken[] = [];
    const ends = new EndsOfPieces(true);
    const nothing = { recording, spoken, lengthMs: 0, ends: { head: null, tail: null } };
    try {
      const { signal } = new AbortController();
      const session = this.#listening.start(bytesOf(recording), HINT, { signal });
      for await (const piece of session.pieces) {
        ends.passed(piece);
        const said = inRecording(saidIn(piece.samples), piece.cutOuts);
        const moved = said.map((segment) => ({
          ...segment,
          startMs: piece.startMs + Math.round(segment.startMs),
          endMs: piece.startMs + Math.round(segment.endMs),
        }));
        spoken.push({
          fromMs: piece.startMs,
          toMs: piece.endMs,
          sha256: pcmSha256(piece.samples),
          said: moved,
        });
      }
      const { report } = await session.summary;
      const lengthMs = Math.round(report.durationMs);
      return { recording, spoken, lengthMs, ends: ends.endsOf(lengthMs) };
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      return { ...nothing, isRejected: true };
    }
  }

  /** What one person said across the borders of files takes the place of what each file says of it alone. */
  async #hearAcross(heard: readonly Heard[]): Promise<void> {
    const known = heard.flatMap(({ recording, lengthMs, ends, isRejected }) =>
      isRejected
        ? []
        : [
            {
              id: recording.name,
              contentHash: recording.sha256,
              startedAtMs: recording.startedAtMs,
              lengthMs,
              ...ends,
            },
          ],
    );
    for (const left of heard) {
      for (const { leftId, rightId } of bordersOf(left.recording.name, known)) {
        const right = heard.find(({ recording }) => recording.name === rightId);
        const [tail, head] = [left.ends.tail, right?.ends.head];
        if (leftId !== left.recording.name || !right || !tail || !head) continue;
        const before = await this.#excerpt(left.recording, left.lengthMs - tail.reachMs, left.lengthMs);
        const after = await this.#excerpt(right.recording, 0, head.reachMs);
        const samples = joined([before, after]);
        const parts = partAtBorder(
          saidIn(samples),
          { ms: tail.reachMs, speechMs: tail.speechMs },
          { ms: head.reachMs, speechMs: head.speechMs },
        );
        const sha256 = pcmSha256(samples);
        cover(left, { fromMs: left.lengthMs - tail.reachMs, toMs: left.lengthMs, sha256, said: parts.left });
        cover(right, { fromMs: 0, toMs: head.reachMs, sha256, said: parts.right });
      }
    }
  }

  async #excerpt(recording: Recording, fromMs: number, toMs: number): Promise<Int16Array> {
    const { signal } = new AbortController();
    const stretches = [{ fromMs, toMs }];
    for await (const { samples } of this.#listening.start(bytesOf(recording), HINT, { signal, stretches })
      .pieces)
      return samples;
    return new Int16Array(0);
  }
}

interface Spoken {
  fromMs: number;
  toMs: number;
  sha256: string;
  said: Segment[];
  isAcross?: boolean;
}

interface Heard {
  recording: Recording;
  spoken: Spoken[];
  lengthMs: number;
  ends: Ends;
  isRejected?: boolean;
}

async function* bytesOf({ bytes }: Recording): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function saidIn(samples: Int16Array): Segment[] {
  const sha256 = pcmSha256(samples);
  const durationMs = (samples.length * 1000) / RATE;
  const { text, parts } = transcriptOf(sha256, durationMs / 1000);
  if (text !== spokenBy(samples)) throw new Error('the simulator contradicts itself');
  const at = (seconds: number) => Math.min(seconds * 1000, durationMs);
  return parts.map(({ start, end, text, words }) => ({
    startMs: at(start),
    endMs: at(end),
    text,
    speaker: null,
    words: words.map((word) => ({ startMs: at(word.start), endMs: at(word.end), text: word.text })),
  }));
}

function cover(heard: Heard, across: Spoken): void {
  const moved = across.said.map((segment) => ({
    ...segment,
    startMs: segment.startMs + across.fromMs,
    endMs: segment.endMs + across.fromMs,
  }));
  const isOutside = ({ fromMs, toMs, isAcross }: Spoken) =>
    isAcross || fromMs < across.fromMs - 5 || toMs > across.toMs + 5;
  heard.spoken = [...heard.spoken.filter(isOutside), { ...across, said: moved, isAcross: true }];
}

function expectedOf({ recording, spoken, isRejected = false }: Heard): ExpectedRecording {
  const pieces = spoken.map(({ sha256 }) => sha256);
  if (isRejected) return { recording, outcome: 'rejected', segments: [], pieces: [] };
  // Nothing of a file that fails is placed, also not what was heard of it.
  if (recording.kind === 'poison' && pieces.length > 0)
    return { recording, outcome: 'failed', segments: [], pieces };
  const segments = spoken
    .flatMap(({ said }) => said)
    .map((segment, n) => ({
      id: `${recording.sha256}:${n}`,
      startedAtMs: recording.startedAtMs + segment.startMs,
      endedAtMs: recording.startedAtMs + segment.endMs,
      text: segment.text,
    }));
  return { recording, outcome: segments.length > 0 ? 'completed' : 'silent', segments, pieces };
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
