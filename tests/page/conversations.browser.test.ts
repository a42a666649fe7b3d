/** The list of conversations: by day, searched as one types, narrowed, and kept as it is now while things happen. */
import pg from 'pg';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { fillPerson } from '../support/filled-tables.ts';
import { startPlacer } from '../support/timeline.ts';
import {
  expectAccessible,
  expectAccessibleInBoth,
  expectNoSidewaysScroll,
  PHONE,
  useBrowser,
} from './browser.ts';
import { startApiWithPage } from './page-server.ts';

const browser = useBrowser();
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 20, 8);

async function setUp() {
  const api = await startApiWithPage();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  /** A conversation with its words, and with a title where one is made. @returns its id */
  const say = async (id: string, startedAtMs: number, lines: readonly string[], title?: string) => {
    const words = lines.map((text, n) => ({ atS: n * 10, forS: 5, text, speaker: n % 2 === 0 ? 'a' : 'b' }));
    const recording = { id, userId: 'local', microphone: id, startedAtMs, words };
    await placer.hear(recording);
    await placer.place(recording);
    const { id: conversation } = await api.db
      .selectFrom('segments')
      .select('conversation_id as id')
      .where('recording_id', '=', id)
      .executeTakeFirstOrThrow();
    if (title !== undefined) await ready(conversation ?? '', title);
    return conversation ?? '';
  };
  const ready = async (id: string, title: string) => {
    const understanding = JSON.stringify({
      title,
      overview: `${title}, told in a sentence.`,
      emoji: '',
      category: 'other',
      keyPoints: [],
      actionItems: [],
      madeBy: { kind: 'extractive', model: 'm', version: '1' },
    });
    await api.db
      .updateTable('conversations')
      .set((eb) => ({ understanding, understood_revision: eb.ref('revision') }))
      .where('id', '=', id)
      .execute();
  };
  return { ...api, say, ready };
}

const titles = async (page: Page) => await page.getByRole('article').getByRole('heading').allTextContents();

it('lists by day, goes by keyboard, stars, moves to a folder, and fits a phone', async () => {
  const { url, db, say } = await setUp();
  await say('one', START_MS, ['We paint the kitchen window'], 'Kitchen window');
  await say('two', START_MS + DAY_MS, ['The budget of the roof'], 'Budget');
  await say('three', START_MS + DAY_MS + 7_200_000, ['What nobody has understood yet']);
  const page = await browser.window();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Saturday 21 March' }).waitFor();
  expect(await titles(page)).toEqual(['No title yet', 'Budget', 'Kitchen window']);
  await expectAccessibleInBoth(page);

  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Take the star from “Budget”' }).waitFor();
  await page.getByRole('button', { name: 'Move “Budget” to a folder' }).click();
  await page.getByRole('menuitemradio', { name: 'Work' }).click();
  await expect
    .poll(
      async () =>
        await db.selectFrom('conversations').select('folder_id').where('folder_id', '=', 'work').execute(),
    )
    .toEqual([{ folder_id: 'work' }]);
  await page.getByRole('button', { name: 'Starred', exact: true }).click();
  await expect.poll(() => titles(page)).toEqual(['Budget']);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => titles(page)).toHaveLength(3);
  await page.getByRole('button', { name: 'Narrow it down' }).click();
  await page.getByLabel('Until').fill('2026-03-20');
  await expect.poll(() => titles(page)).toEqual(['Kitchen window']);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Kitchen window' }).click();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/c\/cnv_/);
  await page.goBack();
  await expect.poll(() => titles(page)).toEqual(['Kitchen window']);

  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('link', { name: 'Kitchen window' }).focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => titles(page)).toEqual(['No title yet', 'Budget']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => titles(page)).toHaveLength(3);
  // The number of a folder is that of what is seen in it.
  const work = page.getByRole('button', { name: /^Work/ });
  await expect.poll(() => work.textContent()).toBe('Work1');
  await page.getByRole('link', { name: 'Budget' }).focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => work.textContent()).toBe('Work0');
  await page.keyboard.press('Control+z');
  await expect.poll(() => work.textContent()).toBe('Work1');

  await page.setViewportSize(PHONE);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

