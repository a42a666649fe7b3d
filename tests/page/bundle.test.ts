/** What a browser has to load before it shows anything is small. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BUILD, findPage } from '../../packages/page/built.ts';

const MOST_KB = 230;

interface Chunk {
  file: string;
  imports?: string[];
  isEntry?: boolean;
}

it('the first load is at most 230 kB of JavaScript, compressed', async () => {
  // Builds it only where the sources have changed since.
  await promisify(execFile)(process.execPath, [BUILD]);
  const { folder } = await findPage();
  const chunks: Record<string, Chunk> = JSON.parse(
    await readFile(join(folder, '.vite/manifest.json'), 'utf8'),
  );
  const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry);
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks[name];
    if (!chunk || wanted.has(chunk.file)) return;
    wanted.add(chunk.file);
    chunk.imports?.forEach(visit);
  };
  visit(entry ?? '');
  let bytes = 0;
  for (const file of wanted) bytes += gzipSync(await readFile(join(folder, file)), { level: 9 }).length;
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes / 1000).toBeLessThanOrEqual(MOST_KB);
});
