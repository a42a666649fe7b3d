/** Who is told of what: from the events alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BACKLOG_OVER_MS, LONGEST_BACKLOG_MS, NOTHING_EVERY_MS, type Notice } from '../../src/push/rule.ts';
import { Told } from './told.ts';

const MINUTE = 60_000;
const kinds = (notices: readonly Notice[]) => notices.map(({ kind }) => kind);

it('a conversation is told once, whatever its revisions and the uploads that add to it', () => {
  const told = new Told();
  told.accept('u1', ['r1'], 'fresh').ready('c1').ready('c1').done('u1', { heard: 1, silent: 0 }, ['c1']);
  told.accept('u2', ['r2'], 'fresh').ready('c1').done('u2', { heard: 1, silent: 0 }, ['c1']);
  told.accept('u3', ['r3'], 'backfill').ready('c1', 'backfill').done('u3', { heard: 1, silent: 0 }, ['c1']);
  told.wait(BACKLOG_OVER_MS);
  expect(told.notices).toEqual([{ kind: 'conversation', conversationId: 'c1', atMs: expect.any(Number) }]);
});

it('what a told conversation became part of is not told again', () => {
  const told = new Told();
  told.ready('c1').merged('c1', 'c2').ready('c2');
  expect(told.notices).toHaveLength(1);
});

it('a backlog is quiet while it drains, and a fresh conversation beside it is told at once', () => {
  const told = new Told();
  for (const n of [1, 2, 3]) told.accept(`u${n}`, [`r${n}`], 'backfill');
  told.ready('c1', 'backfill').done('u1', { heard: 1, silent: 0 }, ['c1']);
  told.accept('today', ['r9'], 'fresh').ready('now').done('today', { heard: 1, silent: 0 }, ['now']);
  told.ready('c2', 'backfill').done('u2', { heard: 3, silent: 2, failed: 1 }, ['c2']);
  told.wait(60 * MINUTE);
  expect(kinds(told.notices)).toEqual(['conversation']);
  told.done('u3', { heard: 4, silent: 4 }, []);
  expect(kinds(told.notices)).toEqual(['conversation']);
  told.wait(BACKLOG_OVER_MS - 1);
  expect(kinds(told.notices)).toEqual(['conversation']);
  told.wait(1);
  expect(told.notices.slice(1)).toEqual([
    expect.objectContaining({ kind: 'summary', conversations: 2, silent: 6, needsYou: 1, without: 0 }),
  ]);
  told.ready('c1', 'backfill').wait(LONGEST_BACKLOG_MS);
  expect(told.notices).toHaveLength(2);
});

it('a backlog that comes upload by upload, each done before the next, is one backlog', () => {
  const told = new Told();
  for (let n = 0; n < 50; n++) {
    told.accept(`u${n}`, [`r${n}`], 'backfill').ready(`c${n}`, 'backfill');
    told.done(`u${n}`, { heard: 1, silent: 0 }, [`c${n}`]).wait(MINUTE);
  }
  told.wait(BACKLOG_OVER_MS);
  expect(told.notices).toEqual([expect.objectContaining({ kind: 'summary', conversations: 50 })]);
});

it('a backlog that never ends is summed up once a day', () => {
  const told = new Told();
  for (let minute = 0; minute < 3 * 24 * 60; minute += 4) {
    told.accept(`u${minute}`, [`r${minute}`], 'backfill').ready(`c${minute}`, 'backfill');
    told.done(`u${minute}`, { heard: 1, silent: 0 }, [`c${minute}`]).wait(4 * MINUTE);
  }
  expect(kinds(told.notices)).toEqual(['summary', 'summary', 'summary']);
});

it('what merges or goes before the summary is not counted in it', () => {
  const told = new Told();
  told.accept('u', ['r'], 'backfill').ready('c1', 'backfill').ready('c2', 'backfill').ready('c3', 'backfill');
  told.merged('c1', 'c2').deleted('c3').done('u', { heard: 1, silent: 0 }, ['c2']).wait(BACKLOG_OVER_MS);
  expect(told.notices).toEqual([expect.objectContaining({ kind: 'summary', conversations: 1 })]);
});

it('an upload that ends without a conversation is told once, and silent minutes are told together', () => {
  const told = new Told();
  told
    .accept('u', ['a', 'b', 'c', 'd', 'e', 'f'], 'fresh')
    .done('u', { heard: 5, silent: 5, refused: 1 }, []);
  expect(told.notices).toEqual([
    expect.objectContaining({ kind: 'nothing', silent: 5, needsYou: 1, uploads: 1, uploadId: 'u' }),
  ]);
  for (let n = 0; n < 20; n++)
    told
      .accept(`m${n}`, [`s${n}`], 'fresh')
      .done(`m${n}`, { heard: 1, silent: 1 }, [])
      .wait(MINUTE);
  expect(told.notices).toHaveLength(1);
  told.wait(NOTHING_EVERY_MS);
  expect(told.notices[1]).toMatchObject({ kind: 'nothing', uploads: 20, silent: 20, uploadId: null });
  // The same files once more bring nothing.
  told.done('again', { heard: 5, silent: 5 }, []).wait(NOTHING_EVERY_MS);
  expect(told.notices).toHaveLength(2);
});

it('a clock that is set back holds nothing up for longer than half an hour', () => {
  const told = new Told();
  told.accept('u', ['r'], 'backfill').ready('c', 'backfill').done('u', { heard: 1, silent: 0 }, ['c']);
  told.setClockBack(10 * 60 * MINUTE);
  told.wait(30 * MINUTE + BACKLOG_OVER_MS);
  expect(kinds(told.notices)).toEqual(['summary']);
});

/** An act of the pipeline on one of few uploads and conversations, so that they meet. */
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('accept', 'ready', 'failed', 'merged', 'deleted', 'done', 'wait'),
    lane: fc.constantFrom('fresh' as const, 'backfill' as const),
    upload: fc.nat(4),
    conversation: fc.nat(5),
    other: fc.nat(5),
    waitMs: fc.constantFrom(1, MINUTE, BACKLOG_OVER_MS, NOTHING_EVERY_MS, LONGEST_BACKLOG_MS),
    cut: fc.boolean(),
  }),
  { maxLength: 120 },
);

