/** What was refused is dismissed, one file or all of them, by keyboard and with a way back; what is unfinished is told of on every page. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { TestApi } from '../support/api.ts';
import { expectAccessibleInBoth, expectNoSidewaysScroll, PHONE, useBrowser } from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const browser = useBrowser();

async function send({ url }: TestApi, files: Record<string, string>): Promise<void> {
  const form = new FormData();
  for (const [name, content] of Object.entries(files)) form.append('files', new Blob([content]), name);
  const { status } = await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: form });
  expect([202, 422]).toContain(status);
}

const rows = (page: Page) => page.locator('[data-upload]');

it('a refused file is dismissed by keyboard and brought back; what is not refused stays', async () => {
  const api = await startApiWithPage();
  await send(api, { 'notes.wav': 'no time in its name', 'memo_1774000000.wav': 'waits for a worker' });
  await send(api, { 'first.wav': 'one without a time', 'second.wav': 'another one' });
  const page = await browser.window();
  await page.goto(`${api.url}/uploads`);
  await expect.poll(() => page.getByRole('button', { name: 'Dismiss', exact: true }).count()).toBe(3);
  await expectAccessibleInBoth(page);
  const mixed = page
    .getByRole('listitem')
    .filter({ has: page.locator('[data-upload]'), hasText: 'notes.wav' });
  await mixed.getByRole('button', { name: 'Dismiss', exact: true }).press('Enter');
  await mixed.getByText('One file needs you').waitFor({ state: 'detached' });
  // The file that waits is where it was.
  await mixed.getByText('memo_1774000000.wav').last().waitFor();
  expect(await rows(page).count()).toBe(2);
  await page.keyboard.press('Control+z');
  await mixed.getByText('One file needs you').waitFor();

  await page.getByRole('button', { name: 'Dismiss what was refused' }).press('Enter');
  await expect.poll(() => rows(page).count()).toBe(1);
  await page.reload();
  await page.getByRole('button', { name: 'Show 3 dismissed files' }).waitFor();
  expect(await rows(page).count()).toBe(1);
  await expectAccessibleInBoth(page);
  await page.getByRole('button', { name: 'Show 3 dismissed files' }).press('Enter');
  await expect.poll(() => rows(page).count()).toBe(2);
  expect(await api.db.selectFrom('recordings').select('id').execute()).toHaveLength(4);
});

it('a dismissed file is there again when it goes on', async () => {
  const api = await startApiWithPage();
  await send(api, { 'notes.wav': 'no time in its name' });
  const page = await browser.window({ viewport: PHONE, hasTouch: true, isMobile: true });
  await page.goto(`${api.url}/uploads`);
  await page.getByRole('button', { name: 'Dismiss', exact: true }).tap();
  await expect.poll(() => rows(page).count()).toBe(0);
  await expectNoSidewaysScroll(page);
  const { id } = await api.db.selectFrom('recordings').select('id').executeTakeFirstOrThrow();
  await fetch(`${api.url}/api/v1/recordings/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ startedAtMs: 1_774_000_000_000 }),
  });
  await page.getByText('1 under way').first().waitFor();
  await page.getByText('Under way', { exact: true }).waitFor();
});

it('a file that was not sent to its end is told of on every page after the tab was closed, with how to go on', async () => {
  const api = await startApiWithPage();
  const page = await browser.window({ expected: /ERR_|40[34]/ });
  await page.goto(`${api.url}/uploads`);
  let parts = 0;
  await page.route('**/api/v1/resumable/*', async (route) => {
    if (route.request().method() === 'PATCH' && ++parts > 1) return;
    await route.continue();
  });
  const large = { name: 'large_1774000000.wav', mimeType: '', buffer: Buffer.alloc(9_000_000, 'no sound') };
  await page.getByLabel('Choose files').setInputFiles(large);
  await expect.poll(() => parts).toBe(2);
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(api.url);
  await again
    .getByRole('link', { name: /Uploads/ })
    .getByText('1 needs you')
    .waitFor({ state: 'attached' });
  await again.getByRole('link', { name: /Uploads/ }).click();
  await again.getByText('One file was not sent to its end.').waitFor();
  await again.getByText('large_1774000000.wav').waitFor();
  await expectAccessibleInBoth(again);
  const [chooser] = await Promise.all([
    again.waitForEvent('filechooser'),
    again.getByRole('button', { name: 'Choose files' }).last().press('Enter'),
  ]);
  await chooser.setFiles(large);
  await again.getByText('1 of 1 file sent').waitFor();
  await again.getByText('1 needs you').waitFor({ state: 'detached' });
});
