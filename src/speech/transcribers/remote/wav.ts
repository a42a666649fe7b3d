import { SAMPLE_RATE } from '../../../audio/hint.ts';
import { littleEndianPcm16 } from '../../../audio/pcm16.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** A mono WAV of 16 bits: every provider reads it, and nothing that was heard is lost to another codec. */
export function toWav(samples: Int16Array | Float32Array): Uint8Array<ArrayBuffer> {
  return Buffer.concat(wavParts(samples));
}

/**
 * Does the same without a copy of the sound, as a header and the samples where they lie. Copies of eight pieces of 2 MB that
 * are sent together set off a collection of all garbage, and the last one was asked about 0.1 s later.
 */
export function wavParts(samples: Int16Array | Float32Array): [header: Uint8Array, sound: Uint8Array] {
  const sound = littleEndianPcm16(samples);
  return [headerOf(sound.length), sound];
}

function headerOf(soundBytes: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const header = new DataView(bytes.buffer);
  const writeName = (at: number, name: string) => bytes.set(Buffer.from(name, 'latin1'), at);
  writeName(0, 'RIFF');
  header.setUint32(4, HEADER_BYTES + soundBytes - 8, true);
  writeName(8, 'WAVE');
  writeName(12, 'fmt ');
  header.setUint32(16, 16, true); // bytes of the format
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, SAMPLE_RATE, true);
  header.setUint32(28, SAMPLE_RATE * BYTES_PER_SAMPLE, true);
  header.setUint16(32, BYTES_PER_SAMPLE, true);
  header.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  writeName(36, 'data');
  header.setUint32(40, soundBytes, true);
  return bytes;
}
