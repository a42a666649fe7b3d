import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { dueDateIn } from '../../src/meaning/extractive/due-date.ts';
import { instantOf, wallClockOf } from '../../src/meaning/wall-clock.ts';
import { wednesday } from './spoken.ts';

function wall(instantMs: number, timeZone: string): string {
  const { year, month, day, hour, minute } = wallClockOf(instantMs, timeZone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

function due(text: string, said: number | string = wednesday, timeZone = 'America/New_York'): string | null {
  const found = dueDateIn(text, typeof said === 'number' ? said : Date.parse(said), timeZone);
  return found && wall(found.dueAtMs, timeZone);
}

// Said on Wednesday 2026-03-18 at 10:00 in New York.
const dates: [said: string, dueAt: string, words: string][] = [
  ['call me at 3', '2026-03-18 15:00', 'at 3'],
  ['at 3 tomorrow', '2026-03-19 15:00', 'at 3 tomorrow'],
  ['tomorrow at 3', '2026-03-19 15:00', 'tomorrow at 3'],
  ['tomorrow at 9', '2026-03-19 09:00', 'tomorrow at 9'],
  ['at 8', '2026-03-18 20:00', 'at 8'],
  ['before 10', '2026-03-19 10:00', 'before 10'],
  ['at 3 in the morning', '2026-03-19 03:00', 'at 3 in the morning'],
  ['tomorrow morning at 6', '2026-03-19 06:00', 'tomorrow morning at 6'],
  ['tomorrow evening at 8', '2026-03-19 20:00', 'tomorrow evening at 8'],
  ['dinner on Friday at 7', '2026-03-20 19:00', 'on Friday at 7'],
  ['at 7 tonight', '2026-03-18 19:00', 'at 7 tonight'],
  ['call me at three', '2026-03-18 15:00', 'at three'],
  ['at nine thirty tomorrow', '2026-03-19 09:30', 'at nine thirty tomorrow'],
  ['at half past three', '2026-03-18 15:30', 'at half past three'],
  ['at a quarter to five', '2026-03-18 16:45', 'at a quarter to five'],
  ['at four o’clock', '2026-03-18 16:00', 'at four o’clock'],
  ['at 4:30 pm', '2026-03-18 16:30', 'at 4:30 pm'],
  ['at 10:30 a.m. on Monday', '2026-03-23 10:30', 'at 10:30 a.m. on Monday'],
  ['at 16:00', '2026-03-18 16:00', 'at 16:00'],
  ['at noon', '2026-03-18 12:00', 'at noon'],
  ['by 5', '2026-03-18 17:00', 'by 5'],
  ['by Friday', '2026-03-20 23:59', 'Friday'],
  ['before Friday', '2026-03-19 23:59', 'Friday'],
  ['on Wednesday', '2026-03-25 23:59', 'on Wednesday'],
  ['next Tuesday at 11', '2026-03-24 11:00', 'next Tuesday at 11'],
  ['Tuesday the 24th at 2', '2026-03-24 14:00', 'Tuesday the 24th at 2'],
  ['on Monday morning', '2026-03-23 09:00', 'on Monday morning'],
  ['first thing tomorrow', '2026-03-19 09:00', 'first thing tomorrow'],
  ['this afternoon', '2026-03-18 15:00', 'this afternoon'],
  ['tonight', '2026-03-18 20:00', 'tonight'],
  ['today', '2026-03-18 23:59', 'today'],
  ['the day after tomorrow', '2026-03-20 23:59', 'the day after tomorrow'],
  ['by end of day', '2026-03-18 18:00', 'end of day'],
  ['by the end of the week', '2026-03-20 23:59', 'end of the week'],
  ['by the end of the month', '2026-03-31 23:59', 'end of the month'],
  ['next week', '2026-03-27 23:59', 'next week'],
  ['next month', '2026-04-30 23:59', 'next month'],
  ['a week from Friday', '2026-03-27 23:59', 'a week from Friday'],
  ['three days from now', '2026-03-21 23:59', 'three days from now'],
  ['in 3 days', '2026-03-21 23:59', 'in 3 days'],
  ['within a week', '2026-03-25 23:59', 'within a week'],
  ['by the 15th', '2026-04-15 23:59', 'by the 15th'],
  ['by the twenty third', '2026-03-23 23:59', 'by the twenty third'],
  ['on the third of April', '2026-04-03 23:59', 'third of April'],
  ['March 25th at noon', '2026-03-25 12:00', 'March 25th at noon'],
  ['by June', '2026-05-31 23:59', 'June'],
  ['in May', '2026-05-31 23:59', 'May'],
  ['on Sat', '2026-03-21 23:59', 'on Sat'],
  ['in two hours', '2026-03-18 12:00', 'in two hours'],
  ['in twenty minutes', '2026-03-18 10:20', 'in twenty minutes'],
  ['in half an hour', '2026-03-18 10:30', 'in half an hour'],
  ['in an hour and a half', '2026-03-18 11:30', 'in an hour and a half'],
  ['the notes from Monday by Friday', '2026-03-20 23:59', 'Friday'],
];

const noDates: string[] = [
  'for two hours',
  'two hours',
  'half an hour',
  'in short',
  'in a minute',
  'a minute',
  'one second',
  'the second thing',
  'may',
  'it may rain',
  'march on',
  'the sun came out',
  'he sat down',
  'one nine oh two one oh',
  'pages 2-3',
  '10 to 12 people',
  'at 5 percent',
  'at 20 euros',
  'increase it by 5 points',
  'by five people',
  'at one point',
  'at 90',
  'version 3.5',
  '24/7',
  'now',
  'right now',
  'one day',
  'the other day',
  'on the third day',
  'two days ago',
  'yesterday',
  'last Friday',
  'every Friday',
  'since Monday',
  'in 2019',
  'good morning',
  'last night',
  'at the moment',
  'in ten years',
  'today at 9 am',
];

describe('due dates', () => {
  it.each(dates)('%s', (said, dueAt, words) => {
    expect(due(said)).toBe(dueAt);
    expect(dueDateIn(said, wednesday, 'America/New_York')?.dueText).toBe(words);
  });

  it.each(noDates)('%s is no due date', (said) => {
    expect(dueDateIn(said, wednesday, 'America/New_York')).toBeNull();
  });

  it.each([
    // The same instant is another day elsewhere.
    ['tomorrow at 3', '2026-03-18T23:00:00Z', 'Asia/Tokyo', '2026-03-20 15:00', '2026-03-20T06:00:00.000Z'],
    [
      'tomorrow at 3',
      '2026-03-18T23:00:00Z',
      'America/Los_Angeles',
      '2026-03-19 15:00',
      '2026-03-19T22:00:00.000Z',
    ],
    [
      'tomorrow at 3',
      '2026-03-18T23:00:00Z',
      'Asia/Kathmandu',
      '2026-03-20 15:00',
      '2026-03-20T09:15:00.000Z',
    ],
    // Europe springs forward on 2026-03-29, New York on 2026-03-08.
    [
      'tomorrow at 9',
      '2026-03-28T12:00:00Z',
      'Europe/Berlin',
      '2026-03-29 09:00',
      '2026-03-29T07:00:00.000Z',
    ],
    [
      'tomorrow at 2:30 in the morning',
      '2026-03-28T12:00:00Z',
      'Europe/Berlin',
      '2026-03-29 03:30',
      '2026-03-29T01:30:00.000Z',
    ],
    ['in two hours', '2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-29 04:30', '2026-03-29T02:30:00.000Z'],
    [
      'on Monday at noon',
      '2026-03-06T17:00:00Z',
      'America/New_York',
      '2026-03-09 12:00',
      '2026-03-09T16:00:00.000Z',
    ],
    // And back: 2:30 happens twice in Berlin on 2026-10-25; the first one counts.
    [
      'tomorrow at 2:30 in the morning',
      '2026-10-24T12:00:00Z',
      'Europe/Berlin',
      '2026-10-25 02:30',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'tomorrow at 9',
      '2026-10-24T12:00:00Z',
      'Europe/Berlin',
      '2026-10-25 09:00',
      '2026-10-25T08:00:00.000Z',
    ],
    // Half an hour of summer time, and a change at midnight's edge.
    [
      'tomorrow at noon',
      '2026-10-03T02:00:00Z',
      'Australia/Lord_Howe',
      '2026-10-04 12:00',
      '2026-10-04T01:00:00.000Z',
    ],
    ['on Friday', '2026-12-30T20:00:00Z', 'UTC', '2027-01-01 23:59', '2027-01-01T23:59:00.000Z'],
    ['by the 31st', '2026-02-10T12:00:00Z', 'UTC', '2026-03-31 23:59', '2026-03-31T23:59:00.000Z'],
    ['next month', '2026-12-10T12:00:00Z', 'UTC', '2027-01-31 23:59', '2027-01-31T23:59:00.000Z'],
    ['end of the week', '2026-03-21T12:00:00Z', 'UTC', '2026-03-22 23:59', '2026-03-22T23:59:00.000Z'],
  ])('%s said at %s in %s', (text, said, zone, dueAt, instant) => {
    expect(due(text, said, zone)).toBe(dueAt);
    expect(new Date(dueDateIn(text, Date.parse(said), zone)?.dueAtMs ?? 0).toISOString()).toBe(instant);
  });

  describe('whatever zone the machine is in', () => {
    const own = process.env.TZ;
    afterEach(() => {
      if (own === undefined) delete process.env.TZ;
      else process.env.TZ = own;
    });
    it.each(['UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Apia', 'Europe/Berlin'])('%s', (zone) => {
      process.env.TZ = zone;
      for (const [said, dueAt] of dates) expect(due(said), said).toBe(dueAt);
    });
  });

  it('is never before it was said, and its words were said', () => {
    const pieces = fc.array(fc.constantFrom(...dates.map(([said]) => said), ...noDates, 'send it', ','), {
      maxLength: 4,
    });
    const zones = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    );
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1.6e12, max: 2e12 }), zones, (parts, said, zone) => {
        const text = parts.join(' ');
        const found = dueDateIn(text, said, zone);
        if (!found) return;
        expect(found.dueAtMs).toBeGreaterThan(said);
        expect(text).toContain(found.dueText);
        expect(found.dueText).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

describe('wall clocks', () => {
  it('give back the time they were asked for', () => {
    const zones = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    fc.assert(
      fc.property(fc.integer({ min: 1.4e12, max: 2.2e12 }), zones, (instant, zone) => {
        const shown = wallClockOf(instant, zone);
        expect(wallClockOf(instantOf(shown, zone), zone)).toEqual(shown);
      }),
    );
  });
});
