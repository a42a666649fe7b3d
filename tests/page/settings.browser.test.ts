/** First run, the settings, and the page without a network. */
import { expect, it } from 'vitest';
import { expectAccessibleInBoth, expectNoSidewaysScroll, PHONE, useBrowser } from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const browser = useBrowser();

it('an empty page takes in the sample day by one click', async () => {
  const { url, db } = await startApiWithPage();
  const page = await browser.window();
  await page.goto(url);
  await page.getByRole('button', { name: 'Try it with a sample day' }).click();
  await page.getByRole('heading', { name: 'Your 6 recordings are being worked on' }).waitFor();
  await expectAccessibleInBoth(page);
  const rows = await db.selectFrom('recordings').select('user_id').execute();
  expect(rows).toEqual(Array(6).fill({ user_id: 'local' }));
});

it('keeps settings, shows a key once, asks before what cannot be undone, and fits a phone', async () => {
  const { url, db } = await startApiWithPage();
  const page = await browser.window();
  await page.goto(`${url}/settings`);
  await page.getByLabel('Names and terms').fill('Afterword\n\n Omi ');
  await page.getByLabel('Time zone').selectOption('Europe/Stockholm');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const me = async () => (await (await fetch(`${url}/api/v1/me`)).json()) as Record<string, unknown>;
  expect(await me()).toMatchObject({ vocabulary: ['Afterword', 'Omi'], timeZone: 'Europe/Stockholm' });

  // What makes something vanish is asked about first.
  await page.getByLabel('Audio and words').selectOption('30');
  expect(await me()).toMatchObject({ retentionDays: null });
  await page.getByRole('button', { name: 'Keep it shorter' }).click();
  await expect.poll(async () => (await me()).retentionDays).toBe(30);

  await page.getByLabel('What it is for').fill('backup');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByText('It is shown this once').waitFor();
  expect(await page.locator('code').textContent()).toMatch(/^afw_/);
  await expectAccessibleInBoth(page);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('revoked').waitFor();

  await page.setViewportSize(PHONE);
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Delete everything' }).click();
  const question = page.getByRole('alertdialog');
  const button = question.getByRole('button', { name: 'Delete everything' });
  expect(await button.isDisabled()).toBe(true);
  await question.getByRole('textbox').fill('delete everything');
  await button.click();
  await page.waitForURL(`${url}/`);
  expect(await db.selectFrom('api_keys').select('id').execute()).toEqual([]);
});

it('stays readable without a network, also when it is opened anew, and goes on by itself', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({
    serviceWorkers: 'allow',
    expected: /ERR_INTERNET_DISCONNECTED|Failed to fetch/,
  });
  await page.goto(url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await page.context().setOffline(true);
  await page.getByText('No network.').waitFor();
  await page.reload();
  await page.getByText('No network.').waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await expect.poll(() => page.title()).toBe('Settings · Afterword');
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => await (await caches.open(name)).keys()));
    return requests.flat().map((request) => new URL(request.url).pathname);
  });
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.filter((path) => path.startsWith('/api/'))).toEqual([]);
  await page.context().setOffline(false);
  await page.getByLabel('Names and terms').waitFor();
  await expect.poll(() => page.getByText('No network.').count()).toBe(0);
});
