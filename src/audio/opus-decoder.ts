import { createDecoder, DecoderCtl, isOpusError, type OpusDecoderHandle } from 'libopus-wasm';
import { SAMPLE_RATE } from './hint.ts';
import { MixDown } from './mix-down.ts';
import { MAX_PACKET_SAMPLES, OPUS_QUANTUM } from './opus-packet.ts';

export interface VoiceOptions {
  channels?: 1 | 2;
  /** The number of mono streams in each packet; if set, `channels` is ignored. */
  streams?: 1 | 2;
  /** OpusHead's output gain in 1/256 dB, which a decoder has to apply (RFC 7845 section 5.1). */
  gainQ8?: number;
}

/** Decodes Opus at 16 kHz, mixed down to one channel packet by packet. */
export class OpusVoice {
  readonly #decoders: readonly OpusDecoderHandle[];
  readonly #mixDown: MixDown;
  #concealedInARow = 0;

  private constructor(decoders: readonly OpusDecoderHandle[], channels: number) {
    this.#decoders = decoders;
    this.#mixDown = new MixDown(channels);
  }

  static async open({ channels = 1, streams = 1, gainQ8 = 0 }: VoiceOptions = {}): Promise<OpusVoice> {
    const decoders: OpusDecoderHandle[] = [];
    for (let stream = 0; stream < streams; stream += 1) {
      const decoder = await createDecoder({
        sampleRate: SAMPLE_RATE,
        channels: streams === 1 ? channels : 1,
      });
      if (gainQ8 !== 0) decoder.decoderCtl(DecoderCtl.SetGain, gainQ8);
      decoders.push(decoder);
    }
    return new OpusVoice(decoders, Math.max(channels, streams));
  }

  /**
   * @param packets one for each stream
   * @returns null when libopus refuses one or gives another length than its header promised
   */
  decode(packets: readonly Uint8Array[], samples: number): Float32Array | null {
    try {
      const parts = this.#decoders.map((decoder, stream) => decoder.decodeFloat(packets[stream] ?? null));
      if (parts.some((part, stream) => part.length !== samples * this.#channelsOf(stream))) return null;
      this.#concealedInARow = 0;
      return this.#mixDown.mix(interleaved(parts));
    } catch (error) {
      // Any other error, as a WebAssembly trap, means a broken decoder and not a broken packet.
      if (isOpusError(error)) return null;
      throw error;
    }
  }

  /**
   * Makes sound for at most 120 ms that are missing. libopus continues the last packet and fades out. After 120 ms in a row
   * there is nothing left to continue, so silence follows: a drawn-out invented vowel is worse for speech to text.
   */
  conceal(samples: number): Float32Array {
    const extrapolate =
      this.#concealedInARow < MAX_PACKET_SAMPLES &&
      samples <= MAX_PACKET_SAMPLES &&
      samples % OPUS_QUANTUM === 0;
    this.#concealedInARow += samples;
    if (!extrapolate) return new Float32Array(samples);
    try {
      const parts = this.#decoders.map((decoder) => decoder.decodePacketLossFloat(samples));
      return this.#mixDown.mix(interleaved(parts));
    } catch (error) {
      if (isOpusError(error)) return new Float32Array(samples);
      throw error;
    }
  }

  free(): void {
    for (const decoder of this.#decoders) decoder.free();
  }

  #channelsOf(stream: number): number {
    return this.#decoders[stream]?.channels ?? 1;
  }
}

function interleaved(parts: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), second] = parts;
  if (second === undefined) return first;
  const both = new Float32Array(2 * first.length);
  for (let at = 0; at < first.length; at += 1) {
    both[2 * at] = first[at] ?? 0;
    both[2 * at + 1] = second[at] ?? 0;
  }
  return both;
}
