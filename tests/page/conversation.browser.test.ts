/** The page of a conversation in a real browser: heard in step with its words, corrected by keyboard, saved, split and deleted. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  ENLARGED,
  expectAccessible,
  expectAccessibleInBoth,
  expectNoSidewaysScroll,
  PHONE,
  useBrowser,
} from './browser.ts';
import { addTask, ask, lineWith, openTalk, speakersOf, textsOf, toast } from './conversation-scene.ts';
import { heardLines, outOfStep, soundMs, stepsOf } from './in-step.ts';
import { startApiWithPage } from './page-server.ts';
import { placeHours, placeTalk } from './talk.ts';

const browser = useBrowser();

const setUp = (expected?: RegExp) => openTalk(browser, expected);

it('is heard in step with its words, from wherever somebody clicks, and says at its place what has no words', async () => {
  const { api, talk, page } = await setUp();
  await page.getByText('Somebody speaks, but no word was understood').waitFor();
  await page.getByText('Said twice').waitFor();
  await page.getByText(/Nothing was recorded for 1 ?m/).waitFor();
  await expectAccessibleInBoth(page);
  const lines = await heardLines(api.url, talk.id);
  // A minute without sound lies between the first 32 s and this line.
  await lineWith(page, 'we drove home').getByText('bridge', { exact: true }).click();
  const late = await stepsOf(page, 1_000);
  expect(outOfStep(late, lines)).toEqual([]);
  expect(late.some(({ word }) => word !== null && word >= 10)).toBe(true);
  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();

  // A line without times of words is lit as a line.
  await lineWith(page, 'Good, and I ask').click();
  const whole = await stepsOf(page, 600);
  expect(outOfStep(whole, lines)).toEqual([]);
  expect(new Set(whole.map(({ line, word }) => `${line} ${word}`))).toContain(`${lines[5]?.id} null`);

  // Whoever scrolls reads elsewhere, until they want to follow again.
  await page.mouse.wheel(0, 50);
  await page.getByRole('button', { name: 'Go on following' }).click();
  await page.getByRole('button', { name: 'Go on following' }).waitFor({ state: 'detached' });
  await page.keyboard.press('k');

  await page.getByRole('slider').press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  const steps = await stepsOf(page, 2_500);
  expect(outOfStep(steps, lines)).toEqual([]);
  expect(new Set(steps.flatMap(({ word }) => word ?? [])).size).toBeGreaterThanOrEqual(4);
  await page.keyboard.press('j');
  await expect.poll(() => soundMs(page)).toBeLessThan(1_000);
  await page.keyboard.press('.');
  await page.getByRole('button', { name: 'Speed: 1.25×' }).waitFor();
  await page.keyboard.press('k');

  // Of a silence nothing is left but what words need around them: the first line ends at 5 s, the next begins at 6 s.
  await page.getByRole('button', { name: 'Skip silence' }).click();
  await page.getByRole('slider').press('End');
  await page.getByRole('slider').press('Home');
  await page.keyboard.press('k');
  await expect.poll(() => soundMs(page)).toBeGreaterThan(500);
  // It is silent while somebody types, and goes on by itself when they pause.
  await page.keyboard.press('e');
  const field = page.getByRole('textbox', { name: 'Text of this line' });
  await field.press('x');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await field.press('Escape');
  await page.keyboard.press('k');
});

it('says by keyboard who speaks, and takes back what was wrong', async () => {
  const { api, talk, page } = await setUp(/409/);
  const who = () => speakersOf(api, talk);
  await page.keyboard.press('ArrowDown');
  // Each name leads to the next voice without one.
  for (const name of ['Ana', 'Ben']) {
    await page.keyboard.press('n');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    await page.keyboard.type(name);
    await page.getByRole('option', { name: `Call them ${name}` }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  // The third voice is the first one again, the fourth line is said by the second.
  await page.keyboard.press('u');
  await page.getByRole('dialog', { name: 'Speaker 3 is the same as' }).waitFor();
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('2');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Ben', 'Ana', 'Ben']);
  // A range of lines, and what was wrong is taken back step by step.
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('1');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Ana', 'Ana', 'Ana']);
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Ben', 'Ana', 'Ben']);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Ben', 'Speaker 3', 'Speaker 4']);
  // Somebody whom no voice is: the lines that are chosen are theirs.
  await page.keyboard.press('a');
  await page.getByRole('dialog').getByRole('combobox').fill('Eve');
  await page.getByRole('option', { name: 'Somebody new: Eve' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Eve', 'Eve', 'Eve']);
  // What was refused says why in the page's words, and is no change that could be taken back.
  const refuse = async (path: string, code: string) =>
    await page.route(`**/api/v1/${path}`, (route) =>
      route.request().method() === 'GET'
        ? route.continue()
        : route.fulfill({
            status: 409,
            contentType: 'application/problem+json',
            body: JSON.stringify({ status: 409, code, title: 'x', remedy: 'y' }),
          }),
    );
  await refuse('people', 'too_many_people');
  await page.keyboard.press('a');
  await page.getByRole('dialog').getByRole('combobox').fill('Zoe');
  await page.getByRole('option', { name: 'Somebody new: Zoe' }).waitFor();
  await page.keyboard.press('Enter');
  await toast(page, 'There are 1,000 people with a name').waitFor();
  await refuse(`conversations/${talk.id}`, 'too_many_decisions');
  await page.keyboard.press('s');
  await toast(page, 'You have changed conversations 50,000 times').waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await who()).slice(0, 4)).toEqual(['Ana', 'Ben', 'Speaker 3', 'Speaker 4']);
});

it('keeps a correction that meets another one, and shows both', async () => {
  const { api, talk, page } = await setUp(/412/);
  const { segments } = (await ask(api, 'GET', `conversations/${talk.id}`)).body;
  const patch = async (line: number, text: string) =>
    await ask(api, 'PATCH', `conversations/${talk.id}/segments/${encodeURIComponent(segments[line].id)}`, {
      text,
    });
  const field = page.getByRole('textbox', { name: 'Text of this line' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('e');
  await field.fill('Good morning, we begin with the roof.');
  // Somebody else corrects another line: that is no conflict.
  await patch(1, 'Yes, the builders found two beams.');
  await lineWith(page, 'the builders found two beams').waitFor();
  await field.press('Enter');
  await field.waitFor({ state: 'detached' });
  await lineWith(page, 'Good morning, we begin with the roof.').waitFor();
  expect((await textsOf(api, talk)).slice(0, 2)).toEqual([
    'Good morning, we begin with the roof.',
    'Yes, the builders found two beams.',
  ]);
  // And now the same one.
  await page.keyboard.press('e');
  await field.fill('Good evening.');
  await patch(0, 'Good day.');
  await field.press('Enter');
  await page.getByText('Somebody has corrected this meanwhile').waitFor();
  await page.getByText('Good day.').waitFor();
  expect(await field.inputValue()).toBe('Good evening.');
  expect((await textsOf(api, talk))[0]).toBe('Good day.');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect.poll(async () => (await textsOf(api, talk))[0]).toBe('Good evening.');
  await field.waitFor({ state: 'detached' });
  // An emptied line says what was heard, and what it said before comes back.
  await page.keyboard.press('e');
  await field.fill('');
  await field.press('Enter');
  await expect.poll(async () => (await textsOf(api, talk))[0]).toContain('the old mill');
  await field.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await textsOf(api, talk))[0]).toBe('Good evening.');
  await lineWith(page, 'Good evening.').waitFor();
  // What somebody else has written since is not replaced by that, and nobody is told that it was.
  await page.keyboard.press('e');
  await field.fill('Good night.');
  await field.press('Enter');
  await field.waitFor({ state: 'detached' });
  await patch(0, 'Good noon.');
  await lineWith(page, 'Good noon.').waitFor();
  await page.keyboard.press('Control+z');
  await toast(page, 'It could not be taken back').waitFor();
  expect((await textsOf(api, talk))[0]).toBe('Good noon.');

  await page.keyboard.press('t');
  await page.getByRole('textbox', { name: 'Title' }).fill('The mill');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The mill', level: 1 }).waitFor();
  await page.keyboard.press('b');
  await page.getByRole('button', { name: 'Remove the star' }).waitFor();
  await page.getByRole('button', { name: 'Add a task' }).click();
  await page.getByRole('textbox', { name: 'Task' }).fill('Call the builders');
  await page.getByLabel('Due').fill('2026-03-23T09:00');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Call the builders' }).click();
  await expect
    .poll(async () => (await ask(api, 'GET', `action-items?conversationId=${talk.id}`)).body.actionItems)
    .toMatchObject([{ description: 'Call the builders', done: true, dueAtMs: Date.UTC(2026, 2, 23, 9) }]);
  // What was typed for a task that somebody else has deleted is shown until the person has seen it.
  const taskId = await addTask(api, talk, 'Order wood');
  await page.getByRole('button', { name: 'Change the task “Order wood”' }).click();
  await page.getByRole('textbox', { name: 'Task' }).fill('Order oak');
  await ask(api, 'DELETE', `action-items/${taskId}`);
  await page.getByText('This task is not there any more').waitFor();
  await page.getByText('Order oak').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  // A section leads to its words.
  await page.getByText('What comes next').click();
  await page.getByRole('button', { name: 'Go to the words' }).last().click();
  await expect.poll(() => lineWith(page, 'Then I will call them').getAttribute('data-chosen')).toBe('true');
  // One key takes back the newest change, whatever it was: the tick, the task, the star, the title.
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.getByRole('checkbox', { name: 'Call the builders' }).isChecked()).toBe(false);
  await page.keyboard.press('Control+z');
  await toast(page, 'Taken back: Task added: “Call the builders”').waitFor();
  expect(await page.getByRole('checkbox', { name: 'Call the builders' }).count()).toBe(0);
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Star', exact: true }).waitFor();
  await page.keyboard.press('Control+z');
  await page.getByRole('heading', { name: 'Roof of the old mill', level: 1 }).waitFor();
  // It shows what was made again, and keeps no decision about it.
  expect((await ask(api, 'GET', `conversations/${talk.id}`)).body.decided).not.toContain('title');
});

it('is saved as a file, split, joined again, and deleted for good only when the page is left', async () => {
  const { api, talk, page } = await setUp();
  const save = async (entry: string) => {
    await page.getByRole('button', { name: 'Save as a file' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: entry }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const notes = await save('Notes (Markdown)');
  expect(notes.name).toBe('2026-03-20 09.00 Roof of the old mill.md');
  expect(notes.bytes.toString()).toContain('# Roof of the old mill');
  // As in the sound that is saved beside it: without the minute in which nothing was recorded.
  expect((await save('Subtitles (SRT)')).bytes.toString()).toContain('00:00:33,000 --> ');
  const sound = await save('Sound (Ogg Opus)');
  expect([sound.name, sound.bytes.subarray(0, 4).toString()]).toEqual([
    '2026-03-20 09.00 Roof of the old mill.ogg',
    'OggS',
  ]);

  const split = async () => {
    await lineWith(page, 'Then I will call them').click({ modifiers: ['Shift'] });
    await page.keyboard.press('x');
    await toast(page, 'The conversation is two now').waitFor();
    expect(await textsOf(api, talk)).toHaveLength(4);
  };
  await page.keyboard.press('k');
  await expect.poll(() => soundMs(page)).toBeGreaterThan(0);
  await split();
  // What sounds goes on in the first half, and ends where the second one begins.
  await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuemax')).toBe('21');
  const at = await soundMs(page);
  await expect.poll(() => soundMs(page)).toBeGreaterThan(at + 300);
  await page.keyboard.press('k');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await toast(page, 'The conversation is two now').getByRole('button', { name: 'Undo' }).click();
  await lineWith(page, 'Then I will call them').waitFor();
  expect(await textsOf(api, talk)).toHaveLength(7);
  // The sound has other addresses since, and plays.
  const place = page.getByRole('slider', { name: 'Place in the sound' });
  const before = await place.getAttribute('aria-valuenow');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => place.getAttribute('aria-valuenow')).not.toBe(before);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await split();
  await toast(page, 'The conversation is two now').getByRole('button', { name: 'Open the second' }).click();
  await expect.poll(() => page.url()).not.toContain(talk.id);
  const second = page.url();
  // It waits for a title, and says for what.
  await page.getByText('Title and summary are still to come').waitFor();
  await page.getByText('No worker is running').waitFor();
  await page.keyboard.press('m');
  await page.getByRole('dialog', { name: 'Merge with' }).getByRole('button', { name: '09:00' }).click();
  await expect.poll(() => page.url()).toContain(talk.id);
  expect(await textsOf(api, talk)).toHaveLength(7);
  // The address of what became part of another one leads to that one.
  await page.setViewportSize(PHONE);
  await page.goto(`${second}?at=${talk.lines[5]?.fromMs}`);
  await expect.poll(() => page.url()).toContain(talk.id);
  // A moment in the address is in sight, and is what is heard first.
  const line = lineWith(page, 'Good, and I ask');
  await expect.poll(() => line.getAttribute('data-chosen')).toBe('true');
  await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuenow')).toBe('26');
  const cursor = page.locator('[part=cursor]');
  await expect
    .poll(() => cursor.evaluate((one: HTMLElement) => Number.parseInt(one.style.left, 10)))
    .toBeGreaterThan(60);
  const foot = page.getByRole('region', { name: 'Player' });
  await expect
    .poll(async () => {
      const [own, over] = [await line.boundingBox(), await foot.boundingBox()];
      return own && over && own.y > 0 && own.y + own.height <= over.y;
    })
    .toBe(true);
  await expectNoSidewaysScroll(page);
  // As of a page that is enlarged four times: nothing is cut off. And where the system chooses the colours, what is chosen is seen.
  await page.setViewportSize(ENLARGED);
  await expectNoSidewaysScroll(page);
  const last = await page.getByRole('button', { name: 'Follow the words' }).boundingBox();
  expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(ENLARGED.width);
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await line.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  await page.emulateMedia({ forcedColors: 'none' });
  await page.keyboard.press('#');
  await toast(page, 'Deleted: “').waitFor();
  await page.keyboard.press('Control+z');
  await lineWith(page, 'Good morning').waitFor();
  expect((await ask(api, 'GET', `conversations/${talk.id}`)).status).toBe(200);
  await page.keyboard.press('#');
  await toast(page, 'Deleted: “').waitFor();
  expect((await ask(api, 'GET', `conversations/${talk.id}`)).status).toBe(200);
  await page.goto('about:blank');
  await expect.poll(async () => (await ask(api, 'GET', `conversations/${talk.id}`)).status).toBe(404);
});

it('shows two people side by side nothing of each other', async () => {
  const api = await startApiWithPage();
  const [ada, ben] = [await placeTalk(api, 'ada'), await placeTalk(api, 'ben')];
  const windowOf = (person: string) =>
    browser.window({ extraHTTPHeaders: { 'x-afterword-user': person }, expected: /404/ });
  const [hers, his] = [await windowOf('ada'), await windowOf('ben')];
  await hers.goto(`${api.url}/c/${ada.id}`);
  await his.goto(`${api.url}/c/${ben.id}`);
  await lineWith(hers, 'Good morning').waitFor();
  await lineWith(his, 'Good morning').waitFor();
  await hers.keyboard.press('t');
  await hers.getByRole('textbox', { name: 'Title' }).fill('Hers alone');
  await hers.keyboard.press('Enter');
  await hers.getByRole('heading', { name: 'Hers alone' }).waitFor();
  await his.keyboard.press('b');
  await his.getByRole('button', { name: 'Remove the star' }).waitFor();
  await his.getByRole('heading', { name: 'Roof of the old mill' }).waitFor();
  await hers.getByRole('button', { name: 'Star', exact: true }).waitFor();
  await his.goto(`${api.url}/c/${ada.id}`);
  await his.getByText('This conversation is not there').first().waitFor();
  expect(await his.getByText('Hers alone').count()).toBe(0);
  expect(await his.getByText('Good morning').count()).toBe(0);
});

it('shows a conversation of a thousand lines, of which few are in the page, and keeps what is typed in one of them', async () => {
  const api = await startApiWithPage();
  const { id, atMs } = await placeHours(api, 1_000);
  await api.db.updateTable('conversations').set({ failure: 'The model has refused', tries: 3 }).execute();
  const page = await browser.window({ expected: /410/ });
  await page.goto(`${api.url}/c/${id}?at=${atMs(800)}`);
  const line = (n: number) => lineWith(page, `This is line ${n} of`);
  await line(800).waitFor();
  await expect.poll(() => line(800).getAttribute('data-chosen')).toBe('true');
  expect(await page.locator('[data-line]').count()).toBeLessThan(120);
  await page.getByText('The sound was deleted').waitFor();
  // Of one that failed the page says why, and tries again where somebody wants that.
  const failed = page.getByRole('alert').filter({ hasText: 'could not be made' });
  expect(await failed.textContent()).toContain('The model has refused. 3 attempts failed.');
  await failed.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('Title and summary are still to come').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('e');
  const field = page.getByRole('textbox', { name: 'Text of this line' });
  await field.and(page.locator(':focus')).waitFor();
  await page.keyboard.type(' And more');
  const at = await page.evaluate(() => window.scrollY);
  await page.evaluate(() => window.scrollTo(0, 0));
  await line(0).waitFor();
  expect(await line(801).count()).toBe(0);
  await page.evaluate((y) => window.scrollTo(0, y), at);
  await field.waitFor();
  expect(await field.inputValue()).toBe('This is line 801 of many. And more');
  // Also from another page.
  await field.evaluate((element: HTMLElement) => element.blur());
  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor();
  await page.goBack();
  await expect.poll(() => field.inputValue().catch(() => '')).toContain('And more');
  // Where no voices were told apart, the keys of the speakers say what can be done.
  await field.evaluate((element: HTMLElement) => element.blur());
  await page.keyboard.press('u');
  await toast(page, 'Choose a line whose speaker is known').waitFor();
  await page.keyboard.press('3');
  await toast(page, 'Nobody here has the number 3').waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Who says this line?' }).waitFor();
  expect(await page.getByRole('option').count()).toBe(0);
  await page.getByText('Nobody has a name yet. Type one and press Enter.').waitFor();
});
