import { endianness } from 'node:os';
import { SAMPLE_RATE } from '../../../audio/hint.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;

/** A mono WAV of 16 bits: every provider reads it, and nothing that was heard is lost to another codec. */
export function toWav(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const wav = new Uint8Array(HEADER_BYTES + BYTES_PER_SAMPLE * samples.length);
  const header = new DataView(wav.buffer);
  const writeName = (at: number, name: string) => wav.set(Buffer.from(name, 'latin1'), at);
  writeName(0, 'RIFF');
  header.setUint32(4, wav.length - 8, true);
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
  header.setUint32(40, wav.length - HEADER_BYTES, true);
  toPcm16(samples, new Int16Array(wav.buffer, HEADER_BYTES));
  return wav;
}

/** Little-endian, by the scale that the decoders divide by, so that 16-bit audio comes out as it went in. */
export function toPcm16(
  samples: Float32Array,
  pcm = new Int16Array(samples.length),
): Uint8Array<ArrayBuffer> {
  // A recording's pieces are often sent all at once, and this thread can do nothing else meanwhile: a loop over the index
  // and a typed array take half the time of an iterator and a DataView, and `Math.floor` half that of `Math.round`.
  for (let at = 0; at < pcm.length; at++) {
    const sample = Math.floor((samples[at] ?? 0) * 0x8000 + 0.5);
    pcm[at] = sample > 0x7fff ? 0x7fff : Math.max(sample, -0x8000);
  }
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  if (endianness() === 'BE') Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap16();
  return bytes;
}
