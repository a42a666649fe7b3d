/** Sending by drop, also over a network that goes and comes, following it live to its end, where its time went, what was refused, and an operator's redrive. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUILD } from '../../packages/page/built.ts';
import { startProviders } from '../../simulators/providers.ts';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';
import { startReceiver } from '../webhooks/receiver.ts';
import { ENLARGED, expectAccessibleInBoth, expectNoSidewaysScroll, PHONE, useBrowser } from './browser.ts';

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
  AFTERWORD_WEBHOOK_NETWORKS: '127.0.0.1',
  AFTERWORD_SECRET_KEY: 'only-the-tests-have-this-key-0123456789',
});
const receiver = await startReceiver();
afterAll(() => receiver.close());
// It answers before it has found the page.
beforeAll(() => until('the page', async () => (await fetch(server.url)).ok || null));
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
  // A browser tells it again and again while files are over the page, which may still be fetching what takes them.
  const target = page.getByText('Drop recordings to send them');
  await expect
    .poll(async () => {
      await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
      return await target.isVisible();
    })
    .toBe(true);
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
  await page.getByText('Several workers crashed while they worked on it').waitFor();
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

const OFFLINE = /ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_NETWORK_CHANGED|ERR_UPLOAD_FILE_CHANGED/;
const uploadsPage = async () => {
  const page = await browser.window({ expected: OFFLINE });
  await page.goto(`${server.url}/uploads`);
  await page.locator('[data-upload]').first().waitFor();
  return page;
};
/** A row of what this tab sends. */
const sent = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Being sent' }).getByRole('listitem').filter({ hasText: name });
const choose = (page: Page, paths: string[]) => page.getByLabel('Choose files').setInputFiles(paths);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterword-page-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const fileOf = async (name: string, bytes: string | Uint8Array) => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};

it('what a lost network keeps back goes by itself when it is back; one of several is stopped, sent again, or cannot be read', async () => {
  const page = await uploadsPage();
  const paths = await Promise.all(
    ['kept', 'stopped', 'changed'].map((name, n) => fileOf(`${name}_177400100${n}.wav`, `no sound: ${name}`)),
  );
  // Chosen by keyboard alone.
  const chooser = page.waitForEvent('filechooser');
  await page.context().setOffline(true);
  await page.keyboard.press('u');
  await (await chooser).setFiles(paths);
  await sent(page, 'kept_').getByText('Waits. There is no connection').waitFor();
  await sent(page, 'kept_').getByText('It goes on by itself, at').waitFor();
  await expectAccessibleInBoth(page);
  await sent(page, 'stopped_').getByRole('button', { name: 'Stop sending' }).focus();
  await page.keyboard.press('Enter');
  await sent(page, 'stopped_').getByText('Stopped', { exact: true }).waitFor();
  await writeFile(paths[2] ?? '', 'somebody has changed it since, and made it longer');
  await page.context().setOffline(false);
  await sent(page, 'kept_').getByText('Sent', { exact: true }).waitFor();
  await sent(page, 'changed_').getByText('The browser cannot read it any more').waitFor();
  expect(await sent(page, 'stopped_').getByText('Stopped', { exact: true }).count()).toBe(1);
  await sent(page, 'stopped_').getByRole('button', { name: 'Send again' }).click();
  await sent(page, 'stopped_').getByText('Sent', { exact: true }).waitFor();
});

