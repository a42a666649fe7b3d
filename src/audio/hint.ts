/** Everything downstream (voice activity, speech to text) is 16 kHz mono float32 in [-1, 1]. */
export const SAMPLE_RATE = 16_000;

/** What the file's name claims. It may lie: bytes that say otherwise win. */
export interface AudioHint {
  codec: 'opus' | 'pcm16' | 'pcm8';
  /** PCM only: Opus is decoded at SAMPLE_RATE whatever the encoder was fed with. */
  sampleRateHz: number;
  /** Opus only: samples per packet at 16 kHz, the `fsN` of the name. */
  frameSamples: number;
}
