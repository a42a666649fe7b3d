/**
 * Makes the bars of an upload's waterfall: one for each file and each conversation, with the stages that it went through, and
 * one for each question to a provider, with its calls. Waiting and running are parts of one bar. Pure.
 */
import { BORDER_ORDINALS, FIRST_BORDER_ORDINAL } from '../store/tables/borders.ts';
import { type PathPart, stageThatBegins, type TimedEvent } from './critical-path.ts';

/** `wait`: nothing is done for it; `run`: it is worked on, or a call is under way. */
interface BarPart {
  what: 'wait' | 'run';
  /** A stage, or `call`. */
  stage: string;
  fromMs: number;
  /** null: it is under way. */
  toMs: number | null;
  /** Why it waited, or why the call failed. */
  code: string | null;
  provider: string | null;
  model: string | null;
  outcome: string | null;
  /** 0 is the first time around, and the first provider; more are tries and fallbacks. */
  round: number;
  link: number;
  isCritical: boolean;
}

export interface Bar {
  id: string;
  /** null: a file, or a conversation. */
  parentId: string | null;
  kind: 'recording' | 'conversation' | 'transcribe' | 'detect' | 'diarize' | 'understand';
  /** The recording or conversation. */
  subject: string;
  /** Of a recording. */
  name: string | null;
  /** The number of the piece of speech, from 0; null of one that was heard across a border. */
  piece: number | null;
  /** Heard across the border to the file before or after. */
  across: 'before' | 'after' | null;
  outcome: string | null;
  code: string | null;
  fromMs: number;
  toMs: number | null;
  parts: BarPart[];
}

export interface BarCall {
  id: number;
  questionId: number;
  kind: 'transcribe' | 'detect' | 'diarize' | 'understand';
  recordingId: string | null;
  conversationId: string | null;
  piece: number | null;
  provider: string;
  model: string;
  round: number;
  link: number;
  startedAtMs: number;
  finishedAtMs: number | null;
  outcome: string | null;
  code: string | null;
}

export interface BarFile {
  recordingId: string;
  name: string;
  acceptedAtMs: number;
  finishedAtMs: number | null;
  outcome: string;
  code: string | null;
}

interface Upload {
  events: readonly TimedEvent[];
  calls: readonly BarCall[];
  files: readonly BarFile[];
  path: readonly PathPart[];
  acceptedAtMs: number;
}

const WAITS = new Set(['queued', 'waiting', 'settling', 'accepting']);
const RECORDING_END = /^recording\.(completed|rejected|failed|deleted)$/;
const CONVERSATION_END = /^conversation\.(ready|failed|merged|deleted)$/;

/** Each bar comes after its parent; of one parent, by when they began. */
export function barsOf({ events, calls, files, path, acceptedAtMs }: Upload): Bar[] {
  const bars: Bar[] = [];
  for (const file of files) {
    const own = events.filter(({ recordingId }) => recordingId === file.recordingId);
    const bar = ofFile(file, own, acceptedAtMs);
    const asked = calls.filter((call) => call.recordingId === file.recordingId);
    bars.push(bar, ...ofCalls(asked, bar));
  }
  const talks = new Set(events.flatMap(({ conversationId }) => conversationId ?? []));
  for (const id of talks) {
    const own = events.filter(({ conversationId }) => conversationId === id);
    const bar = ofConversation(id, own);
    const asked = calls.filter((call) => call.conversationId === id);
    bars.push(bar, ...ofCalls(asked, bar));
  }
  return markCritical(bars, path);
}

function ofFile(file: BarFile, events: readonly TimedEvent[], acceptedAtMs: number): Bar {
  const fromMs = Math.max(
    acceptedAtMs,
    events.find(({ type }) => type === 'recording.accepted')?.atMs ?? acceptedAtMs,
  );
  const end = events.findLast(({ type }) => RECORDING_END.test(type));
  // What ended before there were events, or in another upload that sent it too, is known by its row alone.
  const toMs = file.finishedAtMs === null ? null : Math.max(fromMs, end?.atMs ?? file.finishedAtMs);
  const parts = stagesOf(events, fromMs, toMs, 'queued');
  return {
    id: file.recordingId,
    parentId: null,
    kind: 'recording',
    subject: file.recordingId,
    name: file.name,
    piece: null,
    across: null,
    outcome: file.outcome,
    code: file.code,
    fromMs,
    toMs,
    parts,
  };
}