it('a large file shows how far it is, goes on over a lost network, and after a reload from where it stopped', async () => {
  const page = await uploadsPage();
  const large = await fileOf('large.wav', Buffer.alloc(20 * 1024 * 1024, 'no sound'));
  await utimes(large, 1_774_050_000, 1_774_050_000);
  const offsets: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  page.on('dialog', (dialog) => void dialog.accept());
  // After the first of three requests the network is gone.
  await page.route('**/api/v1/resumable/*', async (route) => {
    if (route.request().method() === 'PATCH' && offsets.length > 1)
      return await route.abort('internetdisconnected');
    await route.continue();
  });
  await choose(page, [large]);
  await sent(page, 'large').getByText('Waits. There is no connection').waitFor();
  expect(new Set(offsets)).toEqual(new Set([0, 8 * 1024 * 1024]));
  await page.reload();
  await page.getByText('One file was not sent to its end.').waitFor();
  await page.unroute('**/api/v1/resumable/*');
  offsets.length = 0;
  await choose(page, [large]);
  await sent(page, 'large').getByText('Sent', { exact: true }).waitFor();
  expect(offsets).toEqual([8 * 1024 * 1024, 16 * 1024 * 1024]);
  await expect.poll(() => page.getByText('One file was not sent to its end.').count()).toBe(0);
  await page.getByText('What is in it is no audio').first().waitFor();
  // Its name tells no time: it ended when it was last written.
  const { started_at_ms: startedAtMs } = await server.query((db) =>
    db
      .selectFrom('recordings')
      .select('started_at_ms')
      .where('name', '=', 'large.wav')
      .executeTakeFirstOrThrow(),
  );
  expect(startedAtMs).toBe(1_774_050_000_000 - (20 * 1024 * 1024) / 32);
});

it('a folder is dropped with all that is in it, a time is set, and what was deleted comes back only if that is wanted', async () => {
  const page = await uploadsPage();
  await mkdir(join(folder, 'day/deeper'), { recursive: true });
  await fileOf('day/.DS_Store', 'hidden');
  await fileOf('day/first_1774003000.wav', 'no sound: first');
  // A date before there were such recordings tells nothing.
  await utimes(await fileOf('day/deeper/second.wav', 'no sound: second'), 1e9, 1e9);
  await fileOf('day/third.wav', 'no sound: third');
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: [join(folder, 'day')], dragOperationsMask: 1 };
  const dispatch = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    cdp.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  await dispatch('dragEnter');
  // What takes the files is fetched after the page stands; before, the browser would open them.
  await expect
    .poll(async () => {
      await dispatch('dragOver');
      return await page.getByText('Drop recordings to send them').isVisible();
    })
    .toBe(true);
  await dispatch('drop');
  await sent(page, 'first_').getByText('Sent', { exact: true }).waitFor();
  await sent(page, 'second').getByText('Sent', { exact: true }).waitFor();
  expect(await sent(page, 'DS_Store').count()).toBe(0);
  await sent(page, 'first_').getByRole('button', { name: 'Remove from this list' }).click();
  await sent(page, 'first_').waitFor({ state: 'detached' });

  const row = page
    .getByRole('listitem')
    .filter({ has: page.locator('[data-stage]'), hasText: 'second.wav' })
    .last();
  await row.getByText('Its name does not tell when it was recorded').waitFor();
  await row.getByText('Set the time below').waitFor();
  await row.getByRole('button', { name: 'Set the time' }).click();
  const dialog = page.getByRole('dialog', { name: 'When was it recorded?' });
  await dialog.getByLabel('Start of the recording').fill('2026-03-20T10:00:00');
  await expectAccessibleInBoth(page);
  // What was typed stays where the page is loaded anew, as for signing in again, and the question comes back with it.
  page.on('dialog', (one) => void one.accept());
  await page.reload();
  const start = dialog.getByLabel('Start of the recording');
  await expect.poll(() => start.inputValue().catch(() => '')).toContain('2026-03-20T10:00');
  await start.focus();
  await page.keyboard.press('Enter');
  await row.getByText('What is in it is no audio').waitFor();
  await row.getByText('20 Mar 2026').waitFor();

  const { recordings } = (await (await fetch(`${server.url}/api/v1/recordings`)).json()) as {
    recordings: { id: string; name: string }[];
  };
  const first = recordings.find(({ name }) => name.startsWith('first_'));
  await fetch(`${server.url}/api/v1/recordings/${first?.id}`, { method: 'DELETE' });
  await choose(page, [join(folder, 'day/first_1774003000.wav')]);
  await sent(page, 'first_').getByText('You deleted this recording').waitFor();
  await sent(page, 'first_').getByRole('button', { name: 'Send it all the same' }).click();
  await sent(page, 'first_').getByText('Sent', { exact: true }).waitFor();
});

