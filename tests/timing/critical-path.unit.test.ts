import fc from 'fast-check';
import { expect, it } from 'vitest';
import { criticalPath, type TimedEvent } from '../../src/timing/critical-path.ts';

const event = (number: number, atMs: number, type: string, more: Partial<TimedEvent> = {}): TimedEvent => ({
  number,
  type,
  atMs,
  recordingId: type.startsWith('recording') ? 'rec' : null,
  conversationId: type.startsWith('conversation') ? 'cnv' : null,
  stage: null,
  code: null,
  ...more,
});

it('follows the last recording through its waits to the conversation that was ready last', () => {
  const { parts, totalMs, isDone } = criticalPath(
    'upl',
    0,
    [
      event(1, 10, 'recording.accepted', { stage: 'queued' }),
      event(2, 11, 'recording.accepted', { stage: 'queued', recordingId: 'other' }),
      event(3, 30, 'recording.stage', { stage: 'transcribing' }),
      event(4, 130, 'recording.waiting', { stage: 'queued', code: 'upstream' }),
      event(5, 1_130, 'recording.stage', { stage: 'transcribing' }),
      event(6, 1_140, 'recording.completed', { stage: 'done', recordingId: 'other' }),
      event(7, 1_500, 'recording.stage', { stage: 'placing' }),
      event(8, 1_520, 'recording.completed', { stage: 'done' }),
      event(9, 1_520, 'conversation.created'),
      event(10, 2_520, 'conversation.stage', { stage: 'understanding' }),
      event(11, 3_000, 'conversation.ready'),
      event(12, 3_000, 'upload.done'),
    ],
    99_999,
  );
  expect(isDone).toBe(true);
  expect(totalMs).toBe(3_000);
  expect(parts.map(({ stage, code, ms }) => [stage, code, ms])).toEqual([
    ['accepting', null, 10],
    ['queued', null, 20],
    ['transcribing', null, 100],
    ['waiting', 'upstream', 1_000],
    ['transcribing', null, 370],
    ['placing', null, 20],
    ['settling', null, 1_000],
    ['understanding', null, 480],
  ]);
});

it('while it is under way, follows what is not finished until now', () => {
  const { parts, totalMs } = criticalPath(
    'upl',
    100,
    [
      event(1, 100, 'recording.accepted', { stage: 'queued' }),
      event(2, 400, 'recording.stage', { stage: 'transcribing' }),
    ],
    1_000,
  );
  expect(totalMs).toBe(900);
  expect(parts.map(({ stage, ms }) => [stage, ms])).toEqual([
    ['queued', 300],
    ['transcribing', 600],
  ]);
});

it('where a file begins again after the end, follows that work and not the first refusal', () => {
  const refused = [
    event(1, 10, 'recording.accepted', { stage: 'queued' }),
    event(2, 10, 'recording.rejected', { code: 'time_missing' }),
    event(3, 10, 'upload.done'),
  ];
  const again = [
    event(4, 60_000, 'recording.waiting', { stage: 'queued', code: 'queued' }),
    event(5, 60_100, 'recording.stage', { stage: 'transcribing' }),
    event(6, 65_100, 'recording.completed'),
    event(7, 65_100, 'conversation.created'),
    event(8, 67_100, 'conversation.stage', { stage: 'understanding' }),
  ];
  const running = criticalPath('upl', 0, [...refused, ...again], 70_100);
  expect([running.isDone, running.totalMs]).toEqual([false, 10_100]);
  const ended = [...refused, ...again, event(9, 69_100, 'conversation.ready')];
  // A star that somebody gives it later is no work.
  const { parts, totalMs, isDone } = criticalPath(
    'upl',
    0,
    [...ended, event(10, 99_000, 'conversation.updated')],
    99_999,
  );
  expect([isDone, totalMs]).toEqual([true, 9_100]);
  expect(parts.map(({ stage, ms }) => [stage, ms])).toEqual([
    ['queued', 100],
    ['transcribing', 5_000],
    ['settling', 2_000],
    ['understanding', 2_000],
  ]);
  expect(criticalPath('upl', 0, refused, 99_999)).toMatchObject({ isDone: true, totalMs: 10 });
});

it('its parts add up to the whole, whatever happened and whatever the clocks say', () => {
  const types = [
    'recording.accepted',
    'recording.stage',
    'recording.waiting',
    'recording.completed',
    'recording.deleted',
    'conversation.created',
    'conversation.stage',
    'conversation.waiting',
    'conversation.ready',
    'upload.done',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...types), fc.integer({ min: -500, max: 5_000 }), fc.nat(2))),
      fc.nat(2_000),
      (given, acceptedAtMs) => {
        const events = given.map(([type, atMs, who], index) => {
          const known = event(index + 1, atMs, type, { stage: 'some' });
          const recordingId = known.recordingId && `rec${who}`;
          return { ...known, recordingId, conversationId: known.conversationId && `cnv${who}` };
        });
        const { parts, totalMs } = criticalPath('upl', acceptedAtMs, events, 3_000);
        expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBe(totalMs);
        // Only work that began again after the end begins later than the upload.
        const isAgain = given.some(
          ([type], at) =>
            at > given.findIndex(([one]) => one === 'upload.done') && /^recording\.(acc|st|wait)/.test(type),
        );
        const isTold = given.some(([type]) => type === 'upload.done');
        let atMs = isTold && isAgain ? (parts[0]?.fromMs ?? acceptedAtMs) : acceptedAtMs;
        expect(atMs).toBeGreaterThanOrEqual(acceptedAtMs);
        for (const { fromMs, ms } of parts) {
          expect(fromMs).toBe(atMs);
          expect(ms).toBeGreaterThan(0);
          atMs += ms;
        }
      },
    ),
  );
});
