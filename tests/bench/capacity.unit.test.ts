/** The model of a fleet: time goes forward, places are never exceeded, and nobody is forgotten. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Simulation, Station } from '../../bench/capacity/events.ts';
import {
  type Costs,
  dayOf,
  type Fleet,
  fewestWorkers,
  type People,
  simulate,
} from '../../bench/capacity/model.ts';

const COSTS: Costs = {
  apiMsPerFile: 5,
  postgresMsPerFile: 20,
  workerMsPerFile: 50,
  workerMsPerAudioSecond: 4,
};
const PROVIDERS = {
  transcriptionMs: 1000,
  transcriptionMsPerSpeechSecond: 50,
  languageMs: 2000,
  languageCalls: 3,
};
const FLEET: Fleet = {
  workers: 2,
  coresPerWorker: 1,
  recordingsAtOnce: 9,
  callsAtOnce: 8,
  isOneMachine: false,
};
const PEOPLE: People = {
  people: 20,
  hoursPerDay: 2,
  speechShare: 0.4,
  fileSeconds: 60,
  syncsPerDay: 4,
  hours: Array.from({ length: 24 }, (_, hour) => (hour < 7 ? 0 : 1)),
};
const batch = fc.record({ atMs: fc.nat(60_000), files: fc.integer({ min: 1, max: 12 }) });

test('events run in the order of their time, and equal times in the order in which they were planned', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (times) => {
      const simulation = new Simulation();
      const ran: [number, number][] = [];
      for (const [order, atMs] of times.entries()) simulation.at(atMs, () => ran.push([atMs, order]));
      simulation.run();
      expect(ran).toEqual([...ran].sort(([a, first], [b, second]) => a - b || first - second));
      expect(ran).toHaveLength(times.length);
    }),
  );
});

test('a station holds at most as many as it has places, and lets them in as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 })), fc.integer({ min: 1, max: 4 }), (holds, places) => {
      const simulation = new Simulation();
      const station = new Station(simulation, places);
      const started: number[] = [];
      holds.forEach((ms, index) => {
        station.enter((leave) => {
          started.push(index);
          simulation.after(ms, leave);
        });
      });
      simulation.run();
      expect(started).toEqual(holds.map((_, index) => index));
      expect(station.mostBusy).toBe(Math.min(places, holds.length));
    }),
  );
});

test('every file is placed, no sooner than it can be, and more workers are never slower', () => {
  fc.assert(
    fc.property(
      fc.array(batch, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      (batches, workers) => {
        const files = batches.reduce((sum, one) => sum + one.files, 0);
        const day = simulate(COSTS, PROVIDERS, PEOPLE, { ...FLEET, workers }, batches);
        expect(day.files).toBe(files);
        // Listening for 50 + 60 * 4 ms, and a call about 24 s of speech.
        expect(day.ageMs.p50).toBeGreaterThanOrEqual(290 + 2200);
        expect(day.callsAtOnce).toBeLessThanOrEqual(workers * FLEET.callsAtOnce);
        const twice = simulate(COSTS, PROVIDERS, PEOPLE, { ...FLEET, workers: workers * 8 }, batches);
        expect(twice.ageMs.most).toBeLessThanOrEqual(day.ageMs.most);
      },
    ),
  );
});

test('a day has the syncs of all people within its hours, and the same seed gives the same one', () => {
  const day = dayOf(PEOPLE, 3);
  expect(day).toEqual(dayOf(PEOPLE, 3));
  expect(day).toHaveLength(PEOPLE.people * PEOPLE.syncsPerDay);
  expect(Math.min(...day.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(7 * 3_600_000);
  const files = day.reduce((sum, one) => sum + one.files, 0);
  expect(files / (PEOPLE.people * PEOPLE.hoursPerDay * 60)).toBeCloseTo(1, 1);
});

test('the fewest workers are found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (enough) => {
      expect(fewestWorkers(1024, (workers) => workers >= enough)).toBe(enough);
    }),
  );
});
