/** How a conversation stands is one rule, which the list says in a line and the conversation in a notice. */
import { expect, it } from 'vitest';
import { lineOf, sentencesOf, standingOf, told } from '../../packages/page/src/data/standing.ts';
import { CONVERSATIONS } from '../../packages/page/src/states/conversations.ts';
import { NOW_MS } from '../../packages/page/src/states/uploads.ts';
import { en } from '../../packages/page/src/words/en.ts';

const at = (ms: number) => `${(ms - NOW_MS) / 60_000} min`;

function said(name: string, nowMs = NOW_MS) {
  const conversation = CONVERSATIONS[name];
  if (!conversation) throw new Error(`there is no fixture named ${name}`);
  const parts = told(standingOf(conversation, nowMs), en.standing, at);
  return parts && { title: parts.title, line: lineOf(parts), notice: sentencesOf(parts).join(' ') };
}

it('says nothing of what is ready', () => {
  expect(said('ready')).toBeNull();
  expect(said('ready, and its audio is gone')).toBeNull();
});

it('says why, and what comes next', () => {
  expect(said('settling: waits for more uploads')).toEqual({
    title: 'Title and summary are still to come',
    line: 'It waits a moment: more recordings may belong to it. Expected at about 1 min.',
    notice: 'It waits a moment: more recordings may belong to it. Expected at about 1 min.',
  });
  expect(said('settling: waits for its next attempt')).toEqual({
    title: 'The last attempt to make title and summary failed',
    line: 'The language model does not answer. The next attempt begins at 3 min.',
    notice:
      'The language model does not answer. 2 attempts failed. What was said can be read and heard all the same. ' +
      'The next attempt begins at 3 min. Nothing has to be done: it is tried again by itself.',
  });
  expect(said('failed')).toMatchObject({
    line: 'The language model refused to answer. Try it again, or ask another language model.',
  });
  expect(said('settling: no worker runs')?.line).toBe(en.standing.noWorker);
  expect(said('ready, with spoken sentences for now')).toMatchObject({
    title: 'Title and summary are sentences that were spoken, for now',
    line: 'The language model does not answer. The next attempt begins at 3 min.',
  });
});

it('takes an attempt whose time has come for one that is under way', () => {
  expect(said('settling: waits for its next attempt', NOW_MS + 4 * 60_000)?.title).toBe(
    'Title and summary are still to come',
  );
});

it('each line and each notice of a state has something to say', () => {
  for (const [name, { status }] of Object.entries(CONVERSATIONS)) {
    if (status === 'ready') continue;
    expect(said(name)?.line, name).toMatch(/\w+\.$/);
    expect(said(name)?.notice, name).toMatch(/\w+\.$/);
  }
});
