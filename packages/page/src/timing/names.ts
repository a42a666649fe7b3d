/** How bars are called, in a row and aloud. */
import type { Words } from '../words/en.ts';
import type { Format } from '../words/format.ts';
import { type Bar, isCritical } from './rows.ts';

type TimingWords = Words['timing'];

export function stageName(words: TimingWords, stage: string): string {
  return words.stages[stage as keyof TimingWords['stages']] ?? stage;
}

export function barName(words: TimingWords, format: Format, bar: Bar): string {
  const { kind, name, piece, across, parts } = bar;
  if (kind === 'recording') return name ?? words.kinds.recording;
  if (kind === 'conversation') return words.kinds.conversation;
  const provider = parts.findLast((part) => part.provider !== null)?.provider ?? '';
  const ofFile = piece === null ? words.kinds[kind] : words.piece(format.count(piece + 1));
  const what = across === null ? ofFile : words.across[across];
  return words.callOf(what, provider);
}

/** Everything that the row shows, as a sentence. */
export function barSentence(
  words: TimingWords,
  format: Format,
  bar: Bar,
  startMs: number,
  nowMs: number,
): string {
  const sum = (what: 'wait' | 'run') =>
    bar.parts.reduce((all, part) => all + (part.what === what ? (part.toMs ?? nowMs) - part.fromMs : 0), 0);
  const [waited, ran] = [sum('wait'), sum('run')];
  const calls = bar.parts.filter(({ stage }) => stage === 'call').length;
  return [
    barName(words, format, bar),
    words.since(format.duration(Math.max(0, bar.fromMs - startMs))),
    waited > 0 ? words.waited(format.duration(waited)) : null,
    ran > 0 ? words.ran(format.duration(ran)) : null,
    bar.toMs === null ? words.underWay : null,
    calls > 1 ? words.tries(calls) : null,
    bar.parts.some(({ outcome }) => outcome === 'lost') ? words.lost : null,
    bar.code ? words.because(bar.code) : null,
    isCritical(bar) ? words.critical : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
