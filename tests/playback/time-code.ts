/** A sound that tells its time: each half second begins with a short tone whose pitch says which half second it is. */
import { Application, createEncoder, EncoderCtl } from 'libopus-wasm';
import { aiffFile } from '../audio/container-writer.ts';
import { oggFile } from '../audio/ogg-writer.ts';
import { omiFile, pcm16Bytes } from '../audio/omi-writer.ts';
import { wavFile } from '../audio/wav-writer.ts';

const RATE = 16_000;
export const EVERY_MS = 500;
const TONE_MS = 60;
const PITCHES = 48;
const pitchOf = (number: number) => 500 + 60 * (number % PITCHES);

/** @param fromMs of the clock that the sound tells */
function timeCode(fromMs: number, forMs: number, rate = RATE): Float32Array {
  return Float32Array.from({ length: (forMs * rate) / 1000 }, (_, at) => {
    const ms = fromMs + (at * 1000) / rate;
    const number = Math.floor(ms / EVERY_MS);
    const inside = ms - number * EVERY_MS;
    if (inside >= TONE_MS) return 0;
    return 0.4 * Math.sin((2 * Math.PI * pitchOf(number) * inside) / 1000);
  });
}

export interface Tone {
  /** Where it begins in the sound. */
  atMs: number;
  pitch: number;
}

/** The tones of a sound, as they are heard. */
export function tonesOf(samples: Float32Array): Tone[] {
  const step = RATE / 200;
  const tones: Tone[] = [];
  let silentFor = 1_000;
  for (let at = 0; at + step <= samples.length; at += step) {
    let energy = 0;
    for (let index = at; index < at + step; index += 1) energy += (samples[index] ?? 0) ** 2;
    const isLoud = energy / step > 0.004;
    if (isLoud && silentFor >= 100) tones.push({ atMs: (at * 1000) / RATE, pitch: pitchAt(samples, at) });
    silentFor = isLoud ? 0 : silentFor + 5;
  }
  return tones;
}

const HEARD_SAMPLES = 0.04 * RATE;
const WAVES = Array.from({ length: PITCHES }, (_, number) =>
  [Math.cos, Math.sin].map((wave) =>
    Float32Array.from({ length: HEARD_SAMPLES }, (_, at) =>
      wave((2 * Math.PI * pitchOf(number) * at) / RATE),
    ),
  ),
);

function pitchAt(samples: Float32Array, at: number): number {
  let [best, most] = [0, 0];
  for (const [number, waves] of WAVES.entries()) {
    let power = 0;
    for (const wave of waves) {
      let sum = 0;
      for (let index = 0; index < HEARD_SAMPLES; index += 1)
        sum += (samples[at + 80 + index] ?? 0) * (wave[index] ?? 0);
      power += sum ** 2;
    }
    if (power > most) [best, most] = [pitchOf(number), power];
  }
  return best;
}

/** The tone that a half second should begin with. */
export function toneOf(ms: number): number {
  return pitchOf(Math.round(ms / EVERY_MS));
}

/** Of an AIFF a copy is made to play it. */
export type Kind = 'omi-opus' | 'wav' | 'wav-44100' | 'ogg' | 'aiff';
export const KINDS: readonly Kind[] = ['omi-opus', 'wav', 'ogg', 'aiff', 'omi-opus', 'wav-44100'];

export async function fileOf(kind: Kind, fromMs: number, forMs: number): Promise<Uint8Array> {
  const pcm = (rate: number) =>
    wavFile(pcm16Bytes(timeCode(fromMs, forMs, rate)), { tag: 1, bits: 16, channels: 1, rate });
  if (kind === 'aiff') return aiffFile(timeCode(fromMs, forMs), RATE);
  if (kind === 'wav') return pcm(RATE);
  if (kind === 'wav-44100') return pcm(44_100);
  const packets = await opusOf(timeCode(fromMs, forMs));
  return kind === 'omi-opus' ? omiFile(packets) : oggFile({ packets, packetGranules: 960, preSkip: 312 });
}

async function opusOf(samples: Float32Array): Promise<Uint8Array[]> {
  const encoder = await createEncoder({
    sampleRate: RATE,
    channels: 1,
    application: Application.Audio,
    bitrate: 32_000,
    frameSize: 320,
  });
  encoder.encoderCtl(EncoderCtl.SetComplexity, 0);
  try {
    const packets: Uint8Array[] = [];
    for (let at = 0; at < samples.length; at += 320) {
      const frame = new Float32Array(320);
      frame.set(samples.subarray(at, at + 320));
      packets.push(Uint8Array.from(encoder.encodeFloat(frame)));
    }
    return packets;
  } finally {
    encoder.free();
  }
}
