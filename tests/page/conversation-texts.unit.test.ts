/** Rules of the page of a conversation about texts, times of tasks, and what is shown before the server has answered. */
import type { Conversation } from '@afterword/client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromField, toField } from '../../packages/page/src/conversation/rules/local-time.ts';
import { united, withName, withSpeaker } from '../../packages/page/src/conversation/rules/optimistic.ts';
import { blocksOf, plainOf } from '../../packages/page/src/words/markdown.ts';

describe('the time of a task', () => {
  test('is read back as it was written, in every time zone and at every hour that there is once', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'UTC',
      'Pacific/Auckland',
    );
    const minutes = fc.integer({ min: 27_000_000, max: 32_000_000 });
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const field = toField(minute * 60_000, zone);
        const back = fromField(field, zone) ?? 0;
        expect(toField(back, zone)).toBe(field);
        expect(Math.abs(back - minute * 60_000)).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  test('is an hour that exists where clocks are put forward, and null where there is none', () => {
    // On 29 March 2026 the clock in Berlin goes from 2 to 3.
    expect(fromField('2026-03-29T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(fromField('2026-03-29T12:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 10));
    expect(fromField('', 'Europe/Berlin')).toBeNull();
    expect(fromField('soon', 'Europe/Berlin')).toBeNull();
  });
});

test('a summary is read as paragraphs, lists and bold words, and never as HTML', () => {
  const text = (inlines: { text: string }[]) => inlines.map((inline) => inline.text).join('|');
  const shown = blocksOf('# Roof\nWe **mend** it\nsoon.\n\n- one\n* two\n1. first\n<b>x</b> \\*as is\\*').map(
    (block) =>
      block.kind === 'list'
        ? `${block.isOrdered ? 'ol' : 'ul'}: ${block.items.map(text).join(', ')}`
        : `${block.kind}: ${text(block.inlines)}`,
  );
  expect(shown).toEqual([
    'heading: Roof',
    'paragraph: We |mend| it soon.',
    'ul: one, two',
    'ol: first',
    'paragraph: <b>x</b> *as is*',
  ]);
  expect(plainOf('# Roof\nWe **mend** it\nsoon.\n\n- one\n- *two*')).toBe('Roof We mend it soon. one two');
});

describe('before the server has answered', () => {
  const line = (id: string, speakerId: string | null, s: number) =>
    ({
      id,
      speakerId,
      speaker: speakerId,
      startedAtMs: 1000 * s,
      endedAtMs: 1000 * s + 500,
      speakerDecided: false,
    }) as Conversation['segments'][number];
  const speaker = (id: string, name: string | null) => ({ id, name, label: id, isOwner: false, spokenMs: 1 });
  const before = {
    speakers: [speaker('a', null), speaker('b', 'Ben')],
    segments: [line('1', 'a', 1), line('2', 'b', 2), line('3', 'a', 3), line('4', null, 4)],
  } as Conversation;
  const told = ({ speakers, segments }: Conversation) => [
    speakers.map(({ name, label, spokenMs }) => `${name ?? label} ${spokenMs}`),
    segments.map((segment) => segment.speaker),
  ];

  test('a line has its new speaker, also a person from elsewhere', () => {
    expect(told(withSpeaker(before, ['1'], { id: 'b', name: 'Ben' }))).toEqual([
      ['Ben 1000', 'Speaker 2 500'],
      ['Ben', 'Ben', 'Speaker 2', null],
    ]);
    expect(told(withSpeaker(before, ['4'], { id: 'per', name: 'Eve' }))[0]).toContain('Eve 500');
  });

  test('a speaker has the new name, and two are one', () => {
    expect(told(withName(before, 'a', 'Ana'))[1]).toEqual(['Ana', 'Ben', 'Ana', null]);
    expect(told(united(before, 'b', { id: 'a', name: null }))).toEqual([
      ['Ben 1500'],
      ['Ben', 'Ben', 'Ben', null],
    ]);
  });
});
