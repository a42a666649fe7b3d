import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../folders.ts';

/** Moonshine's vocabulary is Llama's 32,000 pieces and these, which never belong in a text. */
const SPECIAL_TOKENS = 768;
/** Part of the name: another content must get another name, for the file is never rewritten. */
const VERSION = 1;

/**
 * Makes sure the folder holds the tokens file that sherpa needs, and returns its path. Any number of processes may do
 * so at once: each writes a file of its own and renames it into place, and all of them write the same.
 */
export async function tokensFile(folder: string): Promise<string> {
  const path = join(folder, `moonshine-tokens-v${VERSION}.txt`);
  const content = await tokensText();
  const found = await stat(path).catch(() => null);
  if (found?.size === Buffer.byteLength(content)) return path;
  await makeFolder(folder);
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, content, { flush: true });
    await rename(own, path);
  } finally {
    await rm(own, { force: true });
  }
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
