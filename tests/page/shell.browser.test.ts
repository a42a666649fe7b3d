/** The page opens: what stands around every page, in both shades, in German, on a phone, and where people have to sign in. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { createKey, revokeKey } from '../../src/sign-in/keys.ts';
import { secret } from '../support/api.ts';
import { startProvider } from '../support/oidc-provider.ts';
import {
  expectAccessible,
  expectAccessibleInBoth,
  expectNoSidewaysScroll,
  PHONE,
  useBrowser,
} from './browser.ts';
import { startApiWithPage } from './page-server.ts';
import { placeTalk } from './talk.ts';

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

it('shows what it could not read as soon as the server answers again', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({ expected: /ERR_|503/ });
  const isList = /\/api\/v1\/(conversations\?|events)/;
  await page.route(isList, (route) => route.abort());
  await page.goto(url);
  await page.getByRole('alert').getByText('That did not work').waitFor();
  await page.unroute(isList);
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
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

it('says at an address that has nothing that there is nothing, with a way on, and of the API where it is described', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({ expected: /404/ });
  expect((await page.goto(`${url}/bogus/address`))?.status()).toBe(404);
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
  await expectAccessibleInBoth(page);
  await page.goto(`${url}/api/v1/bogus`);
  await page.getByRole('link', { name: 'To the description of the API' }).waitFor();
  await expectAccessibleInBoth(page);
  await page.getByRole('link', { name: 'To the conversations' }).press('Enter');
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();

  const phone = { viewport: PHONE, hasTouch: true, isMobile: true, locale: 'de-DE' };
  const german = await browser.window({ ...phone, expected: /404/ });
  await german.goto(`${url}/api/v1/bogus`);
  await german.getByRole('heading', { name: 'Unter dieser Adresse ist nichts' }).waitFor();
  await expectAccessibleInBoth(german);
  await expectNoSidewaysScroll(german);
});

it('offers no sign-out where nobody signs in', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('sign');
  await page
    .getByText('Search the conversations for “sign”')
    .or(page.getByText(/“sign”/))
    .first()
    .waitFor();
  expect(await page.getByText('Sign out').count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.setViewportSize(PHONE);
  await page.goto(`${url}/settings`);
  await page.getByRole('heading', { name: 'Everything of yours' }).waitFor();
  expect(await page.getByText('Sign out').count()).toBe(0);
  expect(await page.getByText('Signed in as').count()).toBe(0);
});

it('names the zone of its times on every page where the browser has another one, and offers that one', async () => {
  const api = await startApiWithPage();
  const talk = await placeTalk(api);
  const page = await browser.window({ timezoneId: 'Europe/Stockholm' });
  for (const path of ['/', `/c/${talk.id}`, '/uploads', '/operation', '/settings']) {
    await page.goto(api.url + path);
    await page.getByText('Times are shown in UTC, and your browser is in Europe/Stockholm.').waitFor();
  }
  await page.goto(`${api.url}/c/${talk.id}`);
  await expectAccessibleInBoth(page);
  // Whoever leaves it so is reminded of it at the side.
  await page.getByRole('button', { name: 'Leave UTC' }).click();
  await page.reload();
  await page.getByText('Times in UTC', { exact: true }).waitFor();
  expect(await page.getByText('Times are shown in').count()).toBe(0);

  const other = await browser.window({ timezoneId: 'Europe/Stockholm' });
  await other.goto(`${api.url}/c/${talk.id}`);
  await other.getByRole('button', { name: 'Use Europe/Stockholm' }).press('Enter');
  await other.getByText('Times are shown in').waitFor({ state: 'detached' });
  expect(await other.getByText(/UTC/).count()).toBe(0);
  const me = await (await fetch(`${api.url}/api/v1/me`)).json();
  expect(me).toMatchObject({ timeZone: 'Europe/Stockholm' });
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

  // Whoever comes next sees nothing of those before, not for a moment.
  const bob = await createKey(db, secret.keyFor('api keys'), { ...wanted, userId: 'bob' }, 'UTC');
  const seen = page.waitForFunction(() => document.body.textContent?.includes('Signed in as'));
  await page.getByLabel('API key').fill(bob.token);
  await page.keyboard.press('Enter');
  expect(await (await seen).evaluate(() => document.body.textContent)).toContain('Signed in as bob');
});

it('signs in at a provider, says why it did not succeed, and ends sessions elsewhere', async () => {
  const urls: string[] = [];
  const provider = await startProvider(() => urls.map((url) => `${url}/auth/callback`));
  const { issuer, clientId, clientSecret } = provider;
  const { url } = await startApiWithPage({
    modes: ['oidc'],
    singleUser: false,
    oidc: { issuer, clientId, clientSecret },
    people: ['ana@example.com'],
  });
  urls.push(url);
  const expected = /40[013]|ERR_FAILED/;
  const page = await browser.window({ expected });
  const way = page.getByRole('link', { name: `Continue with ${new URL(issuer).host}` });
  await page.goto(`${url}/settings`);
  provider.person = { subject: 'eve', email: 'eve@example.com', email_verified: true };
  await way.click();
  await page.getByText('You may not use this server').waitFor();
  expect(page.url()).toBe(`${url}/`);
  await expectAccessibleInBoth(page);
  // Somebody presses Cancel at the provider, and somebody comes back too late or with an old address.
  await page.goto(`${url}/auth/callback?error=access_denied&state=x`);
  await page.getByText('The sign-in did not succeed').waitFor();
  // The provider has a session of its own, of whoever was refused.
  await page.context().clearCookies();
  provider.person = { subject: 'ana', email: 'ana@example.com', email_verified: true };
  await page.goto(`${url}/settings`);
  await way.press('Enter');
  await page.getByText('this browser').waitFor();
  expect(page.url()).toBe(`${url}/settings`);

  const other = await browser.window({ expected });
  await other.goto(url);
  await other.getByRole('link', { name: /Continue with/ }).click();
  await other.getByText(/Signed in as/).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Sign all other browsers out' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Sign all other browsers out' }).count()).toBe(0);
  await other.reload();
  await other.getByRole('link', { name: /Continue with/ }).waitFor();
  // A session is that of the browser: who signs in in one tab has signed in in all.
  const tab = await other.context().newPage();
  await tab.goto(url);
  await tab.getByRole('link', { name: /Continue with/ }).click();
  await tab.getByText(/Signed in as/).waitFor();
  await other.getByText(/Signed in as/).waitFor();
  await tab.close();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.getByRole('link', { name: /Continue with/ }).waitFor();
  // An account that was linked already is linked again without harm; the provider leads back to the settings.
  await page.getByRole('button', { name: 'Link another account' }).click();
  await page.waitForURL(`${url}/settings`);
  await page.getByText('this browser').waitFor();

  // Nobody believes that they are signed out while they are not.
  await page.route('**/auth/sign-out', (route) => route.abort());
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByText('you are still signed in').waitFor();
  await page.unroute('**/auth/sign-out');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await way.waitFor();
});

