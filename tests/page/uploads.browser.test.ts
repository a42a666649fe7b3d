/** Sending by drop, following it live to its end, where its time went, what was refused, and an operator's redrive. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { BUILD } from '../../packages/page/built.ts';
import { startProviders } from '../../simulators/providers.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';
import { expectAccessibleInBoth, expectNoSidewaysScroll, PHONE, useBrowser } from './browser.ts';

const SAMPLE = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
const SOUND = readFileSync(new URL(`../../samples/day/${SAMPLE}`, import.meta.url)).toString('base64');
const LIMIT_MS = 120_000;

// The server would serve its reason for having no page while it builds one.
await promisify(execFile)(process.execPath, [BUILD]);
const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300 } });
afterAll(() => providers.close());
const server = useServer({
  ...deepgramAt(providers.url),
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_QUIET_MS: '300',
});
const browser = useBrowser();

/** Drops files onto the page as a browser does it. */
async function drop(page: Page, files: readonly { name: string; base64: string }[]): Promise<void> {
  const data = await page.evaluateHandle((dropped) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, files);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await page.getByText('Drop recordings to send them').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

it(
  'what is dropped anywhere is sent, followed live to its end, and timed call by call; what is refused says why',
  async () => {
    const page = await browser.window();
    await page.goto(server.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await drop(page, [
      { name: SAMPLE, base64: SOUND },
      { name: 'notes_1774000400.wav', base64: btoa('these are no samples of sound') },
    ]);
    await expect.poll(() => page.title()).toBe('Uploads · Afterword');
    const upload = page.getByRole('listitem').filter({ has: page.locator('[data-upload]') });
    // Nobody loads the page anew: the events of the server tell it.
    await upload.getByText('Done', { exact: true }).waitFor({ timeout: LIMIT_MS });
    const file = upload.getByRole('listitem').filter({ hasText: SAMPLE });
    await expect.poll(() => file.locator('[data-state=done]').count()).toBe(6);
    const refused = upload.getByRole('listitem').filter({ hasText: 'notes_1774000400.wav' });
    await refused.getByText('It cannot be used.').waitFor();
    await refused.getByText('The bytes are kept').waitFor();
    await expectAccessibleInBoth(page);

    await drop(page, [{ name: SAMPLE, base64: SOUND }]);
    await page.getByText('Was here already').waitFor();

    await upload.getByRole('link', { name: 'Where the time went' }).click();
    const tree = page.getByRole('tree', { name: 'Waterfall of stages and calls' });
    await tree.focus();
    const chosen = () =>
      tree.evaluate((element) => {
        const id = element.getAttribute('aria-activedescendant') ?? '';
        return document.getElementById(id)?.getAttribute('aria-label') ?? '';
      });
    await page.keyboard.press('Home');
    expect(await chosen()).toContain(SAMPLE);
    await page.keyboard.press('ArrowRight');
    expect(await chosen()).toMatch(/^Piece 1, deepgram/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await tree.getByRole('treeitem').filter({ hasText: 'Piece' }).count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('c');
    expect(await chosen()).toContain('Decided the end');
    const all = page.getByRole('button', { name: 'Show all of it' });
    await page.keyboard.press('+');
    await expect.poll(() => all.isEnabled()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => all.isDisabled()).toBe(true);
    await page.keyboard.press('End');
    expect(await chosen()).toMatch(/^(Summary|Telling speakers apart), /);
    const map = await page.locator('[data-minimap]').boundingBox();
    if (!map) throw new Error('there is no minimap');
    await page.mouse.move(map.x + map.width * 0.2, map.y + 10);
    await page.mouse.down();
    await page.mouse.move(map.x + map.width * 0.6, map.y + 10, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => all.isEnabled()).toBe(true);
    await page.getByText('As text').click();
    await expectAccessibleInBoth(page);
  },
  LIMIT_MS,
);

it('an operator sees the worst first, and tries again what failed with one key', async () => {
  const id = await server.query(async (db) => {
    const { id } = await db
      .selectFrom('recordings')
      .select('id')
      .where('name', '=', SAMPLE)
      .executeTakeFirstOrThrow();
    const failed = {
      outcome: 'failed' as const,
      code: 'poison',
      reason: 'crashed',
      finished_at_ms: Date.now(),
      tries: 3,
    };
    await db.updateTable('recordings').set(failed).where('id', '=', id).execute();
    return id;
  });
  const page = await browser.window();
  await page.goto(`${server.url}/operation`);
  await page.getByText('One piece of work failed and is not tried again by itself').waitFor();
  await page.getByText('Tries the one recording again that failed for poison').waitFor();
  await page.getByRole('button', { name: 'Each one' }).click();
  await page.getByText(id).waitFor();
  await expectAccessibleInBoth(page);
  await page.keyboard.press('r');
  await page.getByText('Nothing failed.', { exact: true }).waitFor();
  await page.getByText('Nothing waits for long').waitFor();
  const outcome = await server.query((db) =>
    db.selectFrom('recordings').select('outcome').where('id', '=', id).executeTakeFirst(),
  );
  expect(outcome?.outcome).not.toBe('failed');
});

it('fits a phone, in German', async () => {
  const page = await browser.window({ locale: 'de-DE', viewport: PHONE, hasTouch: true, isMobile: true });
  await page.goto(`${server.url}/uploads`);
  await page.locator('[data-upload]').first().waitFor();
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Wo die Zeit blieb' }).first().tap();
  await page.getByRole('tree').waitFor();
  await expectNoSidewaysScroll(page);
  await page.goto(`${server.url}/operation`);
  await page.getByRole('heading', { name: 'Arbeiter', exact: true }).waitFor();
  await expectNoSidewaysScroll(page);
});
