/** The rules of the list of conversations: days, marks of a search, and what its address asks for. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askedWith, isNarrowed, isSearch, readAsked } from '../../packages/page/src/conversations/asked.ts';
import { headingOf, nextConversation, rowsByDay } from '../../packages/page/src/conversations/by-day.ts';
import { timesOf } from '../../packages/page/src/conversations/days-asked.ts';
import { partsOf } from '../../packages/page/src/conversations/highlight.ts';
import { withChanges } from '../../packages/page/src/conversations/list-changes.ts';
import { lastWordBegun, longestWord } from '../../packages/page/src/conversations/typed.ts';
import { EVERYTHING, staleAfter, toldBy } from '../../packages/page/src/data/stale.ts';
import { createFormat } from '../../packages/page/src/words/format.ts';

it('puts each conversation under its day in the zone of the person', () => {
  const begun = [
    { id: 'c', startedAtMs: Date.UTC(2026, 2, 21, 0, 30) },
    { id: 'b', startedAtMs: Date.UTC(2026, 2, 20, 23, 30) },
    { id: 'a', startedAtMs: Date.UTC(2026, 2, 20, 22, 30) },
  ];
  const told = (zone: string) =>
    rowsByDay(begun, createFormat('en', zone).dayKey).map((row) =>
      row.kind === 'day' ? `${row.day} ${row.count}` : row.conversation.id,
    );
  expect(told('UTC')).toEqual(['2026-03-21 1', 'c', '2026-03-20 2', 'b', 'a']);
  expect(told('Europe/Stockholm')).toEqual(['2026-03-21 2', 'c', 'b', '2026-03-20 1', 'a']);
  expect(told('America/New_York')).toEqual(['2026-03-20 3', 'c', 'b', 'a']);
  expect(rowsByDay([], createFormat('en', 'UTC').dayKey)).toEqual([]);
});

it('keeps every conversation in its order, and each heading once', () => {
  const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_701_000_000_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, fc.constantFrom('UTC', 'Pacific/Auckland', 'Asia/Kolkata'), (all, zone) => {
      const begun = all.sort((one, other) => other - one).map((startedAtMs) => ({ startedAtMs }));
      const rows = rowsByDay(begun, createFormat('en', zone).dayKey);
      expect(rows.flatMap((row) => (row.kind === 'conversation' ? [row.conversation] : []))).toEqual(begun);
      const days = rows.flatMap((row) => (row.kind === 'day' ? [row.day] : []));
      expect(new Set(days).size).toBe(days.length);
      const counted = rows.reduce((sum, row) => sum + (row.kind === 'day' ? row.count : 0), 0);
      expect(counted).toBe(begun.length);
      for (const index of rows.keys()) expect(rows[headingOf(rows, index)]?.kind).toBe('day');
    }),
  );
});

it('goes from one conversation to the next over the headings, and stays at both ends', () => {
  const day = 86_400_000;
  const rows = rowsByDay(
    [{ startedAtMs: 3 * day }, { startedAtMs: 2 * day }, { startedAtMs: 2 * day }],
    createFormat('en', 'UTC').dayKey,
  );
  expect(nextConversation(rows, 1, 1)).toBe(3);
  expect(nextConversation(rows, 3, -1)).toBe(1);
  expect(nextConversation(rows, 1, -1)).toBe(1);
  expect(nextConversation(rows, 4, 1)).toBe(4);
});

it('marks what was found, and shows the whole text whatever the ranges are', () => {
  expect(partsOf('We paint the window', [{ start: 3, end: 8 }])).toEqual([
    { text: 'We ', isFound: false },
    { text: 'paint', isFound: true },
    { text: ' the window', isFound: false },
  ]);
  const range = fc.record({ start: fc.nat(40), end: fc.nat(40) });
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.array(range, { maxLength: 6 }), (text, ranges) => {
      expect(
        partsOf(text, ranges)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

it('takes what it understands of an address, and leaves the rest out', () => {
  expect(readAsked({})).toEqual({});
  expect(readAsked({ from: '2026-02-30', to: '2026-99-99' })).toEqual({});
  expect(readAsked({ q: 2026, from: '2026-03-20', to: 'yesterday', status: 'lost', starred: 'yes' })).toEqual(
    {
      q: '2026',
      from: '2026-03-20',
    },
  );
  expect(readAsked({ folder: 'work', starred: true, q: '' })).toEqual({ folder: 'work', starred: true });
  expect(askedWith({ folder: 'work', q: 'roof' }, { folder: undefined, starred: true })).toEqual({
    q: 'roof',
    starred: true,
  });
  expect([isSearch(readAsked({ folder: 'work' })), isNarrowed(readAsked({ folder: 'work' }))]).toEqual([
    false,
    true,
  ]);
  expect([isSearch(readAsked({ q: ' x' })), isNarrowed(readAsked({}))]).toEqual([true, false]);
});

it('asks for the beginning of a word that is being typed, and leaves phrases and exclusions as they are', () => {
  expect(
    ['kitch', 'the kitch', 'mañ', 'budget -an', '"kitchen win', 'kitch* ', 'kitch*', ''].map(lastWordBegun),
  ).toEqual(['kitch*', 'the kitch*', 'mañ*', null, null, null, null, null]);
});

it('shows after changes what reading the list anew would show, as far as it was read', () => {
  const placed = fc.record({ id: fc.integer({ min: 0, max: 40 }).map(String), startedAtMs: fc.nat(6) });
  const list = (all: { id: string; startedAtMs: number }[]) =>
    [...new Map(all.map((one) => [one.id, one])).values()].sort(
      (one, other) => other.startedAtMs - one.startedAtMs || (one.id < other.id ? 1 : -1),
    );
  fc.assert(
    fc.property(
      fc.array(placed, { maxLength: 20 }),
      fc.array(placed, { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      (before, changes, gone, size, read) => {
        const old = list(before);
        const pages = Array.from(
          { length: Math.min(read, Math.max(1, Math.ceil(old.length / size))) },
          (_, at) => ({
            conversations: old.slice(at * size, (at + 1) * size),
            nextCursor: (at + 1) * size < old.length ? String(at) : null,
          }),
        );
        const present = list(changes).filter(({ id }) => !gone.includes(id));
        const changed = new Set([...present.map(({ id }) => id), ...gone]);
        const anew = list([...old.filter(({ id }) => !changed.has(id)), ...present]);
        const shown = withChanges(pages, changed, present).flatMap(({ conversations }) => conversations);
        expect(shown).toEqual(anew.filter((one) => shown.includes(one)));
        // What is missing comes after the last row that was read.
        const end = pages.at(-1);
        if (end?.nextCursor === null) expect(shown).toEqual(anew);
        else expect(shown).toEqual(anew.slice(0, shown.length));
      },
    ),
  );
});

it('asks for days by the midnights of the zone, also where the clock changes', () => {
  expect(timesOf({ from: '2026-03-20', to: '2026-03-20' }, 'UTC')).toEqual({
    from: Date.UTC(2026, 2, 20),
    to: Date.UTC(2026, 2, 21),
  });
  // Stockholm's clock goes forward in the night of the 29th: that day has 23 hours.
  expect(timesOf({ from: '2026-03-29', to: '2026-03-29' }, 'Europe/Stockholm')).toEqual({
    from: Date.UTC(2026, 2, 28, 23),
    to: Date.UTC(2026, 2, 29, 22),
  });
  expect(timesOf({ from: '2026-07-01' }, 'America/New_York')).toEqual({ from: Date.UTC(2026, 6, 1, 4) });
  expect(timesOf({}, 'UTC')).toEqual({});
});

it('an event makes stale what it names, and a stream that begins makes everything stale', () => {
  const stale = (type: string, data: Record<string, unknown>) => {
    const after = staleAfter(toldBy({ type, data }));
    return after === EVERYTHING ? after : after.map((key) => key.join(' '));
  };
  const envelope = (data: object) => ({ number: 7, type: 'any', atMs: 1, data });
  expect(stale('recording.progress', envelope({ recordingId: 'r', uploadIds: ['u'] }))).toEqual([
    'recording r',
    'upload u',
    'timing u',
  ]);
  expect(
    stale('conversation.merged', envelope({ conversationId: 'a', mergedInto: 'b', uploadIds: [] })),
  ).toEqual(expect.arrayContaining(['conversation a', 'conversation b', 'search']));
  expect(stale('snapshot', { number: 7, recordings: [], conversations: [] })).toBe(EVERYTHING);
  expect(stale('of.a.later.version', envelope({ something: 1 }))).toBe(EVERYTHING);
});

it('offers one of several words to be looked for alone', () => {
  expect(longestWord('the kitchen window*')).toBe('kitchen');
  expect(longestWord('"painting the kitchens" -roof')).toBe('painting');
  expect(longestWord('kitchen*')).toBeNull();
  expect(longestWord('')).toBeNull();
});
