/** A conversation of a few words of filler is discarded: shown on request, and promoted when speech joins it. */
import { expect, it } from 'vitest';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { listConversations, readConversation } from '../../src/views/conversations.ts';
import { countOmiConversations, listOmiConversations } from '../../src/views/omi/list.ts';
import { type HeardRecording, placedTimeline } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);

const heard = (id: string, minute: number, text: string): HeardRecording => ({
  id,
  userId: 'ada',
  microphone: 'omi',
  startedAtMs: START_MS + minute * 60_000,
  words: [{ atS: 1, forS: 2, text }],
});

it('is shown on request, is promoted when speech joins, and is filler again when that goes', async () => {
  const { db, parts, placer } = await placedTimeline();
  const everything = {
    statuses: [],
    sources: [],
    fromMs: null,
    toMs: null,
    folderId: null,
    starred: null,
    includeDiscarded: true,
  };
  const shown = async () => {
    const limit = 10;
    const own = await listConversations(db, 'ada', { limit, after: null, discarded: false });
    const all = await listConversations(db, 'ada', { limit, after: null });
    const omi = await listOmiConversations(db, 'ada', everything, { limit, offset: 0 });
    expect(await countOmiConversations(db, 'ada', everything)).toBe(all.length);
    expect(omi.map(({ discarded }) => discarded)).toEqual(all.map(({ discarded }) => discarded));
    const without = { ...everything, includeDiscarded: false };
    expect(await countOmiConversations(db, 'ada', without)).toBe(own.length);
    return [own.length, all.length];
  };
  await placer.place(heard('filler', 0, 'Hm, yeah. Okay.'));
  expect(await shown()).toEqual([0, 1]);
  await placer.place(heard('speech', 60, 'The roof is mended.'));
  expect(await shown()).toEqual([1, 2]);
  // Filler beside filler stays that; what is longer than a fragment is shown.
  await placer.place(heard('more', 0.1, 'Right.'));
  expect(await shown()).toEqual([1, 2]);
  await placer.place(heard('joins', 1, 'Call the builders.'));
  expect(await shown()).toEqual([2, 2]);
  const [, promoted] = await listConversations(db, 'ada', { limit: 10, after: null });
  expect((await readConversation(db, 'ada', promoted?.id ?? ''))?.segments.map(({ text }) => text)).toEqual([
    'Hm, yeah. Okay.',
    'Right.',
    'Call the builders.',
  ]);
  await removeRecording(parts, 'ada', 'joins');
  expect(await shown()).toEqual([1, 2]);
});

it('words that a process of the version before adds are shown, though it judges nothing', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(heard('filler', 0, 'Hm.'));
  await db
    .updateTable('conversations')
    .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
    .execute();
  expect(await listConversations(db, 'ada', { limit: 10, after: null, discarded: false })).toHaveLength(1);
});
