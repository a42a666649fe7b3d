import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT_ONCE, AtRisk } from '../../src/cli/push/at-risk.ts';

const KB = 1024;
const MB = 1024 * KB;

test('what breaks can cost is a twentieth of what has arrived, and the least requests beside', () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(arrivals, (requestsBetweenBreaks) => {
      const atRisk = new AtRisk();
      let lost = 0;
      let arrived = 128 * MB;
      for (const requests of requestsBetweenBreaks) {
        for (let n = 0; n < requests; n++) {
          arrived += atRisk.bytes;
          atRisk.arrived(atRisk.bytes);
        }
        lost += AT_ONCE * atRisk.bytes;
        atRisk.broke();
      }
      expect(lost).toBeLessThanOrEqual(arrived / 20 + requestsBetweenBreaks.length * AT_ONCE * 128 * KB);
    }),
    { numRuns: 50 },
  );
});

test('a link that does not break carries larger requests, up to 4 MB', () => {
  const atRisk = new AtRisk();
  expect(atRisk.bytes).toBe(2 * MB);
  atRisk.broke();
  expect(atRisk.bytes).toBe(128 * KB);
  atRisk.arrived(32 * MB);
  expect(atRisk.bytes).toBe(512 * KB);
  atRisk.arrived(1_000 * MB);
  expect(atRisk.bytes).toBe(4 * MB);
});