it('searches as one types, marks what it found, and leads to the line', async () => {
  const { url, say } = await setUp();
  const id = await say('one', START_MS, ['Nothing here', 'We painted the kitchen window'], 'At home');
  await say('two', START_MS + DAY_MS, ['The budget of the roof'], 'Budget');
  const page = await browser.window();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Budget' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('kitch');
  await expect.poll(() => titles(page)).toEqual(['At home']);
  expect(await page.locator('mark').allTextContents()).toEqual(['kitchen']);
  await page.keyboard.type('en painting');
  await expect.poll(() => page.locator('mark').allTextContents()).toEqual(['painted', 'kitchen']);
  await page.getByText('1 conversation found').first().waitFor();
  await expectAccessibleInBoth(page);
  await page.getByRole('link', { name: /We painted the kitchen window/ }).click();
  await expect.poll(() => page.url()).toBe(`${url}/c/${id}?at=${START_MS + 10_000}`);
  await page.goBack();
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('kitchen painting');
  // Where nothing is found, it is said what is searched, and fewer conditions are one click away.
  await page.goto(`${url}/?q=kitchen+elephant&starred=true`);
  await page.getByText('0 conversations found').first().waitFor();
  await expectAccessibleInBoth(page);
  await page.getByRole('link', { name: 'Search all conversations' }).click();
  await page.getByRole('link', { name: 'Search all conversations' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Search for “elephant” alone' }).click();
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('elephant');
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect.poll(() => titles(page)).toEqual(['Budget', 'At home']);
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await expect.poll(() => titles(page)).toEqual(['Budget', 'At home']);
  await page.keyboard.press('Control+k');
  const searches: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/api/v1/search') searches.push(searchParams.get('q') ?? '');
  });
  await page.getByRole('combobox').pressSequentially('kitchen');
  await page.getByRole('option', { name: 'At home' }).waitFor();
  // A word is not asked for letter by letter.
  expect(searches.length).toBeLessThan('kitchen'.length - 1);
  const found = page.getByRole('option', { name: 'At home' });
  expect(await found.locator('mark').textContent()).toBe('kitchen');
  // The first hit is chosen, and what is chosen goes with the hits: Enter always leads somewhere.
  const isChosen = () => found.getAttribute('aria-selected');
  await expect.poll(isChosen).toBe('true');
  await page.keyboard.press('Control+a');
  await page.getByRole('combobox').pressSequentially('budget');
  const other = page.getByRole('option', { name: /^Budget/ });
  await expect.poll(() => other.getAttribute('aria-selected').catch(() => null)).toBe('true');
  await page.keyboard.press('Control+a');
  await page.getByRole('combobox').pressSequentially('kitchen');
  await expect.poll(() => isChosen().catch(() => null)).toBe('true');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toMatch(new RegExp(`/c/${id}\\?at=`));
});

it('shows a new conversation when it comes, its title when it is made, and what was deleted no more', async () => {
  const { url, say, ready } = await setUp();
  for (let n = 0; n < 12; n++) await say(`old${n}`, START_MS - n * DAY_MS, ['An old line'], `Old ${n}`);
  const page = await browser.window();
  const lists: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === '/api/v1/conversations') lists.push(search);
  });
  await page.goto(url);
  await page.getByRole('heading', { name: 'Old 0', exact: true }).waitFor();
  expect(lists.splice(0)).toHaveLength(1);
  const id = await say('new', START_MS + DAY_MS, ['A line that has just come']);
  await page.getByRole('heading', { name: 'No title yet' }).waitFor();
  await ready(id, 'Just come');
  await say('later', START_MS + DAY_MS + 10_000, ['And one more line of it']);
  await page.getByRole('heading', { name: 'Just come' }).waitFor();
  // Only what has changed is asked for.
  expect(lists.filter((search) => !search.includes(`ids=${id}`))).toEqual([]);
  await fetch(`${url}/api/v1/conversations/${id}`, { method: 'DELETE' });
  await page.getByRole('heading', { name: 'Just come' }).waitFor({ state: 'detached' });
  // What is written from right to left ends at the left.
  await say('hebrew', START_MS + 2 * DAY_MS, ['שלום'], 'שלום, מה שלומך?');
  const [first, last] = await page.getByRole('heading', { name: 'שלום' }).evaluate((heading) => {
    const text = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT).nextNode() as Text;
    return [0, text.length - 1].map((at) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(last).toBeLessThan(first ?? 0);
});

it('shows somebody who comes back from a conversation the same place of a long list', async () => {
  const { url, databaseUrl } = await setUp();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await fillPerson(client, 'local', 5_000);
  // What was filled in has no sound.
  const page = await browser.window({ expected: /404/ });
  await page.goto(url);
  await page.getByRole('article').first().waitFor();
  // Further pages of the list come while somebody goes down.
  const deep = 25_000;
  await page.evaluate(async (deep) => {
    const height = () => document.documentElement.scrollHeight;
    while (height() < deep + 2_000) {
      scrollTo(0, height());
      await new Promise(requestAnimationFrame);
    }
    scrollTo(0, deep);
  }, deep);
  const inSight = () =>
    page.evaluate(() => {
      const links = [...document.querySelectorAll('article h3 a')].map((link) => ({
        address: link.getAttribute('href') ?? '',
        top: Math.round(link.getBoundingClientRect().top),
      }));
      return links.find(({ top }) => top > 200) ?? { address: '', top: 0 };
    });
  // Rows move while they are measured.
  let before = await inSight();
  await expect
    .poll(async () => {
      const seen = before;
      before = await inSight();
      return before.address !== '' && before.top < 400 && before.address === seen.address;
    })
    .toBe(true);
  await page.locator(`article a[href="${before.address}"]`).click();
  await page.getByRole('link', { name: 'Conversations' }).first().waitFor();
  await page.waitForURL(`**${before.address}`);
  await page.goBack();
  await expect.poll(async () => (await inSight()).address).toBe(before.address);
  expect(Math.abs((await inSight()).top - before.top)).toBeLessThan(120);
});
