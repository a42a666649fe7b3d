/** The strip of a file's stages, and what can be done about it. */
import { AfterwordProblem } from '@afterword/client';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countNow } from '../../packages/page/src/data/uploads-count.ts';
import { languagesOf, notTranscribed } from '../../packages/page/src/settings/languages.ts';
import { moved } from '../../packages/page/src/settings/moved.ts';
import { NOW_MS, RECORDINGS, UPLOADS } from '../../packages/page/src/states/uploads.ts';
import { canRestore, mayPass, pauseBefore, problemOfAnswer } from '../../packages/page/src/uploads/again.ts';
import {
  deedsOf,
  type FileOfUpload,
  inOrderOfNeed,
  STAGES,
  stripOf,
} from '../../packages/page/src/uploads/strip.ts';
import { byDay } from '../../packages/page/src/words/days.ts';
import { fromLocal, toLocal } from '../../packages/page/src/words/zoned.ts';

const of = (name: string): FileOfUpload => {
  const found = RECORDINGS[name];
  if (!found) throw new Error(`no state is called ${name}`);
  return found;
};
const processing = UPLOADS['processing: waits for more uploads'];
const understanding = UPLOADS['processing: makes its summary'];
const done = UPLOADS.done;
const strip = (name: string, upload = done) =>
  stripOf(of(name), upload as NonNullable<typeof upload>)
    .map(({ state, share }) => (share === null ? state : `${state} ${share}`))
    .join(', ');

it('the strip says where a file is, and what is behind and before it', () => {
  expect(strip('waiting in the queue')).toBe('done, waiting, ahead, ahead, ahead, ahead');
  expect(strip('waiting for its next attempt')).toBe('done, done, waiting 0.33, ahead, ahead, ahead');
  expect(strip('processing: transcribing')).toBe('done, done, now 0.66, ahead, ahead, ahead');
  expect(strip('processing: placing')).toBe('done, done, done, now, ahead, ahead');
  expect(strip('completed: its conversation settles', processing)).toBe(
    'done, done, done, done, waiting, ahead',
  );
  expect(strip('completed: its conversation is understood', understanding)).toBe(
    'done, done, done, done, done, now',
  );
  expect(strip('completed and ready')).toBe('done, done, done, done, done, done');
  expect(strip('silent')).toBe('done, done, done, skipped, skipped, skipped');
  expect(strip('rejected for want of a time')).toBe('failed, skipped, skipped, skipped, skipped, skipped');
});

it('no state of a file is without a strip in which one stage at most is where it is', () => {
  for (const name of Object.keys(RECORDINGS))
    for (const upload of Object.values(UPLOADS)) {
      const steps = stripOf(of(name), upload);
      expect(steps.map(({ stage }) => stage)).toEqual([...STAGES]);
      expect(
        steps.filter(({ state }) => state === 'now' || state === 'waiting' || state === 'failed').length,
        name,
      ).toBeLessThanOrEqual(1);
    }
});

it('what can be done about a file follows from why it stands', () => {
  expect(deedsOf(of('failed'))).toEqual(['retry']);
  expect(deedsOf(of('waiting for its next attempt'))).toEqual(['retry']);
  expect(deedsOf(of('waiting in the queue'))).toEqual([]);
  expect(deedsOf(of('rejected for want of a time'))).toEqual(['set-time']);
  expect(deedsOf(of('rejected, not audio'))).toEqual(['send-again']);
  expect(deedsOf(of('rejected, a format that is not read'))).toEqual(['retry']);
  expect(deedsOf(of('deleted'))).toEqual([]);
});

it('what needs somebody comes first, and days stand together', () => {
  const files = inOrderOfNeed(UPLOADS['processing, some of it']?.files ?? []);
  expect(files.map(({ outcome }) => outcome)).toEqual(['rejected', 'processing', 'waiting', 'completed']);
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const items = [0, 1, 30, 31].map((hours) => ({ acceptedAtMs: NOW_MS - hours * 3_600_000 }));
  expect(
    byDay(items, ({ acceptedAtMs }) => acceptedAtMs, dayOf).map(({ day, items: of }) => [day, of.length]),
  ).toEqual([
    ['2026-03-20', 2],
    ['2026-03-19', 2],
  ]);
});

