import { createDecoder, DecoderCtl, isOpusError, type OpusDecoderHandle } from 'libopus-wasm';
import { SAMPLE_RATE } from './hint.ts';
import { MAX_PACKET_SAMPLES, OPUS_QUANTUM } from './opus-packet.ts';

/** One libopus decoder at 16 kHz mono. Stereo packets are mixed down inside it. */
export class OpusVoice {
  readonly #decoder: OpusDecoderHandle;
  #concealedInARow = 0;

  private constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  /** `gainQ8` is OpusHead's output gain in 1/256 dB, which a decoder has to apply (RFC 7845 section 5.1). */
  static async open(gainQ8 = 0): Promise<OpusVoice> {
    const decoder = await createDecoder({ sampleRate: SAMPLE_RATE, channels: 1 });
    if (gainQ8 !== 0) decoder.decoderCtl(DecoderCtl.SetGain, gainQ8);
    return new OpusVoice(decoder);
  }

  /** Null when libopus refuses the packet or gives another length than its header promised. */
  decode(packet: Uint8Array, samples: number): Float32Array | null {
    try {
      const pcm = this.#decoder.decodeFloat(packet);
      if (pcm.length !== samples) return null;
      this.#concealedInARow = 0;
      return pcm;
    } catch (error) {
      // Anything else, a WebAssembly trap for one, means a broken decoder, not a broken packet.
      if (isOpusError(error)) return null;
      throw error;
    }
  }

  /**
   * Sound for at most 120 ms that are missing. libopus continues the last packet and fades out. After 120 ms in a row
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
      return this.#decoder.decodePacketLossFloat(samples);
    } catch (error) {
      if (isOpusError(error)) return new Float32Array(samples);
      throw error;
    }
  }

  free(): void {
    this.#decoder.free();
  }
}
