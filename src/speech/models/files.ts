import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../folders.ts';

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

/** Moonshine's vocabulary is Llama's 32,000 pieces and these, which never belong in a text. */
const SPECIAL_TOKENS = 768;
/** Part of the name: another content must get another name, for the file is never rewritten. */
const VERSION = 1;

/**
 * Writes a file that processes share. Any number of them may do so at once: each writes a file of its own and renames it
 * into place, and all of them write the same.
 */
export async function writeShared(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, content, { flush: true });
    await rename(own, path);
  } finally {
    await rm(own, { force: true });
  }
}

/** Makes sure the folder holds the tokens file that sherpa needs, and returns its path. */
export async function tokensFile(folder: string): Promise<string> {
  const path = join(folder, `moonshine-tokens-v${VERSION}.txt`);
  const content = await tokensText();
  const found = await stat(path).catch(() => null);
  if (found?.size === Buffer.byteLength(content)) return path;
  await writeShared(path, content);
  return path;
}

/** One line a token: its bytes in base64 and its number. sherpa ends the process over a line that is not base64. */
export async function tokensText(): Promise<string> {
  // A megabyte of vocabulary, needed once per process: loaded on demand. Its package declares types it does not ship.
  const { default: tokenizer }: { default: { vocabById: string[] } } = await import('llama-tokenizer-js');
  const pieces = [
    ...tokenizer.vocabById.map((piece) => piece.replaceAll('\u2581', ' ')),
    ...Array.from({ length: SPECIAL_TOKENS }, (_, n) => `<<ST_${n}>>`),
  ];
  return pieces.map((piece, id) => `${Buffer.from(piece).toString('base64')} ${id}\n`).join('');
}
