/** What a load of the page asks the server for: each thing once, and again only what an event has named. */
import type { Locator, Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { startPlacer } from '../support/timeline.ts';
import { useBrowser } from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const browser = useBrowser();
const START_MS = Date.UTC(2026, 2, 20, 8);

async function setUp() {
  const api = await startApiWithPage();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  const add = async (name: string, startedAtMs: number) => {
    const words = [{ atS: 0, forS: 5, text: 'We paint the kitchen window', speaker: 'a' }];
    const recording = { id: name, userId: 'local', microphone: name, startedAtMs, words };
    await placer.hear(recording);
    await placer.place(recording);
  };
  await add('one', START_MS);
  const { id } = await api.db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const star = async () =>
    await fetch(`${api.url}/api/v1/conversations/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"starred": true}',
    });
  return { ...api, id, star, add };
}

/** @returns what the page has asked the API for, in order */
function watchReads(page: Page): string[] {
  const reads: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/api/')) reads.push(pathname + search);
  });
  return reads;
}

const isStarred = (page: Page) => page.getByRole('button', { name: /^Take the star from/ }).waitFor();

it('asks for each thing once, and again for what an event has named', async () => {
  const { url, id, star } = await setUp();
  const page = await browser.window();
  const reads = watchReads(page);
  const streamed = page.waitForResponse(/\/api\/v1\/events$/);
  await page.goto(url);
  await page.getByRole('article').waitFor();
  await streamed;
  await star();
  await isStarred(page);
  expect(reads).toContain(`/api/v1/conversations?limit=100&ids=${id}`);
  const again = reads.filter((read, at) => reads.indexOf(read) !== at);
  // The folders have counts, which this event may have changed.
  expect(again).toEqual(['/api/v1/folders']);
});

it('is seen, and asks for what it reads first, while its libraries and its styles are still on their way', async () => {
  const { url, id } = await setUp();
  // The conversation has words only, and no sound.
  const page = await browser.window({ expected: /404/ });
  const reads = watchReads(page);
  const later = async (path: string, first: readonly RegExp[], shown: Locator) => {
    const asked = Promise.all(first.map((address) => page.waitForRequest(address)));
    const held = /\/assets\/(libraries|index)-/;
    await page.route(held, async (route) => {
      await Promise.all([asked, page.locator('.first').getByText('Afterword').first().waitFor()]);
      await route.continue();
    });
    reads.length = 0;
    await page.goto(url + path);
    await shown.waitFor();
    await page.unroute(held);
    expect(reads.filter((read, at) => reads.indexOf(read) !== at)).toEqual([]);
  };
  const list = [/\/me$/, /\/conversations\?limit=100$/, /\/folders$/];
  await later('/', list, page.getByRole('article'));
  await later(`/c/${id}`, [/\/me$/, new RegExp(`/conversations/${id}$`)], page.getByText('We paint the'));
});

it('is told of what changes after it has read and before its stream is open', async () => {
  const { url, star } = await setUp();
  const page = await browser.window();
  await page.route(/\/api\/v1\/events$/, async (route) => {
    await page.getByRole('article').waitFor();
    await star();
    await route.continue();
  });
  await page.goto(url);
  await isStarred(page);
});

it('opens its stream anew where a proxy keeps it open and lets nothing through any more', async () => {
  const { url, star } = await setUp();
  const proxy = await startHoldingProxy(url);
  const page = await browser.window();
  await page.clock.install();
  const streamed = page.waitForResponse(/\/api\/v1\/events$/);
  await page.goto(proxy.url);
  await page.getByRole('article').waitFor();
  await streamed;
  expect(proxy.hold()).toBe(1);
  await star();
  // The server gives a sign every 15 s, and three of them were missed.
  await page.clock.fastForward(46_000);
  await isStarred(page);
});

it('puts what has changed while the list was asked for into the list', async () => {
  const { url, star } = await setUp();
  const page = await browser.window();
  const streamed = page.waitForResponse(/\/api\/v1\/events$/);
  await page.route(/\/api\/v1\/conversations\?limit=100$/, async (route) => {
    const before = await route.fetch();
    await streamed;
    const told = page.waitForRequest(/\/api\/v1\/folders$/);
    await star();
    // The folders are asked for again by the same event.
    await told;
    await route.fulfill({ response: before });
  });
  await page.goto(url);
  await isStarred(page);
});

it('reads a list anew that nobody looked at while it changed', async () => {
  const { url, add } = await setUp();
  const page = await browser.window();
  const streamed = page.waitForResponse(/\/api\/v1\/events$/);
  await page.goto(url);
  await page.getByRole('article').waitFor();
  await streamed;
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  // The settings list the folders, which are asked for again by the same events.
  const told = page.waitForRequest(/\/api\/v1\/folders$/);
  await add('two', START_MS + 86_400_000);
  await told;
  await page.getByRole('link', { name: 'Conversations' }).click();
  await expect.poll(() => page.getByRole('article').count()).toBe(2);
});
