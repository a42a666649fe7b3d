import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionItemsOf } from '../../src/meaning/extractive/action-items.ts';
import { sentencesOf } from '../../src/meaning/extractive/sentences.ts';
import { hardTalk, hardTasks, talk, tasks, unseenTalk, unseenTasks } from './action-item-cases.ts';
import { meeting, meetingTasks } from './meeting.ts';
import { sampleDay, spoken } from './spoken.ts';

const zone = 'America/New_York';
const itemsIn = (...lines: string[]) => actionItemsOf(sentencesOf(spoken(lines)), zone);

function measured(asked: readonly string[], said: readonly string[]) {
  const found = asked.filter((line) => itemsIn(line).length > 0).length;
  const wrong = said.filter((line) => itemsIn(line).length > 0);
  return { recall: found / asked.length, precision: found / (found + wrong.length), wrong };
}

describe('action items', () => {
  it.each(tasks)('hears a task in: %s', (line) => {
    expect(itemsIn(line)).toHaveLength(1);
  });

  it.each(talk)('hears none in: %s', (line) => {
    expect(itemsIn(line)).toEqual([]);
  });

  it.each([
    ['hard', hardTasks, hardTalk, 0.9, 0.95],
    ['unseen', unseenTasks, unseenTalk, 0.9, 0.95],
  ] as const)('precision before recall: %s sentences', (_, asked, said, recall, precision) => {
    const result = measured(asked, said);
    expect(result.recall).toBeGreaterThanOrEqual(recall);
    expect(result.precision, result.wrong.join('\n')).toBeGreaterThanOrEqual(precision);
  });

  it('finds none in any sample recording', () => {
    for (const { name, segments } of sampleDay()) {
      expect(actionItemsOf(sentencesOf(segments), zone), name).toEqual([]);
    }
  });

  it('finds what a meeting agreed on, once each', () => {
    const found = actionItemsOf(sentencesOf(spoken(meeting)), zone);
    expect(found.map((item) => [item.description, item.dueText])).toEqual(meetingTasks);
  });

  it('makes two tasks of one breath, each with its own date', () => {
    expect(itemsIn("I'll send the slides on Friday and then you should call Anna tomorrow.")).toMatchObject([
      { description: "I'll send the slides on Friday", dueText: 'on Friday' },
      { description: 'You should call Anna tomorrow', dueText: 'tomorrow' },
    ]);
  });

  it('counts a repeated task once and keeps the date it was given later', () => {
    const found = itemsIn(
      "I'll send the budget report.",
      'Great.',
      "So I'll send the budget report by Friday.",
    );
    expect(found).toMatchObject([
      { description: "I'll send the budget report", dueText: 'Friday', segmentId: 's0' },
    ]);
  });

  it('joins a promise that a pause cut in two', () => {
    const [item] = itemsIn('We need to', 'send the contract to Anna');
    expect(item).toMatchObject({ description: 'We need to send the contract to Anna', segmentId: 's0' });
  });

  it('only ever returns words and segments it was given, in order', () => {
    const line = fc.oneof(
      fc.constantFrom(...tasks, ...talk, ...hardTasks, ...hardTalk),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const segments = spoken(lines);
        const found = actionItemsOf(sentencesOf(segments), zone);
        const said = segments
          .map((segment) => segment.text.normalize('NFC').replace(/\s+/gu, ' '))
          .join(' ')
          .toLowerCase();
        const positions = found.map((item) => segments.findIndex((segment) => segment.id === item.segmentId));
        for (const item of found) expect(said).toContain(item.description.toLowerCase());
        expect(positions).not.toContain(-1);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});
