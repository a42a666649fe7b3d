/** Rules of the page that stand apart from what is drawn. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noteServerTime, serverNow } from '../../packages/page/src/data/clock.ts';
import { EVERYTHING, staleAfter } from '../../packages/page/src/data/stale.ts';
import { isShorter } from '../../packages/page/src/settings/retention.ts';
import { createFormat } from '../../packages/page/src/words/format.ts';
import { languageFor } from '../../packages/page/src/words/words.ts';

const types: string[] = Object.keys(
  JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')).webhooks,
);

it('every type of event names what it makes stale, and one that is not known makes all of it', () => {
  for (const type of types) {
    const [noun] = type.split('.');
    const data = { [`${noun}Id`]: 'id', uploadIds: ['upl_a'] };
    const stale = staleAfter({ type, data });
    expect(stale, type).not.toBe(EVERYTHING);
    expect(stale.length, type).toBeGreaterThan(0);
  }
  expect(staleAfter({ type: 'star.born', data: {} })).toBe(EVERYTHING);
  expect(staleAfter({ type: 'snapshot', data: {} })).toBe(EVERYTHING);
});

it('the time is that of the server where the clock of the device is another one', () => {
  const told = new Date(1_774_000_000_000).toUTCString();
  // The answer took ten seconds, and the clock is right.
  noteServerTime(told, 1_773_999_995_000, 1_774_000_005_000);
  expect(serverNow(5)).toBe(5);
  noteServerTime(told, 1_774_003_600_000, 1_774_003_600_100);
  expect(serverNow(1_774_003_600_100)).toBe(1_774_000_001_100);
  noteServerTime(told, 1_773_996_400_000, 1_773_996_400_100);
  expect(serverNow(1_773_996_400_100)).toBe(1_774_000_000_000);
  noteServerTime(null, 0, 0);
  expect(serverNow(0)).toBe(3_599_900);
  noteServerTime(told, 1_774_000_000_000, 1_774_000_000_000);
});

it('progress of a recording has no list read again', () => {
  const stale = staleAfter({
    type: 'recording.progress',
    data: { recordingId: 'rec_a', uploadIds: ['upl_a'] },
  });
  expect(stale).toEqual([
    ['recording', 'rec_a'],
    ['upload', 'upl_a'],
    ['timing', 'upl_a'],
  ]);
});

it('a conversation that was merged makes both stale', () => {
  const data = { conversationId: 'cnv_a', mergedInto: 'cnv_b' };
  expect(staleAfter({ type: 'conversation.merged', data })).toEqual(
    expect.arrayContaining([
      ['conversation', 'cnv_a'],
      ['conversation', 'cnv_b'],
    ]),
  );
});

it('a time that is kept shorter is never kept as long, and for ever is longest', () => {
  const days = fc.option(fc.nat(1000), { nil: null });
  fc.assert(
    fc.property(days, days, (before, after) => {
      expect(isShorter(before, after) && isShorter(after, before)).toBe(false);
      if (before !== after) expect(isShorter(before, after) || isShorter(after, before)).toBe(true);
    }),
  );
});

it.each([
  [['de-AT', 'en'], 'de'],
  [['sv-SE', 'de'], 'de'],
  [['fr', 'sv'], 'en'],
  [[], 'en'],
])('speaks the first language of %j that it knows', (wanted, language) => {
  expect(languageFor('system', wanted)).toBe(language);
  expect(languageFor('de', wanted)).toBe('de');
});

it('writes times in the time zone of the person, and durations in units that fit', () => {
  const format = createFormat('en', 'Asia/Tokyo');
  const ms = Date.UTC(2026, 2, 20, 15, 5, 9);
  expect([format.time(ms), format.dayKey(ms), format.clock(3_729_000)]).toEqual([
    '00:05',
    '2026-03-21',
    '1:02:09',
  ]);
  expect([format.duration(400), format.duration(129_000), format.duration(3_720_000)]).toEqual([
    '0.4s',
    '2m 9s',
    '1h 2m',
  ]);
  expect([format.bytes(0), format.bytes(3_400_000), format.bytes(12_000_000_000)]).toEqual([
    '0 bytes',
    '3.4 MB',
    '12 GB',
  ]);
});

it('names the zone of a date and time where that is another one than of this device', () => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const noonMs = Date.UTC(2026, 2, 20, 12);
  expect(createFormat('en', here).dateTime(noonMs)).toMatch(/\d\d:\d\d$/);
  const [there, name] = here === 'Asia/Kolkata' ? ['UTC', 'UTC'] : ['Asia/Kolkata', 'GMT+5:30'];
  expect(createFormat('en', there).dateTime(noonMs)).toContain(name);
  expect(createFormat('de', there).dateTime(noonMs)).toContain(name);
});
