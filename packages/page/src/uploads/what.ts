/** Says in sentences how a file stands: what it waits for, when it goes on, when it will be done, and what would help. */
import { sentencesOfCode, toldOf } from '../app/problem-text.ts';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { type FileOfUpload, standingOf, type Upload } from './strip.ts';

export interface What {
  said: string[];
  remedy: string | null;
  /** The server's own words where they say more, as which format it was. */
  detail: string | null;
}

/** Their reasons name something of this one file or server. */
const DETAILED = new Set([
  'unsupported_format',
  'upstream',
  'configuration',
  'invalid_input',
  'defect',
  'timeout',
]);

/** They wait for a provider. */
const OUTSIDE = new Set(['upstream', 'timeout', 'rate_limited', 'configuration']);

export function useWhat(): (file: FileOfUpload, upload: Upload) => What {
  const all = useWords();
  const words = all.uploads.what;
  const told = (code: string | null) => toldOf(all, code);
  const why = ({ code, reason }: FileOfUpload): string[] => {
    const what = told(code)?.what ?? reason?.replace(/\.$/, '');
    return what ? [words.waiting(what)] : [];
  };
  const detailOf = ({ code, reason }: FileOfUpload) =>
    DETAILED.has(code ?? '') && told(code) ? reason : null;
  const format = useFormat();

  const when = (file: FileOfUpload, upload: Upload): string[] => {
    const expected = file.expected ?? (upload.status === 'processing' ? upload.expected : null);
    if (!expected) return [];
    if (expected.unknown === 'no_worker') return [words.noWorker];
    if (expected.unknown === 'worker_lost') return [words.workerLost];
    // What waits for somebody else to answer has no end that could be promised.
    if (file.nextTryAtMs !== null && OUTSIDE.has(file.code ?? '')) return [];
    const { doneAtMs, earliestAtMs, latestAtMs, usualError } = expected;
    if (doneAtMs === null) return [];
    const [from, to] = [earliestAtMs, latestAtMs].map((ms) => (ms === null ? null : format.time(ms)));
    // Nothing like it was measured here, so a single time would promise more than anybody knows.
    if (from && to && usualError === null) return [words.expectedRoughly(from, to)];
    return from && to && from !== to
      ? [words.expectedBetween(from, to)]
      : [words.expected(format.timeWithSeconds(doneAtMs))];
  };

  const where = (file: FileOfUpload, upload: Upload): string[] => {
    const { at, isWaiting } = standingOf(file, upload);
    const { expected, nextTryAtMs, tries } = file;
    if (at === 'queued' && nextTryAtMs === null) {
      const place = expected?.place ?? null;
      return [
        place === null ? words.queued : place === 1 ? words.next : words.placeInLine(format.count(place)),
      ];
    }
    if (isWaiting && (at === 'transcribing' || at === 'queued'))
      return [
        ...why(file),
        ...(nextTryAtMs === null ? [] : [words.nextTry(format.timeWithSeconds(nextTryAtMs))]),
        ...(tries > 0 ? [words.tries(tries)] : []),
      ];
    if (at === 'transcribing') {
      const share = expected?.share ?? 0;
      return [share > 0 ? words.transcribing(format.percent(share)) : words.transcribingFirst];
    }
    if (at === 'placing') return [words.placing];
    if (at === 'settling') return [words.settling];
    return at === 'understanding' ? [words.understanding] : [];
  };

  const notes = (file: FileOfUpload): string[] => [
    ...(file.known ? [words.known] : []),
    ...(file.audio && file.audio.lostMs > 0 ? [words.damaged(format.duration(file.audio.lostMs))] : []),
    ...(file.speechWithoutWords.length > 0 ? [words.withoutWords(file.speechWithoutWords.length)] : []),
    ...(file.heardElsewhere.length > 0 ? [words.elsewhere] : []),
    ...(file.audioRemovedAtMs !== null ? [words.audioGone] : []),
    ...(file.audioKeptUntilMs !== null ? [words.audioGoes(format.date(file.audioKeptUntilMs))] : []),
    ...(file.notice ? [sentencesOfCode(all, file.noticeCode) ?? file.notice] : []),
  ];

  return (file, upload) => {
    const { outcome, code } = file;
    const remedy = told(code)?.remedy ?? file.remedy;
    if (outcome === 'rejected' || outcome === 'failed')
      return { said: [words[outcome], ...why(file), ...notes(file)], remedy, detail: detailOf(file) };
    if (outcome === 'deleted') return { said: [words.deleted], remedy, detail: null };
    if (outcome === 'silent') return { said: [words.silent, ...notes(file)], remedy: null, detail: null };
    const standing = where(file, upload);
    if (standing.length > 0)
      return {
        said: [...standing, ...when(file, upload), ...notes(file)],
        remedy: null,
        detail: outcome === 'waiting' ? detailOf(file) : null,
      };
    return {
      said: [file.conversationIds.length > 0 ? words.done : words.doneWithout, ...notes(file)],
      remedy: null,
      detail: null,
    };
  };
}
