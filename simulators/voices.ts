/**
 * A diarizer of little wit: it tells a deep voice, a low one, a middle one and a high one apart, by their pitch. As with real ones
 * the labels say nothing beyond their own call: who is heard first is number 0.
 */
import { type Frame, framesOf } from './pitch.ts';
import type { Transcript, TranscriptPart } from './transcript.ts';

/** A man who reads aloud is at 105 to 138 Hz from phrase to phrase; played faster by 1.7 he is well within the middle. */
const MIDDLE_FROM_HZ = 150;
/** The same man played at 0.7 of the speed is at 83 to 95 Hz. */
const LOW_FROM_HZ = 100;
const HIGH_FROM_HZ = 260;
/** A pause that parts two utterances, in frames of 40 ms. */
const PAUSE_FRAMES = 12;
/** A third of speech is without a voice; noise has none at all. */
const LEAST_VOICED = 0.25;

type Voice = 'deep' | 'low' | 'middle' | 'high';

interface Stretch {
  start: number;
  end: number;
  voice: Voice;
}

/** The same words, dealt out to the voices that say them; over again where there are more utterances than words. */
export async function inVoices(transcript: Transcript, pcm: Uint8Array): Promise<Transcript> {
  const stretches = transcript.parts.length === 0 ? [] : stretchesIn(await framesOf(pcm));
  // Nobody's voice, such as the noise that most tests send.
  if (stretches.length === 0) return transcript;
  const words = transcript.text.split(' ');
  const many = Math.max(words.length, stretches.length);
  const numbers = new Map<Voice, number>();
  const parts = stretches.map(({ start, end, voice }, at): TranscriptPart => {
    const speaker = numbers.get(voice) ?? numbers.size;
    numbers.set(voice, speaker);
    const from = Math.floor((at * many) / stretches.length);
    const to = Math.floor(((at + 1) * many) / stretches.length);
    const said = Array.from({ length: to - from }, (_, n) => words[(from + n) % words.length] ?? '');
    const each = (end - start) / said.length;
    return {
      start,
      end,
      speaker,
      text: said.join(' '),
      words: said.map((text, n) => ({ text, start: start + n * each, end: start + (n + 1) * each })),
    };
  });
  return { ...transcript, text: parts.map(({ text }) => text).join(' '), parts };
}

function stretchesIn(frames: readonly Frame[]): Stretch[] {
  const stretches: Stretch[] = [];
  let spoken: Frame[] = [];
  let quiet = 0;
  const end = () => {
    const stretch = stretchOf(spoken);
    if (stretch) stretches.push(stretch);
    spoken = [];
  };
  for (const frame of frames) {
    quiet = frame.isQuiet ? quiet + 1 : 0;
    if (quiet >= PAUSE_FRAMES) end();
    if (!frame.isQuiet) spoken.push(frame);
  }
  end();
  return stretches;
}

function stretchOf(frames: readonly Frame[]): Stretch | null {
  const [first, last] = [frames[0], frames.at(-1)];
  const pitches = frames.flatMap(({ pitchHz }) => pitchHz ?? []).sort((a, b) => a - b);
  if (!first || !last || pitches.length < LEAST_VOICED * frames.length) return null;
  const median = pitches[Math.floor(pitches.length / 2)] ?? 0;
  return { start: first.start, end: last.end, voice: voiceAt(median) };
}

function voiceAt(pitchHz: number): Voice {
  if (pitchHz < LOW_FROM_HZ) return 'deep';
  if (pitchHz < MIDDLE_FROM_HZ) return 'low';
  return pitchHz < HIGH_FROM_HZ ? 'middle' : 'high';
}
