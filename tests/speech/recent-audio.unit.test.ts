import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentAudio } from '../../src/speech/vad/recent-audio.ts';

test('what is kept is what was pushed, at its place in the stream', () => {
  const steps = fc.array(fc.record({ pushed: fc.nat(50), forgotten: fc.nat(60) }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.nat(500), fc.nat(80), (all, from, length) => {
      const recent = new RecentAudio();
      let [end, keptFrom] = [0, 0];
      for (const { pushed, forgotten } of all) {
        recent.push(Float32Array.from({ length: pushed }, (_, at) => end + at));
        end += pushed;
        keptFrom = Math.min(end, keptFrom + forgotten);
        recent.forget(keptFrom);
      }
      const wanted = Array.from({ length }, (_, at) => from + at).filter((at) => at >= keptFrom && at < end);
      expect(recent.end).toBe(end);
      expect([...recent.view(from, from + length)]).toEqual(wanted);
      expect([...recent.copy(from, from + length)]).toEqual(wanted);
    }),
  );
});

test('its memory is free at once, and a copy is not part of it', () => {
  const recent = new RecentAudio();
  recent.push(Float32Array.of(1, 2, 3));
  const [view, copy] = [recent.view(0, 3), recent.copy(0, 3)];
  recent.free();
  expect(view.buffer.byteLength).toBe(0);
  expect([...copy]).toEqual([1, 2, 3]);
});
