import type { CallWatcher } from '../providers/call-watcher.ts';
import type { ListeningEvent, ListeningSummary, Session } from '../speech/audio-thread/session.ts';
import type { PlanTask } from '../speech/splitting/planned-limits.ts';
import type { Resume } from '../speech/vad/mark.ts';
import { openContent } from '../store/blobs/references.ts';
import type { Recording } from '../store/schema.ts';
import type { PipelineContext } from './context.ts';

type Context = Pick<PipelineContext, 'db' | 'blobs' | 'listening'>;

/**
 * Transcribes the streams of a file (one for each speaker) one after the other, each in a pass of its own. Mixed
 * together, simultaneous words of two speakers could not be understood.
 */
export class Tracks {
  readonly #start: (track: number) => Session;
  readonly #summaries: ListeningSummary[] = [];
  #ordinal: number;

  constructor(
    context: Context,
    { sha256, codec }: Recording,
    {
      signal,
      from,
      plan,
      cut,
      onDetect,
    }: {
      signal: AbortSignal;
      from: Resume | null;
      plan: PlanTask | null;
      cut: string;
      onDetect: CallWatcher;
    },
  ) {
    this.#ordinal = from?.ordinal ?? 0;
    this.#start = (track) =>
      context.listening.start(openContent(context, sha256, signal), codec, {
        signal,
        track,
        cut,
        // Only the first stream's cuts are kept: the others are cut at the fixed limit, which needs no keeping.
        ...(track === 0 ? { from, plan } : {}),
        onDetect,
      });
  }

  async *events(): AsyncGenerator<ListeningEvent, void, void> {
    for (let track = 0, tracks = 1; track < tracks; track++) {
      const session = this.#start(track);
      for await (const event of session.events) {
        if (event.type === 'piece') {
          // A voice is identified by its label and the start of its piece, so two streams must not share a start.
          const { piece } = event;
          const startMs = piece.startMs + track;
          yield { ...event, piece: { ...piece, ordinal: this.#ordinal++, startMs } };
        } else if (track === 0 || event.type === 'queued' || event.type === 'begun') {
          // After a mark, the later streams are still transcribed from their beginning.
          yield event;
        }
      }
      const summary = await session.summary;
      this.#summaries.push(summary);
      tracks = summary.report.tracks;
    }
  }

  /** The first pass reports what decoding found; the times are summed over all passes. */
  summary(): ListeningSummary {
    const [first] = this.#summaries;
    if (first === undefined) throw new Error('nothing was heard');
    const all = (of: (summary: ListeningSummary) => number) =>
      this.#summaries.reduce((sum, summary) => sum + of(summary), 0);
    return {
      // Of several streams side by side each is only a part of the sound.
      sound: this.#summaries.length === 1 ? first.sound : null,
      report: first.report,
      speechMs: all(({ speechMs }) => speechMs),
      windows: {
        detector: all(({ windows }) => windows.detector),
        fallback: all(({ windows }) => windows.fallback),
      },
      timings: {
        decodeMs: all(({ timings }) => timings.decodeMs),
        listenMs: all(({ timings }) => timings.listenMs),
      },
    };
  }
}