/** Opens a line to correct and types into it. @returns its field */
async function correct(page: Page, from: string, to: string) {
  await page.locator('[data-line]').filter({ hasText: from }).first().focus();
  await page.keyboard.press('e');
  const field = page.getByRole('textbox', { name: 'Text of this line' });
  await field.fill(to);
  return field;
}

it('goes on with what was typed and sent when somebody has to sign in again in the middle of it', async () => {
  const large = { name: 'large_1774000000.wav', mimeType: '', buffer: Buffer.alloc(9_000_000, 'no sound') };
  const api = await startApiWithPage({ modes: ['keys'], singleUser: false });
  const talk = await placeTalk(api, 'ana');
  const wanted = { userId: 'ana', name: 'page', scopes: ['operate'], expiresAtMs: null } as const;
  const keyOf = async (userId: string) =>
    await createKey(api.db, secret.keyFor('api keys'), { ...wanted, userId }, 'UTC');
  const first = await keyOf('ana');
  const page = await browser.window({ expected: /401|40[34]/ });
  const signIn = async (token: string) => {
    await page.getByLabel('API key').fill(token);
    await page.keyboard.press('Enter');
  };
  await page.goto(`${api.url}/c/${talk.id}`);
  await signIn(first.token);
  const field = await correct(page, 'Good morning', 'Good morning to all of you');
  await page.getByRole('button', { name: 'Add a task' }).click();
  const due = page.getByLabel('Due', { exact: true });
  await due.fill('2026-12-01T09:00');
  await page.getByRole('link', { name: 'Settings' }).click();
  const terms = page.getByLabel('Names and terms');
  await terms.fill('Kvarnby');
  await page.getByRole('link', { name: 'Uploads' }).click();
  const offsets: string[] = [];
  await page.route('**/api/v1/resumable/*', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return await route.continue();
    offsets.push(request.headers()['upload-offset'] ?? '');
    // The key ends after the first of two requests.
    if (offsets.length === 2) await revokeKey(api.db, 'ana', first.key.id);
    await route.continue();
  });
  await page.getByLabel('Choose files').setInputFiles(large);
  await page.getByText('Your files wait').waitFor();
  await expectAccessibleInBoth(page);
  // A network that comes back meanwhile changes nothing of that.
  const [tried] = await Promise.all([
    page.waitForResponse((response) => response.url().includes('/api/v1/resumable/')),
    page.evaluate(() => window.dispatchEvent(new Event('online'))),
  ]);
  expect(tried.status()).toBe(401);
  await signIn((await keyOf('ana')).token);
  await page.getByText('1 of 1 file sent').waitFor();
  expect(offsets).toEqual(['0', '8388608', '8388608']);
  await page.goBack();
  await expect.poll(() => terms.inputValue()).toBe('Kvarnby');
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe('Good morning to all of you');
  expect(await due.inputValue()).toBe('2026-12-01T09:00');
  // Also where the way to sign in leads over another page.
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect.poll(() => field.inputValue()).toBe('Good morning to all of you');
  await expect.poll(() => field.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(700);
  expect(await due.inputValue()).toBe('2026-12-01T09:00');

  // Whoever else signs in finds nothing of it.
  await api.db.deleteFrom('api_keys').execute();
  await page.keyboard.press('Control+Enter');
  await page.getByText('What you have typed is kept').waitFor();
  await signIn((await keyOf('bob')).token);
  await page.getByRole('heading', { name: 'This conversation is not there', level: 2 }).waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem('afterword.drafts'))).toBeNull();
  await expectAccessibleInBoth(page);
});