function ofConversation(id: string, events: readonly TimedEvent[]): Bar {
  const fromMs = events[0]?.atMs ?? 0;
  const last = events.findLast(
    ({ type }) => stageThatBegins({ type, stage: null, code: null }) !== null || CONVERSATION_END.test(type),
  );
  const isOver = last !== undefined && CONVERSATION_END.test(last.type);
  return {
    id,
    parentId: null,
    kind: 'conversation',
    subject: id,
    name: null,
    piece: null,
    across: null,
    outcome: isOver ? (last.type.split('.')[1] ?? null) : 'settling',
    code: isOver ? last.code : null,
    fromMs,
    toMs: isOver ? last.atMs : null,
    parts: stagesOf(events, fromMs, isOver ? last.atMs : null, 'settling'),
  };
}

/** The clocks of two machines differ a little: no part is negative, and none begins before the one before it. */
function stagesOf(
  events: readonly TimedEvent[],
  fromMs: number,
  toMs: number | null,
  first: string,
): BarPart[] {
  const parts: BarPart[] = [];
  let current = { stage: first, code: null as string | null, atMs: fromMs };
  const close = (atMs: number | null) => {
    const endMs = atMs === null ? null : Math.max(current.atMs, atMs);
    if (endMs === current.atMs) return;
    const before = parts.at(-1);
    // A stage that is told again, as progress of the same one, goes on.
    if (before && before.stage === current.stage && before.code === current.code) before.toMs = endMs;
    else parts.push(partOf(current.stage, current.atMs, endMs, current.code));
  };
  for (const event of events) {
    const isEnd = RECORDING_END.test(event.type) || CONVERSATION_END.test(event.type);
    const stage = stageThatBegins(event) ?? (isEnd ? 'done' : null);
    if (stage === null) continue;
    const atMs = Math.min(Math.max(event.atMs, current.atMs), toMs ?? Number.POSITIVE_INFINITY);
    if (current.stage !== 'done') close(atMs);
    current = { stage, code: event.type.endsWith('.waiting') ? event.code : null, atMs };
  }
  if (current.stage !== 'done') close(toMs);
  return parts;
}

function partOf(stage: string, fromMs: number, toMs: number | null, code: string | null): BarPart {
  const what = WAITS.has(stage) ? ('wait' as const) : ('run' as const);
  const nothing = { provider: null, model: null, outcome: null, round: 0, link: 0, isCritical: false };
  return { what, stage, fromMs, toMs, code, ...nothing };
}

/** A bar for each question: its calls are the runs, and what lies between them are waits. */
function ofCalls(calls: readonly BarCall[], parent: Bar): Bar[] {
  const ended = calls.map((call) => withItsEnd(call, calls, parent));
  const questions = [...Map.groupBy(ended, ({ questionId }) => questionId)];
  return questions
    .map(([questionId, of]) => ofQuestion(questionId, of, parent.id))
    .sort((a, b) => a.fromMs - b.fromMs || (a.piece ?? 0) - (b.piece ?? 0));
}

/** Its worker ended while the call was under way, so that nobody noted what became of it. */
const LOST = 'lost';

/**
 * A call without an end is under way, unless what it was made for has gone on without it: the same was asked anew, it waits
 * for its next attempt, or is over. It ended by then.
 */
