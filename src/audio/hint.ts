/** Voice activity detection and speech to text take 16 kHz mono float32 in [-1, 1]. */
export const SAMPLE_RATE = 16_000;
export const SAMPLES_PER_MS = SAMPLE_RATE / 1000;

/** The format that the file's name claims. The bytes overrule it. */
export interface AudioHint {
  codec: 'opus' | 'pcm16' | 'pcm8';
  /** PCM only: Opus is decoded at SAMPLE_RATE whatever the encoder was fed with. */
  sampleRateHz: number;
  /** Opus only: samples per packet at 16 kHz, the `fsN` of the name. */
  frameSamples: number;
  /** What the name says that its frames hold instead, if nothing here decodes it. Older versions do not know this field. */
  frames?: 'LC3' | 'AAC';
}
