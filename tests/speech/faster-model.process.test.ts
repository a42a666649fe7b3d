import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fasterModel } from '../../src/speech/transcribers/moonshine/faster-model.ts';
import { moonshineFiles, tokensFile } from '../../src/speech/transcribers/moonshine/models.ts';
import { preparedModels } from '../../src/speech/transcribers/moonshine/prepared-models.ts';
import { createRecognizer, readableText } from '../../src/speech/transcribers/moonshine/sherpa.ts';
import { CACHE_DIR, day, dayAudio, piecesOf } from './clips.ts';
import { spokenWords, wordErrors } from './word-error-rate.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterword-faster-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the models that run faster', () => {
  test('say what those of npm say', async () => {
    const pieces = (
      await Promise.all(day.slice(0, 2).map(async (file) => piecesOf(await dayAudio(file))))
    ).flat();
    const tokens = await tokensFile(CACHE_DIR);
    const { encoder, decoder } = moonshineFiles('base');
    const said = (models: { encoder: string; decoder: string }) => {
      const recognize = createRecognizer({ ...models, tokens });
      return pieces.flatMap(({ samples }) => spokenWords(readableText(recognize(samples).text)));
    };
    const published = said({ encoder: encoder.path, decoder: decoder.path });
    expect(published.length).toBeGreaterThan(40);
    const faster = said(await preparedModels('base', { folders: [CACHE_DIR] }));
    expect(wordErrors(published, faster)).toBeLessThanOrEqual(1);
  });

  test('are made once, and again where one was not written to its end', async () => {
    const { decoder } = await preparedModels('tiny', { folders: [folder], signed: true });
    const { ino } = await stat(decoder);
    await preparedModels('tiny', { folders: [folder], signed: true });
    expect((await stat(decoder)).ino).toBe(ino);
    const whole = await readFile(decoder);
    await writeFile(decoder, whole.subarray(0, 1000));
    await preparedModels('tiny', { folders: [folder], signed: true });
    expect((await readFile(decoder)).equals(whole)).toBe(true);
    expect((await readdir(folder)).length).toBe(2);
  });

  test('of processors that multiply signed bytes and of others lie side by side', async () => {
    const signed = await preparedModels('tiny', { folders: [folder], signed: true });
    const unsigned = await preparedModels('tiny', { folders: [folder], signed: false });
    expect(unsigned.decoder).not.toBe(signed.decoder);
    expect(unsigned.encoder).toBe(moonshineFiles('tiny').encoder.path);
  });

  test('are taken from the next folder, and those of npm where none can be written', async () => {
    const noFolder = join(folder, 'a-file');
    await writeFile(noFolder, '');
    const next = await preparedModels('tiny', { folders: [noFolder, join(folder, 'next')], signed: true });
    expect(next.decoder).toMatch(/next/);
    const warned = once(process, 'warning');
    const none = await preparedModels('tiny', { folders: [noFolder], signed: false });
    expect(none.decoder).toBe(moonshineFiles('tiny').decoder.path);
    expect(String((await warned)[0])).toMatch(/takes longer/);
    await rm(noFolder);
  });

  test('are made of whole models only', async () => {
    const { decoder } = moonshineFiles('tiny');
    const model = await readFile(decoder.path);
    expect(() => fasterModel(model.subarray(0, model.length - 1), true)).toThrow(RangeError);
  });
});
