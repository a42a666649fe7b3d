/**
 * The rule by which shares change hands, over processes that come, work, die, freeze, wake up and are cut off: whatever
 * happens, the provider never has more calls than the limit, and nobody who runs waits for the dead.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockStep, rebased, type ShareRow, share } from '../../src/providers/limits/shares.ts';

const STEP_MS = 500;
/** As `renewal.ts` has them. */
const SHARE_MS = 3000;
const GRACE_MS = 500;

interface Process {
  id: string;
  granted: number;
  untilMs: number;
  renews: boolean;
  state: 'running' | 'frozen' | 'cut off' | 'dead';
  /** When each of its calls ends by itself. */
  endsMs: number[];
}

class World {
  readonly most: number;
  readonly mostHere: number;
  nowMs = 0;
  rows: ShareRow[] = [];
  processes: Process[] = [];

  constructor(most: number, mostHere: number) {
    this.most = most;
    this.mostHere = mostHere;
  }

  get underWay(): number {
    return this.processes.reduce((sum, { endsMs }) => sum + endsMs.length, 0);
  }

  begin(): Process {
    const id = `p${this.processes.length}`;
    const one: Process = { id, granted: 0, untilMs: 0, renews: false, state: 'running', endsMs: [] };
    this.processes.push(one);
    return one;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const one of this.processes) {
      one.endsMs = one.endsMs.filter((at) => at > this.nowMs);
      const isAwake = one.state === 'running' || one.state === 'cut off';
      if (isAwake && one.untilMs <= this.nowMs) {
        one.endsMs = [];
        one.granted = 0;
      }
    }
  }

  /** As `Limit` does it: what is held is told, and no more is let in until the answer. */
  renew(one: Process, wanted: number): void {
    const { most, mostHere, nowMs } = this;
    const rows = this.rows.map((row) => ({
      ...row,
      is_connected: this.processes.some(({ id, state }) => id === row.process_id && state === 'frozen'),
    }));
    const held = one.endsMs.length;
    const { granted, reclaimed, lost } = share(most, rows, nowMs, {
      processId: one.id,
      most,
      mostHere,
      wanted: Math.min(mostHere, wanted),
      renews: one.renews,
    });
    if (lost) one.endsMs = [];
    this.rows = this.rows.filter(
      ({ process_id }) => process_id !== one.id && !reclaimed.includes(process_id),
    );
    this.rows.push({
      process_id: one.id,
      granted: Math.max(held, granted),
      wanted: Math.min(mostHere, wanted),
      expires_at_ms: nowMs + SHARE_MS + GRACE_MS,
      is_connected: true,
    });
    Object.assign(one, { granted, untilMs: nowMs + SHARE_MS, renews: true });
  }

  call(one: Process, lastsMs: number): void {
    while (one.endsMs.length < one.granted) one.endsMs.push(this.nowMs + lastsMs);
  }
}

const event = fc.record({
  what: fc.constantFrom('begin', 'work', 'work', 'work', 'idle', 'kill', 'freeze', 'cut off', 'mend'),
  whom: fc.nat(7),
  wanted: fc.integer({ min: 1, max: 12 }),
  lastsMs: fc.integer({ min: 100, max: 30_000 }),
  steps: fc.nat(9),
});
const limits = [fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 12 })] as const;

