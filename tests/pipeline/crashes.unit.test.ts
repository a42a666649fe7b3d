import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crashesOf, type Held, judge, MOST_CRASHES, SUSPECT_AFTER } from '../../src/pipeline/crashes.ts';

const fresh: Held = { held_by: null, crashes: 0, alone_from_ms: null };

/** Each worker that takes it dies over it. @returns what each was to do, until the verdict */
function story(getsOnAfter = Number.POSITIVE_INFINITY, most = 100): string[] {
  const told: string[] = [];
  let held = fresh;
  let runs = 0;
  for (let worker = 0; worker < most; worker++) {
    const verdict = judge(held, `worker-${worker}`);
    told.push(verdict.as === 'later' ? `after ${verdict.waitMs / 1000} s` : verdict.as);
    const crashes = crashesOf(held, `worker-${worker}`);
    if (verdict.as === 'poison') return told;
    if (verdict.as === 'later') held = { held_by: null, crashes, alone_from_ms: 1 };
    else
      held = {
        held_by: `worker-${worker}`,
        crashes: ++runs % getsOnAfter === 0 ? 0 : crashes,
        alone_from_ms: null,
      };
  }
  return told;
}

it('tries what kills its workers beside others first, then alone and ever later, and then no more', () => {
  expect(story()).toEqual([
    'any',
    'any',
    'any',
    'alone',
    'after 5 s',
    'alone',
    'after 15 s',
    'alone',
    'after 45 s',
    'alone',
    'after 135 s',
    'alone',
    'poison',
  ]);
});

it('never condemns what gets on now and then', () => {
  expect(story(4)).not.toContain('poison');
});

it('counts a death once, and none where a worker left in order or works on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MOST_CRASHES }), (crashes) => {
      expect(crashesOf({ ...fresh, crashes }, 'me')).toBe(crashes);
      expect(crashesOf({ ...fresh, crashes, held_by: 'me' }, 'me')).toBe(crashes);
      expect(crashesOf({ ...fresh, crashes, held_by: 'dead' }, 'me')).toBe(crashes + 1);
    }),
  );
  expect(judge({ ...fresh, crashes: SUSPECT_AFTER - 1 }, 'me')).toEqual({ as: 'any' });
});

it('a suspect that has been let in is not put off at its next step', () => {
  for (let crashes = SUSPECT_AFTER; crashes < MOST_CRASHES; crashes++)
    expect(judge({ held_by: 'me', crashes, alone_from_ms: null }, 'me')).toEqual({ as: 'alone' });
});
