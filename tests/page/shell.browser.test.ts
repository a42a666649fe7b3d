/** The page opens: what stands around every page, in both shades, in German, on a phone, and where people have to sign in. */
import { expect, it } from 'vitest';
import { createKey } from '../../src/sign-in/keys.ts';
import { secret } from '../support/api.ts';
import {
  expectAccessible,
  expectAccessibleInBoth,
  expectNoSidewaysScroll,
  PHONE,
  useBrowser,
} from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const browser = useBrowser();

it('opens on an empty list that explains itself, and leads to every page by keyboard', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  await expectAccessibleInBoth(page);
  for (const [key, name] of [
    ['u', 'Uploads'],
    ['o', 'Operation'],
    ['s', 'Settings'],
    ['c', 'Conversations'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect.poll(() => page.title()).toBe(`${name} · Afterword`);
    // Whoever does not see the page is told where they are.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name);
  }
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys of this page' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('dark');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.shade)).toBe('dark');
  await page.reload();
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.shade)).toBe('dark');
});

it('speaks German where the browser does, and fits a phone', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({ locale: 'de-DE', viewport: PHONE, hasTouch: true, isMobile: true });
  await page.goto(url);
  await page.getByRole('heading', { name: 'Noch ist nichts da' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.getByRole('navigation').getByRole('link', { name: 'Einstellungen' }).tap();
  await expect.poll(() => page.title()).toBe('Einstellungen · Afterword');
  await expectNoSidewaysScroll(page);
});

it('takes a key where the server does, keeps it in the tab, and forgets it', async () => {
  const { url, db } = await startApiWithPage({ modes: ['keys'], singleUser: false });
  const wanted = { userId: 'ana', name: 'page', scopes: ['operate'], expiresAtMs: null } as const;
  const { token } = await createKey(db, secret.keyFor('api keys'), wanted, 'Europe/Stockholm');
  const page = await browser.window({ expected: /401/ });
  await page.goto(`${url}/uploads`);
  await page.getByLabel('API key').fill('afw_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('does not know this key').waitFor();
  await expectAccessibleInBoth(page);
  await page.getByLabel('API key').fill(token);
  await page.keyboard.press('Enter');
  await page.getByText('Signed in as ana').waitFor();
  await expect.poll(() => page.title()).toBe('Uploads · Afterword');
  await page.reload();
  await page.getByText('Signed in as ana').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
});
