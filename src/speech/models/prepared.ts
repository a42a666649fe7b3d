/** Keeps the models that run faster: they are made once, of those that npm has brought. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fasterMoonshine } from './faster-moonshine.ts';
import { fasterSilero } from './faster-silero.ts';
import {
  faultOf,
  type ModelFile,
  type MoonshineSize,
  moonshineFiles,
  sileroFile,
  writeShared,
} from './files.ts';

/** Part of the names: another content must get another name, because processes of the version before read these files. */
const VERSION = 1;

/** A file of another length was not written to its end. */
const BYTES = {
  base: { encoder: 20_513_035, decoder: { signed: 56_130_658, unsigned: 56_130_705 } },
  tiny: { encoder: 7_937_641, decoder: { signed: 29_680_786, unsigned: 29_680_817 } },
} as const;
const SILERO = { name: 'silero-v6-v1.onnx', bytes: 1_161_453 };

export interface PreparedOptions {
  /** The first that has the files or takes them. They may be shared by machines with other processors. */
  folders: readonly string[];
  /** Default: as the processor multiplies faster. */
  signed?: boolean;
}

/** Where nothing can be written, the models stay those of npm, which say the same words later. */
export async function preparedModels(
  size: MoonshineSize,
  { folders, signed }: PreparedOptions,
): Promise<{ encoder: string; decoder: string }> {
  const isSigned = signed ?? (await multipliesSignedBytes());
  const kind = isSigned ? 'signed' : 'unsigned';
  const { encoder, decoder } = moonshineFiles(size);
  const nameOf = (part: string) => `moonshine-${size}-${part}-${kind}-v${VERSION}.onnx`;
  const prepared = async (from: ModelFile, name: string, bytes: number) =>
    await firstOf(folders, { name, bytes, from, change: (model) => fasterMoonshine(model, isSigned) });
  return {
    // There is nothing to change in an encoder with unsigned weights.
    encoder: isSigned ? await prepared(encoder, nameOf('encoder'), BYTES[size].encoder) : encoder.path,
    decoder: await prepared(decoder, nameOf('decoder'), BYTES[size].decoder[kind]),
  };
}

/** Does for Silero what `preparedModels` does for Moonshine. @returns its path */
export async function preparedSilero(folders: readonly string[]): Promise<string> {
  return await firstOf(folders, { ...SILERO, from: sileroFile(), change: fasterSilero });
}

interface Wanted {
  name: string;
  bytes: number;
  from: ModelFile;
  change: (model: Uint8Array) => Uint8Array;
}

async function firstOf(folders: readonly string[], { name, bytes, from, change }: Wanted): Promise<string> {
  const files = folders.map((folder) => ({ path: join(folder, name), bytes }));
  for (const file of files) if ((await faultOf(file)) === null) return file.path;
  const content = change(await readFile(from.path));
  if (content.length !== bytes) throw new Error(`${name} would have ${content.length} bytes, not ${bytes}`);
  const refused: string[] = [];
  for (const { path } of files) {
    try {
      await writeShared(path, content);
      return path;
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  }
  process.emitWarning(`Work on sound takes longer, because ${name} cannot be written: ${refused.join(', ')}`);
  return from.path;
}

/**
 * VNNI adds products of an unsigned and a signed byte in 32 bits. Other x86 processors add two of them in 16 bits, which
 * overflows, so that signed weights would give other words there. Only Linux tells of its processor.
 */
async function multipliesSignedBytes(): Promise<boolean> {
  const cpu = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return /^flags\s*:.*\bavx512_vnni\b/m.test(cpu);
}
