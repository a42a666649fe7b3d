import { expect, test } from 'vitest';
import { atTempo } from '../../src/audio/resample.ts';
import { quietestPoint } from '../../src/speech/splitting/quietest-point.ts';
import { RecentAudio } from '../../src/speech/vad/recent-audio.ts';
import { noise } from './clips.ts';

test('the quietest point is inside the pause, and inside the bounds', () => {
  const samples = noise(3, 0.5);
  samples.fill(0.001, 20_000, 24_000);
  expect(quietestPoint(samples, 0, samples.length)).toBeGreaterThan(20_000);
  expect(quietestPoint(samples, 0, samples.length)).toBeLessThan(24_000);
  expect(quietestPoint(samples, 30_000, 40_000)).toBeGreaterThanOrEqual(30_000);
  expect(quietestPoint(samples, 30_000, 40_000)).toBeLessThan(40_000);
});

test('a stretch too short to choose in is cut in its middle', () => {
  expect(quietestPoint(noise(1, 0.5), 100, 300)).toBe(200);
});

test('recent audio is addressed by position in the stream and forgets only what it is told to', () => {
  const recent = new RecentAudio();
  for (let at = 0; at < 10; at++) recent.push(Float32Array.from({ length: 10 }, (_, n) => 10 * at + n));
  recent.forget(42);
  expect(recent.end).toBe(100);
  expect([...recent.copy(50, 53)]).toEqual([50, 51, 52]);
  expect([...recent.view(40, 44)]).toEqual([42, 43]);
  expect([...recent.view(98, 200)]).toEqual([98, 99]);
  recent.forget(10);
  expect([...recent.view(42, 43)]).toEqual([42]);
});

test('a tempo changes the length and keeps the shape', () => {
  const ramp = Float32Array.from({ length: 1000 }, (_, n) => n);
  expect(atTempo(ramp, 2).length).toBe(500);
  expect([...atTempo(ramp, 2).subarray(0, 3)]).toEqual([0, 2, 4]);
  expect([...atTempo(ramp, 0.5).subarray(0, 4)]).toEqual([0, 0.5, 1, 1.5]);
});
