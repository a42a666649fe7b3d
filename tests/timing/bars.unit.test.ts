import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BORDER_ORDINALS } from '../../src/store/tables/borders.ts';
import { type BarCall, type BarFile, barsOf } from '../../src/timing/bars.ts';
import { criticalPath, type TimedEvent } from '../../src/timing/critical-path.ts';

let number = 0;
const of = (
  type: string,
  atMs: number,
  id: string,
  stage: string | null = null,
  code: string | null = null,
): TimedEvent => {
  const isRecording = type.startsWith('recording');
  number += 1;
  const subject = { recordingId: isRecording ? id : null, conversationId: isRecording ? null : id };
  return { number, type, atMs, ...subject, stage, code };
};
const call = (some: Partial<BarCall> & { id: number; startedAtMs: number }): BarCall => ({
  questionId: some.id,
  kind: 'transcribe',
  recordingId: 'rec',
  conversationId: null,
  piece: 0,
  provider: 'deepgram',
  model: 'nova',
  round: 0,
  link: 0,
  finishedAtMs: some.startedAtMs + 100,
  outcome: 'answered',
  code: null,
  ...some,
});
const FILE = {
  recordingId: 'rec',
  name: 'a.wav',
  acceptedAtMs: 0,
  finishedAtMs: 900,
  outcome: 'completed',
  code: null,
};
const EVENTS = [
  of('recording.accepted', 0, 'rec', 'queued'),
  of('recording.stage', 100, 'rec', 'transcribing'),
  of('recording.waiting', 400, 'rec', null, 'provider_down'),
  of('recording.stage', 600, 'rec', 'transcribing'),
  of('recording.stage', 800, 'rec', 'placing'),
  of('recording.completed', 900, 'rec', 'done'),
  of('conversation.created', 900, 'cnv'),
  of('conversation.stage', 1_500, 'cnv', 'understanding'),
  of('conversation.ready', 2_000, 'cnv'),
  { ...of('upload.done', 2_000, 'x'), conversationId: null },
];
const path = criticalPath('upl', 0, EVENTS, 5_000).parts;

it('a file and a conversation are bars of the stages that they went through, waits and runs in one', () => {
  const bars = barsOf({ events: EVENTS, calls: [], files: [FILE], path, acceptedAtMs: 0 });
  const parts = bars.map(({ id, parts: of }) => [
    id,
    of.map(({ stage, what, fromMs, toMs, code }) => [stage, what, fromMs, toMs, code]),
  ]);
  expect(parts).toEqual([
    [
      'rec',
      [
        ['queued', 'wait', 0, 100, null],
        ['transcribing', 'run', 100, 400, null],
        ['waiting', 'wait', 400, 600, 'provider_down'],
        ['transcribing', 'run', 600, 800, null],
        ['placing', 'run', 800, 900, null],
      ],
    ],
    [
      'cnv',
      [
        ['settling', 'wait', 900, 1_500, null],
        ['understanding', 'run', 1_500, 2_000, null],
      ],
    ],
  ]);
  expect(bars.flatMap((bar) => bar.parts).every(({ isCritical }) => isCritical)).toBe(true);
});

it('a question has its tries and fallbacks as runs with the waits between them, below what it was asked for', () => {
  const calls = [
    call({ id: 1, startedAtMs: 100, finishedAtMs: 200, outcome: 'error', code: 'timeout' }),
    call({
      id: 2,
      questionId: 1,
      startedAtMs: 200,
      finishedAtMs: 200,
      outcome: 'not_asked',
      link: 1,
      provider: 'groq',
    }),
    call({ id: 3, questionId: 1, startedAtMs: 300, finishedAtMs: 390, round: 1 }),
    call({ id: 4, piece: 1, startedAtMs: 100, finishedAtMs: 150 }),
  ];
  const bars = barsOf({ events: EVENTS, calls, files: [FILE], path, acceptedAtMs: 0 });
  const [quick, slow] = bars
    .filter(({ parentId }) => parentId === 'rec')
    .toSorted((a, b) => (a.toMs ?? 0) - (b.toMs ?? 0));
  expect(slow?.parts.map(({ what, provider, link, round }) => [what, provider, link, round])).toEqual([
    ['run', 'deepgram', 0, 0],
    ['run', 'groq', 1, 0],
    ['wait', null, 0, 0],
    ['run', 'deepgram', 0, 1],
  ]);
  expect(slow?.parts.every(({ isCritical }) => isCritical)).toBe(true);
  expect(quick?.parts.some(({ isCritical }) => isCritical)).toBe(false);
});