function withItsEnd(call: BarCall, calls: readonly BarCall[], parent: Bar): BarCall {
  if (call.finishedAtMs !== null) return call;
  const { startedAtMs, questionId, kind, piece } = call;
  const ends = [
    ...calls
      .filter((other) => other.questionId > questionId && other.kind === kind && other.piece === piece)
      .map((other) => other.startedAtMs),
    ...parent.parts.filter(({ what }) => what === 'wait').map(({ fromMs }) => fromMs),
    ...(parent.toMs === null ? [] : [Math.max(parent.toMs, startedAtMs)]),
  ].filter((atMs) => atMs >= startedAtMs);
  return ends.length === 0 ? call : { ...call, finishedAtMs: Math.min(...ends), outcome: LOST };
}

function ofQuestion(questionId: number, calls: readonly BarCall[], parentId: string): Bar {
  const sorted = calls.toSorted((a, b) => a.startedAtMs - b.startedAtMs || a.id - b.id);
  const [first] = sorted as [BarCall, ...BarCall[]];
  const last = sorted.at(-1) ?? first;
  const parts: BarPart[] = [];
  let reachedMs = first.startedAtMs;
  for (const call of sorted) {
    const fromMs = Math.max(reachedMs, call.startedAtMs);
    if (fromMs > reachedMs) parts.push(partOf('waiting', reachedMs, fromMs, parts.at(-1)?.code ?? null));
    const toMs = call.finishedAtMs === null ? null : Math.max(fromMs, call.finishedAtMs);
    const { provider, model, outcome, round, link, code } = call;
    parts.push({
      what: 'run',
      stage: 'call',
      fromMs,
      toMs,
      code,
      provider,
      model,
      outcome,
      round,
      link,
      isCritical: false,
    });
    reachedMs = toMs ?? fromMs;
  }
  return {
    id: `call_${questionId}`,
    parentId,
    kind: first.kind,
    subject: parentId,
    name: null,
    ...heardIn(first.piece),
    outcome: last.outcome,
    code: last.code,
    fromMs: first.startedAtMs,
    toMs: sorted.some(({ finishedAtMs }) => finishedAtMs === null) ? null : reachedMs,
    parts,
  };
}

/** Pieces across borders have numbers of their own, which tell nobody anything. */
function heardIn(piece: number | null): Pick<Bar, 'piece' | 'across'> {
  if (piece === null || piece < FIRST_BORDER_ORDINAL) return { piece, across: null };
  return { piece: null, across: piece === BORDER_ORDINALS.head ? 'before' : 'after' };
}

/** Stages of the chain that decided when the upload was done, and in each the calls that were waited for. */
function markCritical(bars: Bar[], path: readonly PathPart[]): Bar[] {
  const talk = path.findLast(({ subject }) =>
    bars.some(({ id, kind }) => id === subject && kind === 'conversation'),
  );
  for (const { subject, fromMs, ms, stage } of path) {
    const toMs = fromMs + ms;
    // The path tells the settling as of the recording that was the last to end: it is its conversation that settles.
    const id = stage === 'settling' ? (talk?.subject ?? subject) : subject;
    const bar = bars.find((one) => one.id === id);
    for (const part of bar?.parts ?? [])
      if (part.stage === stage && part.fromMs < toMs && (part.toMs ?? Number.POSITIVE_INFINITY) > fromMs)
        part.isCritical = true;
    if (stage === 'queued' || stage === 'waiting' || stage === 'settling') continue;
    markChain(
      bars.filter(({ parentId }) => parentId === subject),
      fromMs,
      toMs,
    );
  }
  return bars;
}

/** From the end backwards: the question that ended last, then the one that had ended last when it began. */
function markChain(questions: readonly Bar[], fromMs: number, toMs: number): void {
  const endOf = (bar: Bar) => bar.toMs ?? Number.POSITIVE_INFINITY;
  const byEnd = questions
    .filter((bar) => endOf(bar) > fromMs && bar.fromMs < toMs)
    .sort((a, b) => endOf(b) - endOf(a));
  let beforeMs = Number.POSITIVE_INFINITY;
  for (const question of byEnd) {
    if (endOf(question) > beforeMs && beforeMs !== Number.POSITIVE_INFINITY) continue;
    for (const part of question.parts) part.isCritical = true;
    beforeMs = question.fromMs;
  }
}
