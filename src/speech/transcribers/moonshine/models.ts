import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type MoonshineSize = 'base' | 'tiny';

/** A file and the exact number of bytes it must have: a truncated model makes sherpa end the process. */
export interface ModelFile {
  path: string;
  bytes: number;
}

const require = createRequire(import.meta.url);

/** Silero v6 as npm's `@ricky0123/vad-web` carries it, byte for byte upstream's. */
export function sileroFile(): ModelFile {
  return { path: require.resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx'), bytes: 2_327_524 };
}

// Of @usefulsensors/moonshine-js 0.1.16; later versions drop `base`.
const MOONSHINE_BYTES = {
  base: { encoder: 20_513_063, decoder: 42_498_870 },
  tiny: { encoder: 7_937_661, decoder: 20_243_286 },
} as const;

export function moonshineFiles(size: MoonshineSize): { encoder: ModelFile; decoder: ModelFile } {
  // Its package.json exports only the bundle, so the models are found as the bundle's neighbours.
  const folder = join(
    dirname(fileURLToPath(import.meta.resolve('@usefulsensors/moonshine-js'))),
    'model',
    size,
    'quantized',
  );
  const bytes = MOONSHINE_BYTES[size];
  return {
    encoder: { path: join(folder, 'encoder_model.onnx'), bytes: bytes.encoder },
    decoder: { path: join(folder, 'decoder_model_merged.onnx'), bytes: bytes.decoder },
  };
}

/** Why a model file cannot be used, or null when it can. */
export async function faultOf(file: ModelFile): Promise<string | null> {
  const found = await stat(file.path).catch(() => null);
  if (!found?.isFile()) return `model file is missing: ${file.path}`;
  if (found.size !== file.bytes) return `model file has ${found.size} bytes, not ${file.bytes}: ${file.path}`;
  return null;
}