it('a call for a piece across a border says to which side, in place of a number', () => {
  const calls = [
    call({ id: 1, piece: 4, startedAtMs: 1, finishedAtMs: 2 }),
    call({ id: 2, questionId: 2, piece: BORDER_ORDINALS.head, startedAtMs: 3, finishedAtMs: 4 }),
    call({ id: 3, questionId: 3, piece: BORDER_ORDINALS.tail, startedAtMs: 5, finishedAtMs: 6 }),
  ];
  const bars = barsOf({ events: EVENTS, calls, files: [FILE], path: [], acceptedAtMs: 0 });
  const heard = bars.filter(({ kind }) => kind === 'transcribe').map(({ piece, across }) => [piece, across]);
  expect(heard).toEqual([
    [4, null],
    [null, 'before'],
    [null, 'after'],
  ]);
});

it('a call whose worker ended under it is lost once the same is asked anew, and no longer under way', () => {
  const open = { ...FILE, finishedAtMs: null, outcome: 'processing' };
  const told = (calls: BarCall[], file: BarFile = open, events = EVENTS.slice(0, 2)) =>
    barsOf({ events, calls, files: [file], path: [], acceptedAtMs: 0 })
      .filter(({ kind }) => kind === 'transcribe')
      .map(({ piece, toMs, outcome }) => [piece, toMs, outcome]);
  const dead = call({ id: 1, startedAtMs: 150, finishedAtMs: null, outcome: null });
  const other = call({ id: 2, piece: 1, startedAtMs: 160, finishedAtMs: null, outcome: null });
  const again = call({ id: 3, startedAtMs: 500, finishedAtMs: 600 });
  expect(told([dead, other])).toEqual([
    [0, null, null],
    [1, null, null],
  ]);
  expect(told([dead, other, again])).toEqual([
    [0, 500, 'lost'],
    [1, null, null],
    [0, 600, 'answered'],
  ]);
  // What waits for its next attempt, and what is over, has no call under way.
  expect(told([dead], open, EVENTS.slice(0, 3))).toEqual([[0, 400, 'lost']]);
  expect(told([other], FILE, EVENTS.slice(0, 2))).toEqual([[1, 900, 'lost']]);
});

it('what is under way has no end, and what ended before there were events has one', () => {
  const events = EVENTS.slice(0, 2);
  const open = { ...FILE, finishedAtMs: null, outcome: 'processing' };
  const [bar] = barsOf({ events, calls: [], files: [open], path: [], acceptedAtMs: 0 });
  expect([bar?.toMs, bar?.parts.at(-1)?.toMs]).toEqual([null, null]);
  const [old] = barsOf({ events: [], calls: [], files: [FILE], path: [], acceptedAtMs: 0 });
  expect([old?.toMs, old?.parts.length]).toEqual([900, 1]);
});

it('parts of a bar never overlap and lie within it, whatever the clocks said', () => {
  const times = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 5_000 }), (at, endMs) => {
      const stages = at.map((atMs, n) =>
        of(n % 3 ? 'recording.stage' : 'recording.waiting', atMs, 'rec', 'transcribing', 'queued'),
      );
      const calls = at.map((startedAtMs, n) =>
        call({ id: n + 1, questionId: 1, startedAtMs, finishedAtMs: n % 4 ? startedAtMs + n : null }),
      );
      const file = { ...FILE, finishedAtMs: endMs };
      for (const bar of barsOf({ events: stages, calls, files: [file], path: [], acceptedAtMs: 100 })) {
        let reached = bar.fromMs;
        for (const { fromMs, toMs } of bar.parts) {
          expect(fromMs).toBeGreaterThanOrEqual(reached);
          if (toMs !== null) expect(toMs).toBeGreaterThanOrEqual(fromMs);
          reached = toMs ?? fromMs;
        }
        if (bar.toMs !== null) expect(reached).toBeLessThanOrEqual(bar.toMs);
      }
    }),
  );
});