it('a time of a field is read in the time zone of the person, on days when clocks are set too', () => {
  expect(fromLocal('2026-03-20T10:46:40', 'Europe/Stockholm')).toBe(NOW_MS);
  expect(toLocal(NOW_MS, 'America/New_York')).toBe('2026-03-20T05:46:40');
  expect(fromLocal('yesterday', 'UTC')).toBeNull();
  // A year that is still being typed.
  expect(fromLocal('0020-03-20T00:00', 'UTC')).toBe(Date.parse('0020-03-20T00:00:00Z'));
  // Half past two comes twice in October; the first is meant.
  expect(fromLocal('2026-10-25T02:30', 'Europe/Stockholm')).toBe(Date.UTC(2026, 9, 25, 0, 30));
  const anyMs = fc
    .integer({ min: Date.UTC(2024, 0, 1) / 1_000, max: Date.UTC(2030, 0, 1) / 1_000 })
    .map((s) => s * 1_000);
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Stockholm',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  );
  fc.assert(
    fc.property(anyMs, zones, (ms, zone) => {
      const text = toLocal(ms, zone);
      const back = fromLocal(text, zone) ?? 0;
      // The same hour of the clock, and the same moment but where that hour comes twice.
      expect(toLocal(back, zone)).toBe(text);
      expect(ms - back).toBeGreaterThanOrEqual(0);
      expect(ms - back).toBeLessThanOrEqual(3_600_000);
    }),
  );
});

it('what was not sent is sent again where that may help, not before the server wants it, and not for ever', () => {
  const refused = (status: number, code: string, retryable: boolean, retryAfterMs: number | null = null) =>
    new AfterwordProblem({ code, retryable }, status, retryAfterMs);
  const offline = new TypeError('Failed to fetch');
  expect([0, 1, 2, 3, 4, 99].map((failed) => pauseBefore(offline, failed))).toEqual([
    0, 1_000, 3_000, 5_000, 10_000, 10_000,
  ]);
  expect(pauseBefore(offline, 1_000)).toBeNull();
  expect(pauseBefore(refused(429, 'too_many_requests', true, 7_000), 0)).toBe(7_000);
  expect(pauseBefore(refused(507, 'storage_full', true), 9)).toBe(10_000);
  for (const final of [
    refused(401, 'session_ended', false),
    refused(403, 'user_deleted', false),
    refused(413, 'part_too_large', false),
    refused(507, 'space_used_up', true),
    new Error('a bug of the page'),
  ])
    expect(mayPass(final)).toBe(false);
  expect(canRestore(refused(403, 'user_deleted', false))).toBe(true);
  const answer = (status: number, body: string, after?: string) =>
    problemOfAnswer({ getStatus: () => status, getBody: () => body, getHeader: () => after });
  expect(problemOfAnswer(null)).toBeInstanceOf(TypeError);
  expect(answer(423, '{"code":"resumable_taken","retryable":true}', '3')).toMatchObject({
    code: 'resumable_taken',
    retryAfterMs: 3_000,
  });
  // A proxy in between answers with a page of its own.
  expect(answer(502, '<html>')).toMatchObject({ status: 502, code: 'unknown', retryable: true });
});

it('languages are read by name and by code, and what is no language is named', () => {
  expect(languagesOf('Swedish, en,, Deutsch , pt-BR, svenska', ['en'])).toEqual({
    codes: ['sv', 'en', 'de', 'pt-BR'],
    unknown: [],
  });
  expect(languagesOf('Schwedisch', ['en', 'de']).codes).toEqual(['sv']);
  expect(languagesOf('no language, x', ['en'])).toEqual({ codes: [], unknown: ['no language', 'x'] });
  expect(notTranscribed(['en-GB', 'sv', 'pt-BR'], ['en'])).toEqual(['sv', 'pt-BR']);
  expect(notTranscribed(['sv'], null)).toEqual([]);
});

it('moving one of a list keeps all of it', () => {
  const ids = fc.uniqueArray(fc.string(), { minLength: 1 });
  fc.assert(
    fc.property(ids, fc.nat(), fc.constantFrom(1 as const, -1 as const), (all, at, by) => {
      const id = all[at % all.length] ?? '';
      const after = moved(all, id, by);
      expect(after.toSorted()).toEqual(all.toSorted());
      expect(Math.abs(after.indexOf(id) - all.indexOf(id))).toBeLessThanOrEqual(1);
    }),
  );
});

it('counts what is under way, and what needs somebody since they have looked', () => {
  const counts = { files: 9, heard: 1, pending: 2, refused: 3, failed: 1, deleted: 0 };
  const uploads = [
    { counts, acceptedAtMs: 10, doneAtMs: 30 },
    { counts, acceptedAtMs: 15, doneAtMs: null },
  ];
  expect(countNow(uploads, 0)).toEqual({ underWay: 4, needs: 8 });
  expect(countNow(uploads, 20)).toEqual({ underWay: 4, needs: 4 });
  expect(countNow(uploads, Number.POSITIVE_INFINITY)).toEqual({ underWay: 4, needs: 0 });
});
