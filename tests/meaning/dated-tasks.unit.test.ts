import { describe, expect, it } from 'vitest';
import { actionItemsOf } from '../../src/meaning/extractive/action-items.ts';
import { easterSunday } from '../../src/meaning/extractive/named-days.ts';
import { sentencesOf } from '../../src/meaning/extractive/sentences.ts';
import { wallClockOf } from '../../src/meaning/wall-clock.ts';
import { known, written } from './dated-cases.ts';
import { spoken } from './spoken.ts';

const zone = 'America/New_York';
const two = (value: number) => String(value).padStart(2, '0');

/** `none`, `undated`, or the time on the wall at which the one task is due. */
function heard(said: string): string {
  const items = actionItemsOf(sentencesOf(spoken([said])), zone);
  if (items.length !== 1) return items.length === 0 ? 'none' : `${items.length} tasks`;
  const dueAtMs = items[0]?.dueAtMs ?? null;
  if (dueAtMs === null) return 'undated';
  const { year, month, day, hour, minute } = wallClockOf(dueAtMs, zone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

describe('tasks with times', () => {
  it.each([...known, ...written])('%s', (said, expected) => {
    expect(heard(said)).toBe(expected);
  });

  // Dates of Easter Sunday as the churches print them.
  it.each([
    [2024, 3, 31],
    [2025, 4, 20],
    [2026, 4, 5],
    [2027, 3, 28],
    [2030, 4, 21],
    [2038, 4, 25],
  ])('knows Easter of %i', (year, month, day) => {
    expect(easterSunday(year)).toEqual({ year, month, day });
  });
});

describe('a task that only points back', () => {
  const contexts = (...lines: string[]) =>
    actionItemsOf(sentencesOf(spoken(lines)), zone).map(({ description, context }) => [description, context]);

  it('shows what was said before it, past small talk', () => {
    expect(contexts('The boiler is leaking again.', 'Okay.', "I'll do it this afternoon.")).toEqual([
      ["I'll do it this afternoon", 'The boiler is leaking again'],
    ]);
  });

  it('shows the beginning of its own sentence first', () => {
    expect(contexts('We had guests.', "The boiler is leaking, so I'll fix it today.")).toEqual([
      ["I'll fix it today", 'The boiler is leaking'],
    ]);
  });

  it('shows what the first of several was about to all of them', () => {
    expect(
      contexts('The parcel is at the post office.', 'Pick it up on Friday.', "I'll unpack it tomorrow."),
    ).toEqual([
      ['Pick it up on Friday', 'The parcel is at the post office'],
      ["I'll unpack it tomorrow", 'The parcel is at the post office'],
    ]);
  });

  it('keeps two tasks apart that differ only in what they point to', () => {
    const found = contexts(
      'The app crashes.',
      "I'll do it tomorrow.",
      'The cat is sick.',
      "I'll do it tomorrow.",
    );
    expect(found.map(([, context]) => context)).toEqual(['The app crashes', 'The cat is sick']);
  });

  it('shows nothing where the task says what it is about', () => {
    expect(contexts('Anna sent two files.', "I'll send that file to Tom by Friday.")).toEqual([
      ["I'll send that file to Tom by Friday", undefined],
    ]);
  });
});
