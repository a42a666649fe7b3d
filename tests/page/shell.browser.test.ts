/** The page opens: what stands around every page, in both shades, in German, on a phone, and where people have to sign in. */
import { expect, it } from 'vitest';
import { createKey } from '../../src/sign-in/keys.ts';
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
