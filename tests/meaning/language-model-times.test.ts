import { expect, test } from 'vitest';
import { instantSaid } from '../../src/meaning/language-model/reading.ts';
import { anAnswer, askedOf, model, patient } from './language-models.ts';
import { conversation, spoken } from './spoken.ts';

test.each([
  // zone, said at, local time answered, instant
  ['Europe/Berlin', '2026-03-27T12:00Z', '2026-03-28T15:00', '2026-03-28T14:00Z'],
  ['Europe/Berlin', '2026-03-27T12:00Z', '2026-03-30T15:00', '2026-03-30T13:00Z'], // the clocks went forward between
  ['Europe/Berlin', '2026-03-27T12:00Z', '2026-03-29T02:30', '2026-03-29T01:30Z'], // an hour that does not exist
  ['Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T02:30', '2026-10-25T00:30Z'], // an hour that comes twice
  ['America/New_York', '2026-10-31T12:00Z', '2026-11-02T09:00', '2026-11-02T14:00Z'],
  ['America/New_York', '2026-10-31T12:00Z', '2026-11-01T00:30', '2026-11-01T04:30Z'],
  ['Asia/Kathmandu', '2026-03-27T12:00Z', '2026-03-28T09:00', '2026-03-28T03:15Z'],
  ['Australia/Lord_Howe', '2026-04-04T12:00Z', '2026-04-06T09:00', '2026-04-05T22:30Z'], // half an hour of summer
  ['Pacific/Kiritimati', '2026-03-27T12:00Z', '2026-03-28T09:00', '2026-03-27T19:00Z'],
  ['America/New_York', '2026-03-07T12:00Z', '2026-03-08', '2026-03-09T03:59Z'], // a day is over when it is
  ['America/New_York', '2026-03-07T12:00Z', '2026-03-08T10:00:30', '2026-03-08T14:00Z'],
  ['America/New_York', '2026-03-07T12:00Z', '2026-03-08T10:00Z', '2026-03-08T10:00Z'],
  ['America/New_York', '2026-03-07T12:00Z', '2026-03-08T10:00-08:00', '2026-03-08T18:00Z'],
])('%s, said %s: %s', (zone, said, local, instant) => {
  expect(instantSaid(local, Date.parse(said), zone)).toBe(Date.parse(instant));
});

test.each([
  'tomorrow',
  '2026-02-30T10:00',
  '2026-13-01',
  '2026-04-01T25:00',
  '2026-04-01T24:00',
  '2026-03-06T10:00', // before it was said
  '2126-04-01T10:00',
  '',
])('%j is no due date', (local) => {
  expect(instantSaid(local, Date.parse('2026-03-07T12:00Z'), 'America/New_York')).toBeNull();
});

test('the model is told the local time of each segment, and its answer is read in that zone', async () => {
  const saidAtMs = Date.parse('2026-03-28T22:59:58Z'); // two seconds before midnight in Berlin, and a day before summer
  const { server, understander } = await model({
    ...anAnswer,
    actionItems: [
      { description: 'Call', dueAt: '2026-03-29T09:00', dueText: 'at nine tomorrow', segmentId: 's2' },
      { description: 'Write', dueAt: '2026-03-01T09:00', dueText: 'on the first', segmentId: 's2' },
      { description: 'Walk', dueAt: 'soon', dueText: 'soon', segmentId: 's1' },
    ],
  });
  const talk = conversation(spoken(['Hello there.', 'I will call tomorrow at nine.'], saidAtMs), {
    timeZone: 'Europe/Berlin',
  });
  const { actionItems } = await understander.understand(talk, { signal: patient() });
  expect(actionItems).toEqual([
    {
      description: 'Call',
      dueAtMs: Date.parse('2026-03-29T07:00Z'),
      dueText: 'at nine tomorrow',
      segmentId: 's1',
    },
    { description: 'Write', dueAtMs: null, dueText: null, segmentId: 's1' },
    { description: 'Walk', dueAtMs: null, dueText: null, segmentId: 's0' },
  ]);
  const material = askedOf(server)[0]?.material;
  expect(material).toContain('{"id":"s1","at":"2026-03-28T23:59","text":"Hello there."}');
  expect(material).toContain('{"id":"s2","at":"2026-03-29T00:00",');
});

test('a zone that this machine does not know is read as UTC, and says so', async () => {
  const { server, understander } = await model({
    ...anAnswer,
    actionItems: [{ description: 'Call', dueAt: '2026-03-19T09:00', dueText: null, segmentId: 's1' }],
  });
  const { actionItems } = await understander.understand(
    conversation(spoken(['Call them.']), { timeZone: 'Mars/Olympus' }),
    { signal: patient() },
  );
  expect(actionItems[0]?.dueAtMs).toBe(Date.parse('2026-03-19T09:00Z'));
  expect(askedOf(server)[0]?.material).toContain('local time (UTC)');
});
