import { createHash } from 'node:crypto';
import { Recent } from '../bounds/recent.ts';
import { AfterwordError } from '../errors.ts';
import { lastNumber } from '../events/read.ts';
import type { Body } from './body.ts';
import { type Gaps, type Layout, layoutOf } from './layout.ts';
import { type OggPlan, oggOf, planOgg } from './ogg.ts';
import { Player } from './player.ts';
import { type PlaybackParts, Preparer } from './prepare.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { RecentLooks } from './recent-looks.ts';
import { CopySegments } from './segments.ts';
import { type Shape, shapeOf } from './shape.ts';
import { readPeaks, SoundMaps } from './sounds.ts';
import { type Heard, takesOfConversation, takesOfRecording } from './takes.ts';
import { PlaybackThreads } from './threads.ts';
import { wavOf } from './wav.ts';

/** What is to be heard: whose it is was not looked at yet. */
export interface Subject {
  kind: 'conversation' | 'recording';
  id: string;
  userId: string;
}

export type Format = 'wav' | 'ogg';

/** Something that can be played now. */
export interface Playable {
  layout: Layout;
  /** Changes with every byte of the sound, whatever it is made as. */
  tag: string;
  /** Whether the times of its stretches are those of a clock. */
  isDated: boolean;
  /** How many spans of each recording are deleted. */
  deletedSpans: ReadonlyMap<string, number>;
}

/** Plans of Ogg that were made lately: of 10 hours 288 kB each. */
const MOST_PLANS = 32;
/** A change of how sound is made makes other bytes of the same recordings. */
const VERSION = 4;

/** Everything about listening, of one process. */
export class Playback {
  readonly #parts: PlaybackParts;
  readonly #threads: PlaybackThreads;
  readonly #preparer: Preparer;
  readonly #maps: SoundMaps;
  readonly #looks: RecentLooks<Playable>;
  readonly #blocks = new RecentBlocks();
  readonly #segments: CopySegments;
  readonly #plans = new Recent<OggPlan>(MOST_PLANS);

  constructor(parts: PlaybackParts & { config: { ffmpeg: string | null } }) {
    this.#parts = parts;
    this.#threads = new PlaybackThreads(parts.config.ffmpeg);
    this.#preparer = new Preparer(parts, this.#threads);
    this.#maps = new SoundMaps(parts.db);
    this.#segments = new CopySegments(parts, this.#threads);
    this.#looks = new RecentLooks((userId) => lastNumber(parts.db, userId));
  }

  /** For a server that answers from now on. */
  warmUp(): void {
    this.#threads.warmUp();
  }

  /**
   * @param waitMs for what has to be prepared first
   * @throws AfterwordError `not_found`, `no_sound`, `audio_not_ready`
   */
  async open(subject: Subject, gaps: Gaps, waitMs: number, signal: AbortSignal): Promise<Playable> {
    const { kind, id, userId } = subject;
    const look = () => this.#layOut(subject, gaps, waitMs, signal);
    return await this.#looks.of(userId, `${kind} ${id} ${gaps}`, look);
  }

  async #layOut(
    subject: Subject,
    gaps: Gaps,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<{ found: Playable; isLasting: boolean }> {
    let heard = await this.#look(subject);
    const unmade = heard.found.filter(({ samples }) => samples === null);
    if (unmade.length > 0) {
      const ids = unmade.map(({ recordingId }) => recordingId);
      await this.#preparer.ensure(ids, waitMs, signal);
      heard = await this.#look(subject);
    }
    const { takes, range, isDated } = heard;
    const layout = layoutOf(takes, range, gaps);
    if (layout.samples === 0) throw new AfterwordError('no_sound');
    const contents = new Map(heard.found.map(({ recordingId, sha256 }) => [recordingId, sha256]));
    const parts = layout.stretches.map(({ at, samples, voices }) => [
      at,
      samples,
      voices.map(({ recordingId, from }) => [contents.get(recordingId), from]),
    ]);
    const tag = createHash('sha256')
      .update(JSON.stringify([VERSION, parts]))
      .digest('hex')
      .slice(0, 32);
    // What cannot be heard yet may be there in a moment.
    const deletedSpans = new Map(takes.map(({ recordingId, gone }) => [recordingId, gone.length]));
    return { found: { layout, tag, isDated, deletedSpans }, isLasting: unmade.length === 0 };
  }

  /** The bytes are made while they are read. */
  async body({ layout, tag, deletedSpans }: Playable, format: Format, signal: AbortSignal): Promise<Body> {
    const { db, blobs } = this.#parts;
    const onChanged = () => this.#looks.forget();
    const parts = {
      db,
      blobs,
      maps: this.#maps,
      threads: this.#threads,
      preparer: this.#preparer,
      blocks: this.#blocks,
      segments: this.#segments,
      deletedSpans,
      onChanged,
    };
    const player = new Player(parts, layout, signal);
    if (format === 'wav') return wavOf(layout.samples, player);
    return oggOf(await this.#plan(layout, tag), Number.parseInt(tag.slice(0, 8), 16), player);
  }

  async shape({ layout }: Playable, zoom: number): Promise<Shape> {
    return shapeOf(layout, await readPeaks(this.#parts.db, recordingsOf(layout)), zoom);
  }

  async stop(): Promise<void> {
    this.#looks.stop();
    this.#preparer.stop();
    await this.#threads.close();
  }

  async #look({ kind, userId, id }: Subject): Promise<Heard> {
    const look = kind === 'conversation' ? takesOfConversation : takesOfRecording;
    const heard = await look(this.#parts.db, userId, id);
    if (!heard) throw new AfterwordError('not_found');
    return heard;
  }

  async #plan(layout: Layout, tag: string): Promise<OggPlan> {
    const known = this.#plans.get(tag);
    if (known) return known;
    const plan = planOgg(layout, await this.#maps.ofAll(recordingsOf(layout)));
    this.#plans.set(tag, plan);
    return plan;
  }
}

function recordingsOf({ stretches }: Layout): string[] {
  return [...new Set(stretches.flatMap(({ voices }) => voices.map(({ recordingId }) => recordingId)))];
}
