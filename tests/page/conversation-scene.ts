/** What the tests of a conversation's page share: its window, its lines, and the same conversation as the server tells it. */
import type { Page } from 'playwright-core';
import type { TestApi } from '../support/api.ts';
import type { TestBrowser } from './browser.ts';
import { captureSounds } from './in-step.ts';
import { startApiWithPage } from './page-server.ts';
import { placeTalk, type Talk } from './talk.ts';

/** @param expected errors that the test brings about itself */
export async function openTalk(
  browser: TestBrowser,
  expected?: RegExp,
): Promise<{ api: TestApi; talk: Talk; page: Page }> {
  const api = await startApiWithPage();
  const talk = await placeTalk(api);
  const page = await browser.window(expected && { expected });
  await captureSounds(page);
  await page.goto(`${api.url}/c/${talk.id}`);
  await page.getByRole('heading', { name: 'Roof of the old mill' }).waitFor();
  await lineWith(page, 'Good morning').waitFor();
  return { api, talk, page };
}

export const lineWith = (page: Page, text: string) => page.locator('[data-line]').filter({ hasText: text });
export const toast = (page: Page, text: string) =>
  page.locator('[data-sonner-toast][data-removed=false]').filter({ hasText: text });

export async function ask(api: TestApi, method: string, path: string, body?: object) {
  const response = await fetch(`${api.url}/api/v1/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

export const textsOf = async (api: TestApi, talk: Talk) =>
  (await ask(api, 'GET', `conversations/${talk.id}`)).body.segments.map(({ text }: { text: string }) => text);
export const speakersOf = async (api: TestApi, talk: Talk) =>
  (await ask(api, 'GET', `conversations/${talk.id}`)).body.segments.map(
    ({ speaker }: { speaker: string }) => speaker,
  );

/** @returns its id */
export async function addTask(api: TestApi, talk: Talk, description: string): Promise<string> {
  const body = { conversationId: talk.id, description, dueAtMs: null };
  return (await ask(api, 'POST', 'action-items', body)).body.id;
}
