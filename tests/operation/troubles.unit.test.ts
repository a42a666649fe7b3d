import { expect, it } from 'vitest';
import type { Facts } from '../../src/operation/picture.ts';
import { providerOf, workersOf } from '../../src/operation/shape.ts';
import { ageOf, troublesOf } from '../../src/operation/troubles.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const WORKER: Facts['workers'][number] = {
  id: 'w1',
  host: 'a',
  pid: 7,
  version: '1',
  startedAtMs: NOW - 1_000_000,
  beatAtMs: NOW - 500,
  state: 'alive',
  places: 4,
  holds: 0,
  held: [],
};
const LANE: Facts['lanes'][number] = { lane: 'fresh', waiting: 0, running: 0, oldestMs: 0, reasons: [] };
const CALLS = {
  provider: 'deepgram',
  underWay: 0,
  answered: 10,
  failed: 0,
  spared: 0,
  failedInARow: 0,
  lastAnsweredAtMs: NOW - 1_000,
  lastFailedAtMs: null,
  lastSparedAtMs: null,
  lastCode: null,
  p50Ms: 900,
  p95Ms: 2_000,
};

function facts(some: Partial<Facts> = {}): Facts {
  return {
    atMs: NOW,
    lanes: [LANE],
    stages: [],
    providers: [],
    workers: [WORKER],
    deadLetters: { recordings: 0, conversations: 0, kinds: [] },
    storage: {
      state: 'ok',
      recordings: 1,
      audioBytes: 1,
      copyBytes: 1,
      databaseBytes: 1,
      orphans: 0,
      oldestOrphanMs: 0,
    },
    webhooks: { waiting: 0, failedLately: 0, oldestMs: 0, endpoints: 0, failing: 0, disabled: [] },
    push: { waiting: 0, failedLately: 0, oldestMs: 0, devices: 0 },
    ...some,
  };
}
const codes = (some: Partial<Facts>) => troublesOf(facts(some)).map(({ code }) => code);

it('a server that is well has no troubles, whether it is busy or idle', () => {
  expect(codes({})).toEqual([]);
  expect(codes({ lanes: [{ ...LANE, waiting: 100, running: 4, oldestMs: 60 * MINUTE }] })).toEqual([]);
  expect(codes({ providers: [providerOf('deepgram', CALLS, undefined, NOW)] })).toEqual([]);
});

it('the worst comes first, and each is one sentence that says what comes of it', () => {
  const dead = { ...WORKER, state: 'dead' as const };
  const all = troublesOf(
    facts({
      lanes: [{ ...LANE, waiting: 12, oldestMs: 30 * MINUTE }],
      workers: [dead, dead, dead],
      storage: { ...facts().storage, state: 'full' },
      deadLetters: {
        recordings: 2,
        conversations: 1,
        kinds: [{ kind: 'recording', code: 'poison', count: 2, sinceMs: NOW - MINUTE }],
      },
    }),
  );
  expect(all.map(({ code }) => code)).toEqual([
    'storage_unavailable',
    'no_worker',
    'workers_lost',
    'dead_letters',
  ]);
  for (const { text } of all) expect(text).toMatch(/^[A-Z0-9].*\.$/);
  expect(all[1]?.text).toContain('12 recordings and conversations wait');
  // What has to be acted on stands before what has to be looked at.
  const kinds = [{ kind: 'recording' as const, code: 'poison', count: 2, sinceMs: NOW - MINUTE }];
  const deadLetters = { recordings: 2, conversations: 0, kinds };
  expect(codes({ workers: [], deadLetters })).toEqual(['dead_letters', 'no_worker']);
  // One that died is told too, though others take over: somebody looks at why before there are several.
  expect(troublesOf(facts({ workers: [WORKER, dead] }))).toMatchObject([
    { code: 'workers_lost', level: 'warning', count: 1 },
  ]);
  expect(troublesOf(facts({ workers: [WORKER, dead, dead, dead] }))[0]?.level).toBe('bad');
});

it('work that waits for its next attempt is not stuck, and work that nobody takes is', () => {
  const waits = { ...LANE, waiting: 5, oldestMs: 30 * MINUTE };
  expect(codes({ lanes: [waits] })).toEqual(['queue_stuck']);
  const later = [{ code: 'provider_down', count: 5, nextTryAtMs: NOW + MINUTE }];
  expect(codes({ lanes: [{ ...waits, reasons: later }] })).toEqual([]);
  expect(codes({ lanes: [{ ...waits, oldestMs: MINUTE }] })).toEqual([]);
});

it('a provider is down while calls are not made, failing after three in a row, and well by the first answer', () => {
  const state = (some: Partial<typeof CALLS> | { lastFailedAtMs: number }) =>
    providerOf('deepgram', { ...CALLS, ...some }, undefined, NOW).state;
  expect(state({})).toBe('well');
  expect(state({ lastSparedAtMs: NOW } as never)).toBe('down');
  expect(state({ lastSparedAtMs: NOW - 5_000 } as never)).toBe('well');
  expect(state({ failed: 3, failedInARow: 3 })).toBe('failing');
  expect(state({ failed: 1, failedInARow: 1 })).toBe('well');
  expect(state({ failed: 1, failedInARow: 1, answered: 0, lastAnsweredAtMs: null } as never)).toBe('failing');
  expect(providerOf('x', undefined, undefined, NOW).state).toBe('idle');
});

it('a limit tells a pause only while it lasts', () => {
  const shares = {
    provider: 'x',
    allowed: 9,
    usualMs: 1,
    pausedUntilMs: NOW + 9_000,
    granted: 1,
    wanted: 4,
    processes: 2,
  };
  const paused = providerOf('x', undefined, shares, NOW);
  expect(troublesOf(facts({ providers: [paused] }))[0]?.text).toContain('another 9 seconds');
  expect(providerOf('x', undefined, { ...shares, pausedUntilMs: NOW }, NOW).limit?.pausedUntilMs).toBeNull();
});

it('each worker has what it holds, the longest first, and the silent ones come first', () => {
  const work = (id: string, workerId: string, sinceMs: number | null) => ({
    id,
    kind: 'recording' as const,
    userId: 'ada',
    sinceMs,
    share: null,
    crashes: 0,
    workerId,
  });
  const { holds: _h, held: _d, ...bare } = WORKER;
  const silent = { ...bare, id: 'w2', state: 'silent' as const };
  const many = Array.from({ length: 30 }, (_, n) => work(`m${n}`, 'w2', n));
  const [first, second] = workersOf([bare, silent], [work('b', 'w1', null), work('a', 'w1', 5), ...many]);
  expect([first?.id, first?.holds, first?.held.length]).toEqual(['w2', 30, 20]);
  expect(second?.held.map(({ id }) => id)).toEqual(['a', 'b']);
});

it('ages are said as people say them', () => {
  expect([1_000, 119_000, 12 * MINUTE, 300 * MINUTE, 5_000 * MINUTE].map(ageOf)).toEqual([
    '1 second',
    '119 seconds',
    '12 minutes',
    '5 hours',
    '3 days',
  ]);
});