it('whatever happens in whatever order: one notification a conversation, one summary a backlog', () => {
  fc.assert(
    fc.property(acts, fc.boolean(), (steps, keepsPages) => {
      const told = new Told({ keepsPages });
      let backlogs = 0;
      let last = Number.NEGATIVE_INFINITY;
      // The id of a conversation that was deleted or merged does not come again.
      const lives = new Map<number, number>();
      const idOf = (n: number) => `c${n}-${lives.get(n) ?? 0}`;
      const end = (n: number) => void lives.set(n, (lives.get(n) ?? 0) + 1);
      for (const { act, lane, upload, conversation, other, waitMs } of steps) {
        const [u, c] = [`u${upload}`, idOf(conversation)];
        if (act === 'accept') {
          if (lane === 'backfill') {
            // A run of uploads with shorter pauses is one backlog, also where it drains for longer.
            if (told.nowMs - last >= BACKLOG_OVER_MS) backlogs += 1;
            last = told.nowMs;
          }
          told.accept(u, ['r'], lane);
        } else if (act === 'ready') told.ready(c, lane);
        else if (act === 'failed') told.failed(c, lane);
        else if (act === 'merged' && conversation !== other) {
          told.merged(c, idOf(other));
          end(conversation);
        } else if (act === 'deleted') {
          told.deleted(c);
          end(conversation);
        } else if (act === 'done')
          told.done(u, { heard: 2, silent: 1, failed: 1 }, lane === 'fresh' ? [c] : []);
        else told.wait(waitMs);
      }
      const conversations = told.notices.flatMap((one) =>
        one.kind === 'conversation' ? [one.conversationId] : [],
      );
      expect(new Set(conversations).size).toBe(conversations.length);
      const summaries = told.notices.filter(({ kind }) => kind === 'summary');
      const days = Math.ceil((told.nowMs - told.beganMs) / LONGEST_BACKLOG_MS);
      expect(summaries.length).toBeLessThanOrEqual(backlogs + days);
      const nothing = told.notices.filter(({ kind }) => kind === 'nothing');
      expect(nothing.length).toBeLessThanOrEqual(1 + (told.nowMs - told.beganMs) / NOTHING_EVERY_MS);
    }),
    { numRuns: 500 },
  );
});
