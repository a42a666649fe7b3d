/** Files as the app writes them: real speech with noise of its own, silence, a damaged file and one that holds no audio. */
import { readFile } from 'node:fs/promises';

const RATE = 16_000;
const FRAME_SAMPLES = 160;
const SPEECH = new URL('../fixtures/speech/', import.meta.url);
/** Those that any detector hears. */
const UTTERANCES = ['se10-2.wav', 'se10-3.wav', 'se10-4.wav'];

export type Kind = 'speech' | 'silent' | 'damaged' | 'garbage';

export interface PhoneFile {
  name: string;
  kind: Kind;
  startedAtMs: number;
  endedAtMs: number;
  bytes: Buffer<ArrayBuffer>;
}

/** Each file has a second of its own, which is its name. */
export class Microphone {
  readonly #utterances: Int16Array[];
  readonly #random: () => number;

  private constructor(utterances: Int16Array[], random: () => number) {
    this.#utterances = utterances;
    this.#random = random;
  }

  static async open(random: () => number): Promise<Microphone> {
    const files = UTTERANCES.map(async (name) => samplesOf(await readFile(new URL(name, SPEECH))));
    return new Microphone(await Promise.all(files), random);
  }

  record(startedAtMs: number, kind: Kind = 'speech'): PhoneFile {
    const second = Math.floor(startedAtMs / 1000);
    const name = `audio_omi_pcm16_${RATE}_1_fs${FRAME_SAMPLES}_${second}.bin`;
    const speech = this.#utterances[Math.floor(this.#random() * this.#utterances.length)];
    if (!speech) throw new Error('there is no speech to record');
    const samples = kind === 'silent' ? new Int16Array(4 * RATE) : speech;
    const file = {
      name,
      kind,
      startedAtMs: second * 1000,
      endedAtMs: second * 1000 + (samples.length / RATE) * 1000,
    };
    if (kind === 'garbage') {
      const bytes = Buffer.alloc(20_000, 'This is no recording. ');
      bytes.writeDoubleLE(this.#random(), 100);
      return { ...file, bytes };
    }
    const bytes = framed(this.#noisy(samples));
    // The length of a late frame is impossible: what stands before it is kept.
    if (kind === 'damaged')
      bytes.writeUInt32LE(0xffff_fff0, Math.floor((0.9 * samples.length) / FRAME_SAMPLES) * FRAME_BYTES);
    return { ...file, bytes };
  }

  /** By two steps of 16 bits, so that no two files have the same content. */
  #noisy(samples: Int16Array): Int16Array {
    return samples.map((sample) =>
      Math.max(-0x8000, Math.min(0x7fff, sample + Math.floor(this.#random() * 5) - 2)),
    );
  }
}

const FRAME_BYTES = 4 + 2 * FRAME_SAMPLES;

function framed(samples: Int16Array): Buffer<ArrayBuffer> {
  const frames = Math.floor(samples.length / FRAME_SAMPLES);
  const bytes = Buffer.alloc(frames * FRAME_BYTES);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    at = bytes.writeUInt32LE(2 * FRAME_SAMPLES, at);
    for (let index = 0; index < FRAME_SAMPLES; index++)
      at = bytes.writeInt16LE(samples[frame * FRAME_SAMPLES + index] ?? 0, at);
  }
  return bytes;
}

/** Of a WAV file of 16 bits, mono. */
function samplesOf(wav: Buffer): Int16Array {
  const at = wav.indexOf('data') + 8;
  const samples = new Int16Array((wav.length - at) >> 1);
  for (let index = 0; index < samples.length; index++) samples[index] = wav.readInt16LE(at + 2 * index);
  return samples;
}
