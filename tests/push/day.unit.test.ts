/**
 * A day in which a phone sends a backlog of 40 hours in any order, while it uploads what it records now. Prints the table of
 * what its person is told.
 */
import { expect, it } from 'vitest';
import { contentOf } from '../../src/push/text.ts';
import { Told } from './told.ts';

const MINUTE = 60_000;
/** Of a minute each, three to an upload. */
const BACKLOG_FILES = 40 * 60;

it('a day of a 40 h backlog beside fresh recordings: one notification a conversation, and one summary', () => {
  const told = new Told({ keepsPages: true });
  const table: string[] = [];
  let shown = 0;
  const show = () => {
    for (const notice of told.notices.slice(shown)) {
      const at = new Date(told.nowMs).toISOString().slice(11, 16);
      const { title, body, tag } = contentOf(notice, null);
      table.push(`${at}  ${notice.kind.padEnd(12)}  ${tag.padEnd(10)}  ${title} · ${body}`);
    }
    shown = told.notices.length;
  };
  const open: { upload: string; n: number; endsAtMs: number; isFresh: boolean }[] = [];
  let sent = 0;
  let fresh = 0;
  const backlogConversations = new Set<string>();
  for (let minute = 0; minute < 24 * 60; minute++) {
    // Six backlog files a minute in threes, for nearly seven hours; heard later, at the pace of two workers, out of order.
    for (let k = 0; k < 2 && sent < BACKLOG_FILES / 3; k++, sent++) {
      const upload = `old-${sent}`;
      told.accept(
        upload,
        [0, 1, 2].map((i) => `${upload}-${i}`),
        'backfill',
      );
      open.push({ upload, n: sent, endsAtMs: told.nowMs + ((sent * 7919) % 240) * MINUTE, isFresh: false });
    }
    // A fresh minute every ten; every hour of them is one conversation, and every sixth file is silent.
    if (minute % 10 === 0) {
      const upload = `new-${fresh}`;
      told.accept(upload, [`${upload}-0`], 'fresh');
      open.push({ upload, n: fresh, endsAtMs: told.nowMs + MINUTE, isFresh: true });
      fresh += 1;
    }
    for (const one of open.filter(({ endsAtMs }) => endsAtMs <= told.nowMs)) {
      open.splice(open.indexOf(one), 1);
      const { upload, n, isFresh } = one;
      if (isFresh && n % 6 === 5) told.done(upload, { heard: 1, silent: 1 }, []);
      else if (isFresh) {
        // Each further file is another revision.
        const id = `now-${Math.floor(n / 6)}`;
        told.ready(id).done(upload, { heard: 1, silent: 0 }, [id]);
      } else {
        const id = `then-${Math.floor(n / 20)}`;
        backlogConversations.add(id);
        told.ready(id, 'backfill');
        told.done(upload, { heard: 3, silent: n % 5 === 0 ? 1 : 0, refused: 0, failed: n === 400 ? 1 : 0 }, [
          id,
        ]);
      }
    }
    show();
    told.wait(MINUTE);
    show();
  }
  console.log(['time   kind          tag         what is shown', ...table].join('\n'));
  const conversations = told.notices.flatMap((one) =>
    one.kind === 'conversation' ? [one.conversationId] : [],
  );
  expect(conversations).toEqual(Array.from({ length: 24 }, (_, n) => `now-${n}`));
  expect(told.notices.filter(({ kind }) => kind === 'summary')).toEqual([
    expect.objectContaining({ conversations: backlogConversations.size, needsYou: 1, silent: 160 }),
  ]);
  expect(told.notices.filter(({ kind }) => kind === 'nothing')).toHaveLength(24);
});
