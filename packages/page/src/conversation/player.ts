/**
 * Plays the sound of one conversation. The browser's own element fetches the parts of it that it needs; where it is, and what
 * is skipped, follows from the map that the server gives.
 */
import { createKeptStore, createStore } from '../words/store.ts';
import { goOnAt, type SoundSpan } from './rules/silence.ts';
import { type SoundMap, toClock, toSound } from './rules/sound-map.ts';

export const RATES = ['0.75', '1', '1.25', '1.5', '1.75', '2', '2.5', '3'] as const;
export type Rate = (typeof RATES)[number];

/** As the person likes to listen, in this browser. */
export const chosenRate = createKeptStore('afterword.rate', RATES, '1');
export const skipsSilence = createKeptStore('afterword.skip-silence', ['yes', 'no'], 'no');

export interface PlayerState {
  isPlaying: boolean;
  /** It wants to play and has no sound yet. */
  isWaiting: boolean;
  hasFailed: boolean;
}

export interface Sound {
  url: string;
  map: SoundMap;
  silences: readonly SoundSpan[];
}

/** A jump that is shorter would cost more than it saves. */
const SHORTEST_JUMP_MS = 400;
/** What was just typed is heard once more. */
const REWIND_MS = 1_000;
const TYPING_PAUSE_MS = 1_200;

export class Player {
  readonly audio: HTMLAudioElement;
  readonly state = createStore<PlayerState>({ isPlaying: false, isWaiting: false, hasFailed: false });
  /** Milliseconds in the sound. */
  readonly position = createStore(0);
  #sound: Sound | null = null;
  /** It was playing when it failed, and does again with the next address. */
  #goesOn = false;
  #frame = 0;
  /** Where it is to begin, of somebody who has gone to a moment before the sound was there. */
  #wantedMs: number | null = null;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void = () => {};

  constructor() {
    this.audio = new Audio();
    this.audio.preload = 'metadata';
    const { audio } = this;
    // Another sound stops the element without an event of its own, so what it says of itself counts.
    audio.addEventListener('play', () => this.#note({ isPlaying: !audio.paused, hasFailed: false }));
    audio.addEventListener('emptied', () => this.#note({ isPlaying: !audio.paused, isWaiting: false }));
    audio.addEventListener('pause', () => this.#note({ isPlaying: false, isWaiting: false }));
    audio.addEventListener('waiting', () => this.#note({ isWaiting: true }));
    audio.addEventListener('playing', () => {
      this.#note({ isWaiting: false });
      this.#follow();
    });
    audio.addEventListener('seeked', () => this.#tell());
    audio.addEventListener('ended', () => this.#tell());
    audio.addEventListener('error', () => {
      this.#goesOn = this.state.get().isPlaying;
      this.#note({ hasFailed: true, isPlaying: false, isWaiting: false });
    });
  }

  /** Follows the speed that the person likes, until it is disposed of. */
  start(): void {
    const { audio } = this;
    const applyRate = () => {
      audio.defaultPlaybackRate = Number(chosenRate.get());
      audio.playbackRate = Number(chosenRate.get());
    };
    applyRate();
    this.#unsubscribe();
    this.#unsubscribe = chosenRate.subscribe(applyRate);
  }

  /** Lets headphones and the lock screen of a phone play and pause it, and tell what it is. */
  present(title: string): void {
    const { mediaSession } = navigator;
    if (!mediaSession) return;
    mediaSession.metadata = new MediaMetadata({ title });
    mediaSession.setActionHandler('play', () => void this.play());
    mediaSession.setActionHandler('pause', () => this.pause());
    mediaSession.setActionHandler('seekbackward', ({ seekOffset }) => this.jump(-1000 * (seekOffset ?? 10)));
    mediaSession.setActionHandler('seekforward', ({ seekOffset }) => this.jump(1000 * (seekOffset ?? 10)));
    mediaSession.setActionHandler('seekto', ({ seekTime }) => this.seek(1000 * (seekTime ?? 0)));
  }

  /** Gives it a sound, or what that has become: it stays at the same moment of the day. */
  load(sound: Sound): void {
    const before = this.#sound;
    const clockMs = before ? toClock(before.map, this.position.get()) : this.#wantedMs;
    this.#wantedMs = null;
    this.#sound = sound;
    if (before?.url === sound.url) return;
    const wasPlaying = this.state.get().isPlaying || this.#goesOn;
    this.#goesOn = false;
    this.audio.src = sound.url;
    this.#note({ hasFailed: false });
    if (clockMs !== null) this.seekTo(clockMs);
    else if (this.position.get() > 0) this.seek(this.position.get());
    if (wasPlaying) void this.play();
  }

  get isLoaded(): boolean {
    return this.#sound !== null;
  }

  /** The time of the clock that sounds. */
  clockMs(soundMs = this.position.get()): number {
    return this.#sound ? toClock(this.#sound.map, soundMs) : 0;
  }

  async play(): Promise<void> {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (!this.#sound) return;
    if (this.audio.ended || this.position.get() >= this.#sound.map.durationMs) this.seek(0);
    // It is refused while another sound is being loaded, or by a browser that wants a touch first: the button says so.
    const { audio } = this;
    await audio
      .play()
      .catch(() => this.#note({ isPlaying: !audio.paused && audio.error === null, isWaiting: false }));
  }

  pause(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    this.audio.pause();
    this.#note({ isPlaying: false, isWaiting: false });
  }

  toggle(): void {
    if (this.state.get().isPlaying) this.pause();
    else void this.play();
  }

  /** @param soundMs place in the sound */
  seek(soundMs: number): void {
    const within = Math.max(0, Math.min(soundMs, this.#sound?.map.durationMs ?? soundMs));
    this.audio.currentTime = within / 1000;
    this.position.set(within);
  }

  /** @param clockMs time of the clock, as of a word */
  seekTo(clockMs: number): void {
    if (this.#sound) this.seek(toSound(this.#sound.map, clockMs));
    else this.#wantedMs = clockMs;
  }

  jump(ms: number): void {
    this.seek(this.position.get() + ms);
  }

  /** @param by steps up or down in the speeds. @returns the speed that it is now */
  changeRate(by: number): Rate {
    const at = RATES.indexOf(chosenRate.get()) + by;
    const rate = RATES[Math.max(0, Math.min(RATES.length - 1, at))] ?? '1';
    chosenRate.set(rate);
    return rate;
  }

  /** Is silent while somebody types, and goes on a second earlier when they pause. */
  noteTyping(): void {
    const waits = this.#typing !== undefined;
    if (!waits && !this.state.get().isPlaying) return;
    if (!waits) this.audio.pause();
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = undefined;
      this.jump(-REWIND_MS);
      void this.play();
    }, TYPING_PAUSE_MS);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#typing);
    this.#unsubscribe();
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      this.#tell();
      if (!this.state.get().isPlaying) return;
      this.#skip();
      this.#frame = requestAnimationFrame(step);
    };
    step();
  }

  #tell(): void {
    this.position.set(this.audio.currentTime * 1000);
  }

  #skip(): void {
    if (skipsSilence.get() === 'no' || !this.#sound || this.audio.seeking) return;
    const here = this.position.get();
    const on = goOnAt(this.#sound.silences, here);
    if (on === null || on - here < SHORTEST_JUMP_MS) return;
    if (on >= this.#sound.map.durationMs) this.pause();
    this.seek(on);
  }

  #note(change: Partial<PlayerState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
