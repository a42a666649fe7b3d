import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../src/audio/hint.ts';
import { fasterMoonshine } from '../../src/speech/models/faster-moonshine.ts';
import { fasterSilero } from '../../src/speech/models/faster-silero.ts';
import { moonshineFiles, sileroFile, tokensFile } from '../../src/speech/models/files.ts';
import { preparedModels, preparedSilero } from '../../src/speech/models/prepared.ts';
import { createRecognizer, readableText } from '../../src/speech/transcribers/moonshine/sherpa.ts';
import { listen } from '../../src/speech/vad/listen.ts';
import { all, CACHE_DIR, clip, day, dayAudio, inChunks, noise, piecesOf } from './clips.ts';
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

  test('find the speech that Silero finds as it was published', async () => {
    const published = sileroFile().path;
    const faster = await preparedSilero([CACHE_DIR]);
    expect(faster).not.toBe(published);
    const sounds = await Promise.all([...day.map(dayAudio), ...['two-cities', 'digits', 'se10-2'].map(clip)]);
    let found = 0;
    for (const sound of [...sounds, noise(20, 0.05)]) {
      const spans = async (model: string) =>
        (await all(listen(inChunks(sound, SAMPLE_RATE), { model }))).map(({ startSample, endSample }) => [
          startSample,
          endSample,
        ]);
      const whole = await spans(published);
      expect(await spans(faster)).toEqual(whole);
      found += whole.length;
    }
    expect(found).toBeGreaterThan(60);
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
    expect(() => fasterMoonshine(model.subarray(0, model.length - 1), true)).toThrow(RangeError);
    expect(() => fasterSilero(model)).toThrow('Silero has no table');
    const silero = await readFile(sileroFile().path);
    expect(() => fasterSilero(silero.subarray(0, silero.length / 2))).toThrow(RangeError);
  });
});
