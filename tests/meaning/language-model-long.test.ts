import fc from 'fast-check';
import llama from 'llama-tokenizer-js';
import { expect, test } from 'vitest';
import { segmentLine } from '../../src/meaning/language-model/material.ts';
import { aliasesOf, linesOf, lineTokens, partsOf } from '../../src/meaning/language-model/parts.ts';
import { estimateTokens } from '../../src/meaning/language-model/tokens.ts';
import type { ConversationToUnderstand } from '../../src/meaning/understanding.ts';
import { anAnswer, answering, askedOf, completion, model, patient, simulated } from './language-models.ts';
import { conversation, wednesday } from './spoken.ts';

const HOUR_MS = 3_600_000;

/** A segment every five seconds, each with a word of its own. */
function talkOf(hours: number): ConversationToUnderstand {
  const segments = Array.from({ length: hours * 720 }, (_, at) => ({
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    text:
      at % 600 === 599
        ? `And then I need to call number${at} by 2026-03-20T09:00.`
        : `This is what was said as sentence number${at} of a long day with colleagues.`,
    startedAtMs: wednesday + at * 5000,
    endedAtMs: wednesday + at * 5000 + 4000,
    speaker: at % 3 === 0 ? null : `Speaker ${at % 3}`,
  }));
  return conversation(segments, { endedAtMs: wednesday + hours * HOUR_MS });
}