test('never more calls than the limit, whoever dies, freezes, wakes up or is cut off', () => {
  fc.assert(
    fc.property(...limits, fc.array(event, { maxLength: 80, size: 'max' }), (most, mostHere, events) => {
      const world = new World(most, mostHere);
      for (let count = 0; count < 3; count++) world.begin();
      for (const { what, whom, wanted, lastsMs, steps } of events) {
        world.pass(steps * STEP_MS);
        const one = what === 'begin' ? world.begin() : world.processes[whom % world.processes.length];
        if (!one || one.state === 'dead') continue;
        if (what === 'kill') Object.assign(one, { state: 'dead', endsMs: [] });
        if (what === 'freeze') one.state = 'frozen';
        if (what === 'cut off' && one.state === 'running') one.state = 'cut off';
        if (what === 'mend') one.state = 'running';
        world.pass(0);
        if (one.state === 'running' && what === 'work') world.renew(one, one.endsMs.length + wanted);
        if (one.state === 'running' && what === 'idle') world.renew(one, one.endsMs.length);
        if ((one.state === 'running' || one.state === 'cut off') && what !== 'idle') world.call(one, lastsMs);
        expect(world.underWay).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 500 },
  );
});

test('where the limit has room for all, nobody who runs and wants one is without a call once the dead have run out', () => {
  const counts = fc.record({ dead: fc.nat(4), alive: fc.integer({ min: 1, max: 8 }) });
  fc.assert(
    fc.property(...limits, counts, (room, mostHere, { dead, alive }) => {
      const world = new World(room + alive, mostHere);
      for (let count = 0; count < dead; count++) {
        const doomed = world.begin();
        world.renew(doomed, mostHere);
        world.call(doomed, 60_000);
        Object.assign(doomed, { state: 'dead', endsMs: [] });
      }
      world.pass(SHARE_MS + GRACE_MS);
      const living = Array.from({ length: alive }, () => world.begin());
      // Each has renewed twice, as it does within a second: the first round tells the others that it is there.
      for (const one of [...living, ...living]) world.renew(one, mostHere);
      for (const { granted } of living) expect(granted).toBeGreaterThan(0);
    }),
  );
});

test('above what one worker has at most, a process that begins has a call with its first renewal', () => {
  fc.assert(
    fc.property(fc.integer({ min: 9, max: 64 }), fc.integer({ min: 1, max: 8 }), (most, busy) => {
      const world = new World(most, 8);
      const others = Array.from({ length: Math.min(busy, most - 2) }, () => world.begin());
      for (let seconds = 0; seconds < 2; seconds++) {
        for (const one of others) {
          world.renew(one, 8);
          world.call(one, 900);
        }
        world.pass(1000);
      }
      for (const one of others) {
        world.renew(one, 8);
        world.call(one, 60_000);
      }
      const young = world.begin();
      world.renew(young, 1);
      expect(young.granted).toBeGreaterThan(0);
    }),
  );
});

const DAY_MS = 86_400_000;
const connected = (process_id: string, expires_at_ms: number): ShareRow => ({
  process_id,
  granted: 4,
  wanted: 4,
  expires_at_ms,
  is_connected: true,
});
const asks = { processId: 'me', most: 8, mostHere: 8, wanted: 8, renews: false };

test('the first process to renew after the clock was set moves the shares, and no other one does', () => {
  const last = { nowMs: 5 * DAY_MS, passedMs: 1_000, expiresAtMs: 5 * DAY_MS + SHARE_MS + GRACE_MS };
  const own = { expires_at_ms: last.expiresAtMs };
  for (const byMs of [-DAY_MS, DAY_MS]) {
    const nowMs = last.nowMs + 1_000 + byMs;
    expect(clockStep(last, nowMs, own)).toBe(byMs);
    expect(clockStep(last, nowMs, { expires_at_ms: last.expiresAtMs + byMs })).toBe(0);
    expect(clockStep(last, nowMs, undefined)).toBe(0);
    expect(clockStep(undefined, nowMs, own)).toBe(0);
  }
  expect(clockStep(last, last.nowMs + 1_400, own)).toBe(0);
});

test('a share that was dealt out before the clock was set back lasts as long as its process, and no day', () => {
  const tomorrow = 6 * DAY_MS;
  const nowMs = 5 * DAY_MS;
  const living = [connected('other', tomorrow)];
  expect(share(8, living, nowMs, asks)).toMatchObject({ granted: 4, reclaimed: [] });
  const dead = [{ ...connected('other', tomorrow), is_connected: false }];
  expect(share(8, dead, nowMs, asks)).toMatchObject({ granted: 8, reclaimed: ['other'] });
});

test('what is known of a provider survives a clock that was set back, and its pause is no longer than it was', () => {
  const row = {
    allowed: 4,
    doubles_below: null,
    base_ms: 100,
    base_since_ms: 6 * DAY_MS - 10_000,
    paused_until_ms: 6 * DAY_MS + 20_000,
    window_since_ms: 6 * DAY_MS - 500,
    window_answered: 3,
    window_ms: 300,
    window_troubled: 0,
    window_wanting: true,
    now_ms: 5 * DAY_MS,
  };
  const hour = 3_600_000;
  expect(rebased(row, -DAY_MS, hour)).toMatchObject({
    base_since_ms: 5 * DAY_MS - 10_000,
    paused_until_ms: 5 * DAY_MS + 20_000,
    window_since_ms: 5 * DAY_MS - 500,
  });
  // Nobody has seen by how much: then no more than it could be.
  expect(rebased(row, 0, hour)).toMatchObject({
    base_since_ms: 5 * DAY_MS,
    paused_until_ms: 5 * DAY_MS + hour,
    window_since_ms: 5 * DAY_MS,
  });
});
