import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GIVES_UP, MEANINGS, meaningOf } from '../../src/api/omi/meanings.ts';
import { type FileState, judgeBatch } from '../../src/api/omi/verdict.ts';
import { ERRORS, type ErrorCode } from '../../src/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const ENDS: FileState[] = [
  { outcome: 'completed', code: null },
  { outcome: 'silent', code: null },
  { outcome: 'deleted', code: 'deleted' },
  { outcome: 'failed', code: 'a code of another version' },
  ...CODES.flatMap((code): FileState[] => [
    { outcome: 'rejected', code },
    { outcome: 'failed', code },
  ]),
];
const ON_THEIR_WAY: FileState[] = [
  { outcome: 'waiting', code: 'queued' },
  { outcome: 'waiting', code: 'upstream' },
  { outcome: 'processing', code: 'working' },
];

const isRefused = ({ outcome }: FileState) => outcome === 'rejected' || outcome === 'failed';
const fateOf = (file: FileState) => (isRefused(file) ? meaningOf(file.code).fate : 'done');
const ended = fc.array(fc.constantFrom(...ENDS), { minLength: 1, maxLength: 5 });
const RUNS = { numRuns: 5000 };

test('the phone deletes its copies only when none of them is the only one, and none can heal', () => {
  fc.assert(
    fc.property(ended, (files) => {
      const isSafe = files.every((file) => ['done', 'kept'].includes(fateOf(file)));
      const isWorthAnything = files.some((file) => fateOf(file) !== 'kept');
      expect(judgeBatch(files, true).status === 'completed').toBe(isSafe && isWorthAnything);
    }),
    RUNS,
  );
});

test('the phone gives a batch up only when nothing can mend any of its files', () => {
  fc.assert(
    fc.property(ended, (files) => {
      const { status, reason } = judgeBatch(files, true);
      if (status !== 'failed' || !GIVES_UP.has(reason ?? '')) return;
      for (const file of files) {
        expect(fateOf(file)).toBe('kept');
        expect(GIVES_UP).toContain(meaningOf(file.code).reason);
      }
    }),
    RUNS,
  );
});

test('a batch has failed only when each of its files has, and says why', () => {
  fc.assert(
    fc.property(ended, (files) => {
      const { status, reason, failed } = judgeBatch(files, true);
      if (status !== 'failed') return;
      expect(files.every(isRefused)).toBe(true);
      expect(failed).toBe(files.length);
      expect(reason).toEqual(expect.any(String));
    }),
    RUNS,
  );
});

test('a file whose bytes are not here makes the batch a partial failure, whatever its siblings are', () => {
  fc.assert(
    fc.property(ended, fc.constantFrom<ErrorCode>('part_too_large', 'empty_file'), (files, code) => {
      const { status, failed } = judgeBatch([...files, { outcome: 'rejected', code }], true);
      expect(status).toBe('partial_failure');
      expect(failed).toBeGreaterThan(0);
    }),
    RUNS,
  );
});

test('no order of the files changes the status, or lets what cannot heal speak for what can', () => {
  fc.assert(
    fc.property(
      ended.chain((files) => fc.tuple(fc.constant(files), shuffled(files))),
      ([files, again]) => {
        const [one, other] = [judgeBatch(files, true), judgeBatch(again, true)];
        expect(other.status).toBe(one.status);
        expect(other.failed).toBe(one.failed);
        const fateTold = ({ reason }: { reason: string | null }) =>
          reason === null
            ? null
            : files.some((file) => fateOf(file) === 'heals')
              ? 'heals'
              : GIVES_UP.has(reason);
        expect(fateTold(other)).toBe(fateTold(one));
        const healing = files
          .filter((file) => fateOf(file) === 'heals')
          .map(({ code }) => meaningOf(code).reason);
        if (healing.length > 0) expect(healing).toContain(one.reason);
      },
    ),
    RUNS,
  );
});

test('while a file is on its way nothing is final', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ENDS, ...ON_THEIR_WAY), { maxLength: 5 }), (files) => {
      expect(['queued', 'processing']).toContain(judgeBatch(files, false).status);
    }),
    RUNS,
  );
});

test.each([
  { code: 'clock_in_future', reason: 'sync_capture_time_in_future' },
  { code: 'clock_too_old', reason: 'sync_capture_clock_not_set' },
  { code: 'name_without_time', reason: 'sync_capture_time_missing' },
  { code: 'unsupported_format', reason: 'sync_unsupported_format' },
  { code: 'no_frames', reason: 'sync_invalid_audio' },
])('a batch of $code alone fails with a reason of its own: $reason', ({ code, reason }) => {
  expect(judgeBatch([{ outcome: 'rejected', code }], true)).toMatchObject({ status: 'failed', reason });
});

test('400, 403 and 413 refuse only what could never be accepted', () => {
  const final = CODES.filter((code) => [400, 403, 413].includes(MEANINGS[code].status));
  expect(final.sort()).toEqual(['name_not_a_recording', 'name_with_path', 'part_too_large']);
});

function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}