it('work that waits for a provider says so and is tried at once, or cancelled', async () => {
  const page = await uploadsPage();
  providers.behave({ faults: { rate5xx: 1 } });
  const sound = Buffer.from(SOUND, 'base64');
  // Another end makes it another file.
  const path = await fileOf('waits_fs320_1774100000.bin', sound.subarray(0, sound.length - 400));
  await choose(page, [path]);
  const row = page
    .getByRole('listitem')
    .filter({ has: page.locator('[data-stage]'), hasText: 'waits_fs320' })
    .last();
  await row.getByText('The provider answered with an error').waitFor({ timeout: LIMIT_MS });
  await row.getByText('Goes on').waitFor();
  await page.goto(`${server.url}/operation`);
  // An operator sees the same, without a name of a file.
  await page.getByText(/upstream 1, goes on/).waitFor();
  await page.goto(`${server.url}/uploads`);
  providers.behave({ faults: { rate5xx: 0 }, latency: { kind: 'fixed', ms: 60_000 } });
  await row.getByRole('button', { name: 'Try again' }).click();
  await row
    .getByText(/Its sound is being read|Waits for a free worker|of it is transcribed|Next in the queue/)
    .waitFor();
  await page.getByRole('button', { name: 'Cancel what is unfinished' }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel what is unfinished' }).click();
  // What is behind a question has no role until that is closed, so the row alone does not tell when it is done.
  const latest = async () => (await (await fetch(`${server.url}/api/v1/uploads?limit=1`)).json()).uploads;
  await expect.poll(latest).toMatchObject([{ counts: { pending: 0, deleted: 1 } }]);
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  // Nothing of it needs anybody any more, so that its card closes.
  await row.waitFor({ state: 'detached' });
  providers.behave({ latency: { kind: 'fixed', ms: 300 } });
});

it('a webhook is made, tested, seen to fail, turned off and removed', async () => {
  const page = await browser.window({ expected: /422/ });
  await page.goto(`${server.url}/settings`);
  receiver.answer('/bad', { status: 500 });
  const section = page.getByRole('region', { name: 'Webhooks' });
  const make = async (address: string) => {
    await section.getByLabel('Address').fill(address);
    await page.keyboard.press('Enter');
  };
  await make('https://10.0.0.1/hook');
  await page.getByText('Nothing is sent to this address').waitFor();
  await make(`${receiver.url}/bad`);
  await section.getByText('It is shown this once').waitFor();
  const row = section.getByRole('listitem').filter({ hasText: '/bad' });
  await row.getByRole('button', { name: 'Send a test' }).click();
  const delivery = section.getByRole('list').getByRole('listitem').filter({ hasText: 'test ·' });
  await expect
    .poll(
      async () => {
        await section.getByRole('button', { name: 'Read again' }).click();
        return await delivery.first().textContent();
      },
      { timeout: 20_000 },
    )
    .toContain('Your server, or what stands before it, has failed (Answer 500). Look into its log.');
  await expectAccessibleInBoth(page);
  await row.getByRole('button', { name: 'Pause' }).click();
  await row.getByText('Off: you have turned it off.').waitFor();
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await section.getByText('There are no webhooks.').waitFor();
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
  await page.getByRole('heading', { name: 'Worker', exact: true }).waitFor();
  await expectNoSidewaysScroll(page);
  for (const path of ['/operation', '/uploads', '/settings']) {
    await page.setViewportSize(ENLARGED);
    await page.goto(`${server.url}${path}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await expectNoSidewaysScroll(page);
  }
});
