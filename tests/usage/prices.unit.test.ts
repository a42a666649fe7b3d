import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';

const PRICES = {
  'deepgram:*': { perHour: 0.26 },
  'openai:gpt-5-mini': { perMillionInputTokens: 0.25, perMillionOutputTokens: 2 },
};
const read = (given: unknown) =>
  readConfig({ AFTERWORD_PRICES: typeof given === 'string' ? given : JSON.stringify(given) }).prices;

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'afterword-prices-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'prices.json'), text);
  return join(folder, 'prices.json');
}

it('reads prices from the variable, or from the file that it names', async () => {
  expect(readConfig({}).prices).toEqual({});
  expect(read(PRICES)).toEqual(PRICES);
  expect(read(await fileOf(JSON.stringify(PRICES)))).toEqual(PRICES);
});

it('names the key that is wrong', () => {
  const slips: [unknown, RegExp][] = [
    [{ deepgram: { perHour: 1 } }, /AFTERWORD_PRICES\.deepgram: is not provider:model/],
    [{ 'deepgram:nova-3': { perHour: '0.26' } }, /AFTERWORD_PRICES\.deepgram:nova-3\.perHour: .*number/],
    [{ 'deepgram:nova-3': { perHour: -1 } }, /AFTERWORD_PRICES\.deepgram:nova-3\.perHour: /],
    [{ 'deepgram:nova-3': { perMinute: 1 } }, /AFTERWORD_PRICES\.deepgram:nova-3: .*perMinute/],
    [{ 'deepgram:nova-3': {} }, /AFTERWORD_PRICES\.deepgram:nova-3: names no price/],
    [{ 'openai:a': { perMillionInputTokens: 1 } }, /AFTERWORD_PRICES\.openai:a: needs .*Output.*neither/],
    [{ 'openai:a': 1 }, /AFTERWORD_PRICES\.openai:a: .*object/],
    ['{"deepgram:nova-3"', /AFTERWORD_PRICES: it is not JSON/],
  ];
  for (const [given, message] of slips) expect(() => read(given), String(message)).toThrow(message);
});

it('does not repeat what a file holds that was named by mistake', async () => {
  const path = await fileOf('sk-secret');
  expect(() => read(path)).toThrow(/AFTERWORD_PRICES: the file is not JSON/);
  expect(() => read(path)).not.toThrow(/sk-secret/);
  expect(() => read(`${path}.missing`)).toThrow(
    /AFTERWORD_PRICES: the file \/.*\.missing cannot be read: there is no such file/,
  );
});
