/** First run, the settings, and the page without a network. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newVapidKeys } from '../../src/push/settings.ts';
import { formOf, NAME } from '../support/api.ts';
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
  expect(await page.getByRole('button', { name: 'Try it with a sample day' }).count()).toBe(0);
});

it('keeps settings, shows a key once, asks before what cannot be undone, and fits a phone', async () => {
  const { url, db } = await startApiWithPage();
  const page = await browser.window({ expected: /403/ });
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
  // Without the right to the clipboard it is marked, so that it can be copied by hand.
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByText(/^Copied$|copy it by hand/).waitFor();
  await page.reload();
  await page.getByText('backup').waitFor();
  expect(await page.locator('code').count()).toBe(0);

  await page.setViewportSize(PHONE);
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Delete everything' }).click();
  const question = page.getByRole('alertdialog');
  const button = question.getByRole('button', { name: 'Delete everything' });
  expect(await button.isDisabled()).toBe(true);
  await question.getByRole('textbox').fill('delete everything');
  // What was typed for a question that was left is no answer to the next one.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete everything' }).click();
  expect(await button.isDisabled()).toBe(true);
  await question.getByRole('textbox').fill('Delete everything');
  const otherTab = await page.context().newPage();
  await otherTab.goto(`${url}/settings`);
  await otherTab.getByLabel('Names and terms').waitFor();
  await button.click();
  await page.waitForURL(`${url}/`);
  await page.getByText('Everything of yours is deleted').waitFor();
  // Another tab shows nothing that is not there any more, and says why.
  await otherTab.waitForURL(`${url}/`);
  await otherTab.getByText('Everything of yours is deleted').waitFor();
  await otherTab.close();
  await page.reload();
  await page.getByText('Everything of yours is deleted').waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessibleInBoth(page);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByText('Everything of yours is deleted').waitFor({ state: 'detached' });
  expect(await db.selectFrom('api_keys').select('id').execute()).toEqual([]);

  // Whoever deleted everything can begin again.
  await page.goto(`${url}/uploads`);
  const file = { name: 'memo_1774000000.wav', mimeType: '', buffer: Buffer.from('not audio') };
  await page.getByLabel('Choose files').setInputFiles(file);
  await page.getByText('You have deleted everything of yours here').waitFor();
  await page.getByRole('button', { name: 'Send it all the same' }).click();
  await page.getByText('Sent', { exact: true }).waitFor();
});

it('folders are made, renamed, ordered and removed by keyboard; what was refused is said', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({ expected: /40[09]|422/ });
  await page.goto(`${url}/settings`);
  const section = page.getByRole('region', { name: 'Folders' });
  const names = () => section.getByRole('listitem').locator('p:first-child').allTextContents();
  await section.getByRole('listitem').first().waitFor();
  const before = await names();
  await section.getByLabel('Name', { exact: true }).fill('Boat');
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual([...before, 'Boat']);
  await section.getByRole('button', { name: 'Rename “Boat”' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Rename “Boat”' });
  await dialog.getByLabel('Name', { exact: true }).fill('The boat');
  // What was typed stays where the page is loaded anew, as for signing in again.
  page.on('dialog', (one) => void one.accept());
  await page.reload();
  await expect
    .poll(() =>
      dialog
        .getByLabel('Name', { exact: true })
        .inputValue()
        .catch(() => ''),
    )
    .toBe('The boat');
  await dialog.getByLabel('What belongs there').fill('Sails');
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual([...before, 'The boat']);
  await section.getByText('Sails · 0 conversations').waitFor();
  await section.getByRole('button', { name: 'Move “The boat” up' }).press('Enter');
  await expect.poll(names).toEqual([...before.slice(0, -1), 'The boat', before.at(-1)]);
  // The button keeps the focus for the next place.
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual([...before.slice(0, -2), 'The boat', ...before.slice(-2)]);
  await expectAccessibleInBoth(page);
  await section.getByRole('button', { name: 'Remove “The boat”' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await expect.poll(names).toEqual(before);
  for (const name of before.slice(1)) {
    await section.getByRole('button', { name: `Remove “${name}”` }).press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
  }
  await expect.poll(names).toEqual(before.slice(0, 1));
  await section.getByRole('button', { name: `Remove “${before[0]}”` }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await page.getByText('It is the only folder. Make another one first.').waitFor();
  await page.getByRole('textbox', { name: 'Languages' }).fill('no language');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Not known as a language: no language.').waitFor();
  await page.getByRole('textbox', { name: 'Languages' }).fill('Schwedisch, swedish, pt-BR');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Not known as a language: Schwedisch.').waitFor();
  await page.getByRole('textbox', { name: 'Languages' }).fill('svenska, swedish, pt-BR');
  await page.getByText('Speech in Swedish and Brazilian Portuguese is marked as not understood').waitFor();
  await expectAccessibleInBoth(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(await (await fetch(`${url}/api/v1/me`)).json()).toMatchObject({ languages: ['sv', 'pt-BR'] });
});

it('everything is saved as one archive; notifications say why they cannot be turned on here, and devices are removed', async () => {
  const vapid = { ...newVapidKeys(), subject: 'mailto:operator@example.com' };
  const { url } = await startApiWithPage({
    secretKeys: ['0123456789abcdef0123456789abcdef'],
    push: { fcm: null, vapid, networks: [] },
  });
  await fetch(`${url}/api/v1/recordings`, { method: 'POST', body: formOf({ [NAME]: 'of me' }) });
  const keys = { p256dh: vapid.publicKey, auth: Buffer.alloc(16, 7).toString('base64url') };
  const added = await fetch(`${url}/api/v1/push/devices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'web',
      name: 'Old phone',
      subscription: { endpoint: 'https://push.example.com/abc', keys },
    }),
  });
  expect(added.status).toBe(201);
  const page = await browser.window({ serviceWorkers: 'allow', permissions: ['notifications'] });
  await page.goto(`${url}/settings`);
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export everything' }).click();
  const { stdout } = await promisify(execFile)('tar', ['-tf', await (await saved).path()]);
  expect(stdout).toContain(NAME);

  // As a browser does in which somebody has forbidden sites to keep anything.
  const forgetful = await browser.window();
  await forgetful.addInitScript(() => {
    const refuse = {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    };
    Object.defineProperties(window, { localStorage: refuse, sessionStorage: refuse });
  });
  await forgetful.goto(`${url}/settings`);
  await forgetful.getByText('Old phone').waitFor();

  const push = page.getByRole('region', { name: 'Notifications', exact: true });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // A browser without a window lets no page ask for notifications.
  await push.getByText(/This browser has (none|blocked them)/).waitFor();
  await push.getByText('Old phone').waitFor();
  await push.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => push.getByText('Old phone').count()).toBe(0);
});

const PAGES = [
  ['/', /\/api\/v1\/conversations\?/],
  ['/uploads', /\/api\/v1\/uploads\?/],
  ['/settings', /\/api\/v1\/me\/keys/],
] as const;

it('each page says why it was refused, and goes on when it is asked again', async () => {
  const { url } = await startApiWithPage();
  const page = await browser.window({ expected: /4\d\d|500|503|Failed to/ });
  const refuse = async (pattern: string | RegExp, status: number, code: string) =>
    await page.route(pattern, (route) =>
      route.fulfill({
        status,
        headers: { 'retry-after': '7' },
        contentType: 'application/problem+json',
        body: JSON.stringify({ status, code, title: 'x', retryable: false, remedy: 'y' }),
      }),
    );
  for (const [path, pattern] of PAGES) {
    await refuse(pattern, 429, 'too_many_requests');
    await page.goto(`${url}${path}`);
    const problem = page.getByRole('alert').filter({ hasText: 'You have asked more often' });
    await problem.getByText('It may work again in 7s.').waitFor();
    await page.unroute(pattern);
    await problem.getByRole('button', { name: 'Try again' }).click();
    await problem.waitFor({ state: 'detached' });
  }
  await refuse('**/api/v1/operation/events', 403, 'scope_missing');
  await page.goto(`${url}/operation`);
  await page.getByText('This page is for administrators').waitFor();
  await page.unroute('**/api/v1/operation/events');

  // A change that is refused, or reaches nobody, is said too, and what was typed stays.
  await page.goto(`${url}/settings`);
  await page.getByLabel('Names and terms').fill('Omi');
  const save = async (said: RegExp) => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(said).waitFor();
    expect(await page.getByLabel('Names and terms').inputValue()).toBe('Omi');
  };
  const me = '**/api/v1/me';
  for (const [status, code, said] of [
    [412, 'changed_meanwhile', /It was changed elsewhere meanwhile/],
    [503, 'not_changed', /The change could not be made right now/],
    [500, 'internal', /Something went wrong in the server/],
  ] as const) {
    await refuse(me, status, code);
    await save(said);
    await page.unroute(me);
  }
  await page.route(me, (route) => route.abort());
  await save(/The server was not reached/);
  await page.unroute(me);

  // Of two files that are alike the second is not here because the first was to be sent.
  await refuse('**/api/v1/recordings', 413, 'too_large');
  await page.goto(`${url}/uploads`);
  const alike = ['one.wav', 'two.wav'].map((name) => ({ name, mimeType: '', buffer: Buffer.from('alike') }));
  await page.getByLabel('Choose files').setInputFiles(alike);
  const sending = page.getByRole('region', { name: 'Being sent' });
  await expect.poll(() => sending.getByText('Not sent').count()).toBe(2);
  await page.unroute('**/api/v1/recordings');
  // A proxy in between has no code.
  await page.route('**/api/v1/recordings', (route) =>
    route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413 Request Entity Too Large</h1>' }),
  );
  const large = { name: 'large.wav', mimeType: '', buffer: Buffer.from('large') };
  await page.getByLabel('Choose files').setInputFiles(large);
  const refused = sending.getByRole('listitem').filter({ hasText: 'large.wav' });
  await refused.getByText('The file is larger than the server takes').waitFor();
  await page.unroute('**/api/v1/recordings');

  // A proxy answers in place of a server that is being replaced.
  await refuse('**/api/v1/events', 404, 'not_found');
  await page.clock.install();
  await page.goto(`${url}/settings`);
  await page.getByText('The server does not answer').waitFor();
  await page.unroute('**/api/v1/events');
  await page.clock.fastForward(15_000);
  await page.getByText('The server does not answer').waitFor({ state: 'detached' });
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