it('stays where a part of it cannot be fetched, and offers the version that the server has where it is another', async () => {
  const api = await startApiWithPage();
  const talk = await placeTalk(api);
  const page = await browser.window({ expected: /ERR_FAILED|PartMissing/ });
  let loads = 0;
  page.on('domcontentloaded', () => {
    loads += 1;
  });
  await page.goto(`${api.url}/c/${talk.id}`);
  const field = await correct(page, 'Good morning', 'Good morning to all of you');
  const isPart = /\/assets\/.*\.js$/;
  await page.route(isPart, (route) => route.abort());
  await page.route(`${api.url}/`, (route) => route.abort());
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('alert').getByText('could not be loaded').waitFor();
  expect(await page.getByRole('button', { name: 'Load it anew' }).count()).toBe(0);
  // The server answers again, but a browser does not fetch again what it could not fetch once.
  await page.unroute(`${api.url}/`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('A part of this page is missing. What you have typed is kept.').waitFor();
  await page.goBack();
  // What stands around the pages is not lost with a part of it.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Roof of the old mill' }).waitFor();
  expect(await field.inputValue()).toBe('Good morning to all of you');
  // The server gets another version, which has the part by another name.
  await page.route(`${api.url}/`, async (route) => {
    const document = await (await route.fetch()).text();
    const body = document.replace(/src="\/assets\/[^"]*"/, 'src="/assets/index-another.js"');
    await route.fulfill({ body, contentType: 'text/html' });
  });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('The server has a newer version of this page. What you have typed is kept.').waitFor();
  await expectAccessibleInBoth(page);
  expect(loads).toBe(1);
  await page.unroute(isPart);
  await page.unroute(`${api.url}/`);
  await page.getByRole('button', { name: 'Load it anew' }).click();
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  expect(loads).toBe(2);
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe('Good morning to all of you');
});
