/** A call of four people, from its file to the page: heard in step with the words of the provider, and named by keyboard. */
import { afterAll, expect, it } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { Person } from '../pipeline/person.ts';
import { callOfFour } from '../speakers/call-of-four.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt } from '../support/simulated-settings.ts';
import { useBrowser } from './browser.ts';
import { captureSounds, heardLines, outOfStep, stepsOf } from './in-step.ts';

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 50 } });
afterAll(() => providers.close());
const server = useServer(deepgramAt(providers.url));
const browser = useBrowser();

const NAMES = ['Ana', 'Ben', 'Cleo', 'Dan'];
const STARTED_AT_MS = Date.UTC(2026, 2, 20, 9);

it('is heard in step with its words, and has its four names after a few keys', async () => {
  const person = new Person(server, 'local');
  const { wav, lines } = callOfFour();
  const upload = await person.uploadTold({ name: 'call.wav', bytes: wav }, STARTED_AT_MS);
  await person.uploadDone(upload.id);
  const [conversation] = await person.conversations();
  const id = conversation?.id ?? '';
  const page = await browser.window();
  await captureSounds(page);
  await page.goto(`${server.url}/c/${id}`);
  await page.locator('[data-word]').first().waitFor();
  await page.getByRole('slider').waitFor();

  const heard = await heardLines(server.url, id);
  await page.keyboard.press('k');
  const steps = await stepsOf(page, 4_000);
  await page.keyboard.press('k');
  expect(outOfStep(steps, heard)).toEqual([]);
  expect(steps.filter(({ word }) => word !== null).length).toBeGreaterThan(10);

  // Each voice in turn: n, the name, Enter.
  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await page.getByRole('slider').press('Home');
  await press('ArrowDown');
  for (const name of NAMES) {
    await press('n');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    for (const letter of name) await press(letter);
    await page.getByRole('option', { name: `Call them ${name}` }).waitFor();
    await press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  // At two keys a second, which is slow, this takes twelve seconds.
  expect(keys).toBeLessThanOrEqual(25);
  const whoSpeaks = async () =>
    (await person.conversations())[0]?.segments.map(({ startedAtMs, speaker }) => {
      const at = startedAtMs - STARTED_AT_MS;
      const line = lines.findLast(({ fromMs }) => fromMs <= at + 500);
      return `${speaker} ${NAMES[line?.who ?? -1]}`;
    }) ?? [];
  await expect
    .poll(async () => new Set(await whoSpeaks()))
    .toEqual(new Set(NAMES.map((name) => `${name} ${name}`)));
});
