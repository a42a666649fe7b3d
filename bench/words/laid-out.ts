/** Recordings of which it is known, to the sample, where each sentence lies: what a plan sends can be held against it. */
import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { sileroFile } from '../../src/speech/models/files.ts';
import { energyOf } from '../../src/speech/splitting/quietest-point.ts';
import { createVad, VAD_WINDOW, type Vad } from '../../src/speech/transcribers/moonshine/sherpa.ts';
import { day, dayAudio, noise, truth } from '../../tests/speech/clips.ts';
import { DIGITS, type Sound } from './sounds.ts';

const RATE = SAMPLE_RATE;
/** Some stay whole in every plan, some in the long ones, and of the others a second is left. */
const PAUSES_SECONDS = [0.5, 3, 1.4, 8, 2.2, 20, 4.5, 64, 1, 105, 12];
const FRAME = RATE / 100;
/** A spoken sound is no softer than this beside the loudest ones, and louder than the clip's own room by this. */
const SOFT_DB = 25;
const ABOVE_ROOM_DB = 12;

let sensitive: Vad | undefined;

export interface Utterance {
  fromSample: number;
  toSample: number;
  text: string;
  /** Starts of the frames of 10 ms in which somebody may be speaking. */
  loud: number[];
}

export interface LaidOut {
  samples: Float32Array;
  utterances: Utterance[];
}

/** The clips with pauses between them, in a room with so much noise. */
export function clipsWithPauses(order: readonly Sound[], noiseAmplitude: number): LaidOut {
  const pauses = order.map((_, at) => PAUSES_SECONDS[at % PAUSES_SECONDS.length] ?? 1);
  const lengths = order.map(({ samples }, at) => samples.length + Math.round((pauses[at] ?? 0) * RATE));
  const samples = noise(
    Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / RATE) + 2,
    noiseAmplitude,
  );
  const utterances: Utterance[] = [];
  let at = RATE;
  for (const [index, clip] of order.entries()) {
    for (const [n, sample] of clip.samples.entries()) samples[at + n] = (samples[at + n] ?? 0) + sample;
    utterances.push(utterance(clip.samples, at, clip.text));
    at += lengths[index] ?? 0;
  }
  return { samples, utterances };
}

/** The files of the sample day one after the other, without what goes on in the next file and without digits. */
export async function wholeDay(): Promise<LaidOut> {
  const sounds: Float32Array[] = [];
  const utterances: Utterance[] = [];
  let origin = 0;
  for (const file of day) {
    const samples = await dayAudio(file);
    const place = (seconds: number) => Math.max(0, Math.round((seconds - file.startsAt) * RATE));
    const until = file.startsAt + samples.length / RATE;
    for (const { start, end, clip, text } of truth) {
      if (start >= until || end <= file.startsAt) continue;
      if (start < file.startsAt || end > until || clip === DIGITS)
        samples.fill(0, place(start - 0.1), place(end + 0.1));
      else utterances.push(utterance(samples.slice(place(start), place(end)), origin + place(start), text));
    }
    sounds.push(samples);
    origin += samples.length;
  }
  return { samples: Float32Array.from(sounds.flatMap((samples) => [...samples])), utterances };
}

function utterance(sound: Float32Array, fromSample: number, text: string): Utterance {
  const starts = Array.from({ length: Math.floor(sound.length / FRAME) }, (_, n) => n * FRAME);
  const energies = starts.map((start) => energyOf(sound.subarray(start, start + FRAME)));
  const sorted = energies.toSorted((a, b) => a - b);
  const [room = 0, loudest = 0] = [0.03, 0.95].map((share) => sorted[Math.floor(sorted.length * share)] ?? 0);
  const least = Math.max(loudest * 10 ** (-SOFT_DB / 10), room * 10 ** (ABOVE_ROOM_DB / 10));
  const voiced = maybeVoiced(sound);
  const loud = starts.filter(
    (start, n) =>
      (energies[n] ?? 0) >= least && voiced.some(({ from, to }) => start >= from && start + FRAME <= to),
  );
  return {
    fromSample,
    toSample: fromSample + sound.length,
    text,
    loud: loud.map((start) => fromSample + start),
  };
}

/** Where a detector finds a voice that takes much less for one than that of a worker: clips end in hiss and breath. */
function maybeVoiced(sound: Float32Array): { from: number; to: number }[] {
  sensitive ??= createVad({
    model: sileroFile().path,
    threshold: 0.1,
    minSilenceSeconds: 0.1,
    minSpeechSeconds: 0.05,
    bufferSeconds: 60,
  });
  const padded = new Float32Array(sound.length + 4 * VAD_WINDOW);
  padded.set(sound);
  const found: { from: number; to: number }[] = [];
  for (let at = 0; at + VAD_WINDOW <= padded.length; at += VAD_WINDOW)
    sensitive.acceptWaveform(padded.subarray(at, at + VAD_WINDOW));
  sensitive.flush();
  for (; !sensitive.isEmpty(); sensitive.pop()) {
    const { start, samples } = sensitive.front(false);
    found.push({ from: start, to: start + samples.length });
  }
  sensitive.reset();
  return found;
}
