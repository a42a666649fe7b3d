/** A hosted detector of speech, as Omi's: `POST /vad` with a WAV as `file`. What is loud is speech. */
import type { Asking } from './dialect.ts';
import { audioOf, formOf } from './openai.ts';

const FRAME_SECONDS = 0.02;
/** -50 dBFS: under speech that can be followed, over the noise of a quiet room. */
const LOUD = 0.003;
/** Frames that are not loud and yet belong to what is around them, on both sides: 0.2 s. */
const HANGOVER = 10;

interface Span {
  start: number;
  end: number;
  duration: number;
}

export const vad: Asking = {
  scheme: 'Bearer',

  async read(request) {
    const { pcm, seconds } = await audioOf(await formOf(request));
    // Without a word, when that is the fault dealt: a detector that hears nobody.
    return { pcm, seconds, answer: ({ parts }) => (parts.length === 0 ? [] : spansOf(pcm, seconds)) };
  },

  refusal: ({ message }) => ({ detail: message }),
};

function spansOf(pcm: Buffer, seconds: number): Span[] {
  const frames = Math.ceil(seconds / FRAME_SECONDS);
  const frameBytes = 2 * Math.round((pcm.length / 2 / seconds) * FRAME_SECONDS);
  const isLoud = Array.from({ length: frames }, (_, at) => levelOf(pcm, at * frameBytes, frameBytes) > LOUD);
  const isSpeech = isLoud.map((_, at) =>
    isLoud.slice(Math.max(0, at - HANGOVER), at + HANGOVER + 1).some(Boolean),
  );
  const spans: Span[] = [];
  for (let from = isSpeech.indexOf(true); from >= 0; ) {
    const to = isSpeech.indexOf(false, from);
    const [start, end] = [from * FRAME_SECONDS, to < 0 ? seconds : to * FRAME_SECONDS];
    spans.push({ start, end, duration: end - start });
    from = to < 0 ? -1 : isSpeech.indexOf(true, to);
  }
  return spans;
}

function levelOf(pcm: Buffer, from: number, bytes: number): number {
  const to = Math.min(from + bytes, pcm.length);
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += (pcm.readInt16LE(at) / 0x8000) ** 2;
  return Math.sqrt((2 * sum) / (to - from));
}
