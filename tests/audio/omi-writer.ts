import { Application, createEncoder } from 'libopus-wasm';

export function omiFrame(payload: Uint8Array, declaredLength = payload.length): Uint8Array {
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, declaredLength, true);
  frame.set(payload, 4);
  return frame;
}

export function omiFile(payloads: readonly Uint8Array[]): Uint8Array {
  return concat(payloads.map((payload) => omiFrame(payload)));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The frames of a sound file, for tests that change some of them. */
export function payloadsOf(file: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at, true);
    payloads.push(file.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return payloads;
}

export interface OpusOptions {
  samplesPerPacket: number;
  packets: number;
  rate?: 16_000 | 48_000;
  channels?: 1 | 2;
  application?: Application;
  bitrate?: number;
}

/** Something like a voice: a gliding tone with harmonics, syllables, and a little noise. */
export async function encodeOpus(options: OpusOptions): Promise<Uint8Array[]> {
  const { samplesPerPacket, packets, rate = 16_000, channels = 1, application = Application.Voip } = options;
  const encoder = await createEncoder({
    sampleRate: rate,
    channels,
    application,
    bitrate: options.bitrate ?? 24_000,
    frameSize: samplesPerPacket,
  });
  try {
    let phase = 0;
    let noise = 1;
    return Array.from({ length: packets }, (_, packet) => {
      const pcm = new Float32Array(samplesPerPacket * channels);
      for (let i = 0; i < pcm.length; i += 1) {
        const time = (packet * samplesPerPacket + Math.floor(i / channels)) / rate;
        if (i % channels === 0) phase += (2 * Math.PI * (140 + 40 * Math.sin(3 * time))) / rate;
        noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
        const syllable = Math.max(0, Math.sin(2 * Math.PI * 3 * time));
        pcm[i] =
          syllable * (0.3 * Math.sin(phase) + 0.1 * Math.sin(7 * phase)) + (noise / 2 ** 32 - 0.5) * 0.004;
      }
      return encoder.encodeFloat(pcm);
    });
  } finally {
    encoder.free();
  }
}

export function pcm16Bytes(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => {
    view.setInt16(i * 2, Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), true);
  });
  return bytes;
}