const numbersIn = (text: string) => [...text.matchAll(/number(\d+)/g)].map(([, number]) => Number(number));
const idsIn = (material: string) => [...material.matchAll(/^\{"id":"s(\d+)"/gm)].map(([, id]) => Number(id));

test('five hours: every word is read, in order, in parts, and folded into one', async () => {
  const talk = talkOf(5);
  const run = async () => {
    const { server, understander } = await model({
      ...anAnswer,
      actionItems: [{ description: 'Call', dueAt: null, dueText: null, segmentId: 's1' }],
    });
    const result = await understander.understand(talk, { signal: patient() });
    return { asked: askedOf(server), result };
  };
  const first = await run();
  for (const task of ['notes', 'actionItems']) {
    const parts = first.asked
      .filter((each) => each.task === task)
      .map(({ material }) => material)
      .toSorted((a, b) => (idsIn(a)[0] ?? 0) - (idsIn(b)[0] ?? 0));
    expect(parts.length).toBeGreaterThan(20);
    expect(parts.flatMap(numbersIn)).toEqual(talk.segments.map((_, at) => at));
    const sizes = parts.map(({ length }) => length);
    expect(Math.min(...sizes) / Math.max(...sizes)).toBeGreaterThan(0.8);
  }
  expect(first.asked.filter(({ task }) => task === 'structure')).toEqual([]);
  expect(first.asked.filter(({ task }) => task === 'folder')).toHaveLength(1);
  // What several parts tell alike is to be done once.
  expect(first.result.actionItems).toHaveLength(1);
  const second = await run();
  const sorted = (asked: typeof first.asked) => asked.map(({ material }) => material).toSorted();
  expect(sorted(second.asked)).toEqual(sorted(first.asked));
});

test('five hours at a simulated provider: no request beyond the context, its parts in parallel', async () => {
  const { providers, understander } = await simulated({ latency: { kind: 'fixed', ms: 20 } });
  const result = await understander.understand(talkOf(5), { signal: patient() });
  expect(result.actionItems.map(({ description }) => numbersIn(description)[0])).toEqual([
    599, 1199, 1799, 2399, 2999, 3599,
  ]);
  expect(result.actionItems[0]?.segmentId).toBe('00000000-0000-4000-8000-000000000599');
  expect(result.keyPoints.length).toBeGreaterThan(0);
  expect(result.folder).toEqual({ id: 'personal', confidence: 0.9 });
  const { calls, answered, maxInFlight } = providers.stats();
  expect(answered).toBe(calls);
  expect(maxInFlight).toBeGreaterThanOrEqual(4);
  expect(maxInFlight).toBeLessThanOrEqual(8);
  expect(result.usage?.calls).toBe(calls);
});

test('it fits: three questions; a little more does not, and is two parts', async () => {
  const talk = talkOf(1);
  const fits = await model(anAnswer, { contextTokens: 128_000 });
  await fits.understander.understand(talk, { signal: patient() });
  expect(fits.server.asked).toHaveLength(3);
  const tight = await model(anAnswer, { contextTokens: 30_000 });
  await tight.understander.understand(talk, { signal: patient() });
  const tasks = askedOf(tight.server).map(({ task }) => task);
  expect(tasks.toSorted()).toEqual(['actionItems', 'actionItems', 'fold', 'folder', 'notes', 'notes']);
});

test('a minute is told once, and again at the beginning of each part', async () => {
  const { server, understander } = await model(anAnswer, { contextTokens: 30_000 });
  await understander.understand(talkOf(1), { signal: patient() });
  const parts = askedOf(server).filter(({ task }) => task === 'notes');
  expect(parts).toHaveLength(2);
  const minutes = parts.map(({ material }) => {
    const lines = material.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line): string | undefined => JSON.parse(line).at);
  });
  for (const told of minutes) expect(told[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  const all = minutes.flat().filter((at) => at !== undefined);
  expect(new Set(all).size).toBe(60);
  expect(all.length).toBeLessThanOrEqual(61);
});

test('notes too long for one call are folded level by level', async () => {
  const body = 'What was said about it. '.repeat(100);
  const { server, understander } = await model({
    ...anAnswer,
    overview: body,
    sections: [{ heading: 'It', body, segmentIds: ['s1'] }],
  });
  const { sections } = await understander.understand(talkOf(3), { signal: patient() });
  expect(sections).toHaveLength(1);
  const folds = askedOf(server).filter(({ task }) => task === 'fold');
  expect(folds.length).toBeGreaterThan(1);
  for (const { material } of folds) expect(estimateTokens(material)).toBeLessThan(8192);
});

test('a part that fails fails all of it, for a page about half a day would look like one about all of it', async () => {
  const { understander } = await answering([
    ...Array(9).fill({ body: completion(anAnswer) }),
    { status: 400, body: {} },
  ]);
  await expect(understander.understand(talkOf(2), { signal: patient() })).rejects.toMatchObject({
    code: 'invalid_input',
  });
});

test.each([
  [
    'lines',
    talkOf(1)
      .segments.slice(0, 50)
      .map((each, at) => segmentLine(each, `s${at}`, 'UTC'))
      .join('\n'),
  ],
  ['Swedish', 'Jag skulle vilja boka ett möte på fredag eftermiddag för att gå igenom budgeten för köket.'],
  ['Chinese', '我们明天下午三点在办公室见面讨论厨房的预算和时间安排。'],
  ['Arabic', 'سنلتقي غدا في الساعة الثالثة بعد الظهر لمناقشة ميزانية المطبخ.'],
  ['Russian', 'Мы встретимся завтра в три часа дня, чтобы обсудить бюджет кухни.'],
  ['Hindi', 'हम कल दोपहर तीन बजे रसोई के बजट पर चर्चा करने के लिए मिलेंगे।'],
])('tokens of %s are not estimated too low', (_, text) => {
  const taken = llama.encode(text).length;
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(taken);
  expect(estimateTokens(text)).toBeLessThan(taken * 2.5);
});

test('no part is too long, none is empty, and together they are what was said', () => {
  const segment = fc.record({
    text: fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }),
      fc.lorem({ maxCount: 80, mode: 'words' }),
      fc.constant('界'.repeat(2000)),
    ),
    speaker: fc.option(fc.string({ maxLength: 10 })),
  });
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 40 }),
      fc.integer({ min: 200, max: 2000 }),
      (spoken, budget) => {
        const segments = spoken.map((each, at) => ({ ...each, id: `${at}`, startedAtMs: at, endedAtMs: at }));
        const talk = conversation(segments, { timeZone: 'UTC' });
        const lines = linesOf(aliasesOf(segments), talk, budget);
        const parts = partsOf(lines, budget);
        expect(parts.flat()).toEqual(lines);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.map(lineTokens).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budget);
        }
        const read = lines.map((line) => JSON.parse(line));
        const said = (alias: string) =>
          read
            .filter(({ id }) => id === alias)
            .map(({ text }) => text)
            .join('');
        for (const [alias, { text }] of aliasesOf(segments)) expect(said(alias)).toBe(text);
      },
    ),
    { numRuns: 100 },
  );
  expect(segmentLine({ ...talkOf(1).segments[0], text: '<' } as never, 's1', 'UTC')).not.toContain('<');
});
