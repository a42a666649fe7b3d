import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultOf, moonshineFiles, sileroFile, tokensFile } from '../../src/speech/models/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterword-models-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('model files', () => {
  test('those that npm installed are whole', async () => {
    const { base, tiny } = { base: moonshineFiles('base'), tiny: moonshineFiles('tiny') };
    for (const file of [sileroFile(), base.encoder, base.decoder, tiny.encoder, tiny.decoder]) {
      expect(await faultOf(file)).toBeNull();
    }
  });

  test('one that is missing, cut short or a folder is found out', async () => {
    const path = join(folder, 'model.onnx');
    expect(await faultOf({ path, bytes: 4 })).toMatch(/missing/);
    await writeFile(path, 'abc');
    expect(await faultOf({ path, bytes: 4 })).toMatch(/has 3 bytes, not 4/);
    expect(await faultOf({ path: folder, bytes: 4 })).toMatch(/missing/);
  });
});

describe('the tokens file', () => {
  test('has a line of base64 for each of the 32,768 tokens', async () => {
    const lines = (await readFile(await tokensFile(join(folder, 'new')), 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBe(32_768);
    for (const [id, line] of lines.entries()) expect(line).toMatch(new RegExp(`^[A-Za-z0-9+/]+=* ${id}$`));
    expect(lines[1]).toBe(`${Buffer.from('<s>').toString('base64')} 1`);
    expect(lines[32_000]).toBe(`${Buffer.from('<<ST_0>>').toString('base64')} 32000`);
  });

  test('one that a crash left incomplete is replaced', async () => {
    const path = await tokensFile(folder);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 1000));
    expect(await tokensFile(folder)).toBe(path);
    expect(await readFile(path)).toEqual(whole);
  });

  test('many processes may write it at once', async () => {
    const module = fileURLToPath(new URL('../../src/speech/models/files.ts', import.meta.url));
    const script = join(folder, 'write.mjs');
    await writeFile(
      script,
      `import { tokensFile } from ${JSON.stringify(module)};\nawait tokensFile(process.argv[2]);\n`,
    );
    const cache = join(folder, 'cache');
    const exits = await Promise.all(
      Array.from({ length: 4 }, () => once(fork(script, [cache], { execArgv: [] }), 'exit')),
    );
    expect(exits.map(([code]) => code)).toEqual([0, 0, 0, 0]);
    expect((await readdir(cache)).length).toBe(1);
  });
});
