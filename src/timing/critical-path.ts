/**
 * Finds where the time of an upload went: the chain of stages and waits that led to its end, from the events of its log.
 * Pure. Each part begins where the one before it ends, so the parts add up to the whole.
 */

export interface TimedEvent {
  number: number;
  type: string;
  atMs: number;
  recordingId: string | null;
  conversationId: string | null;
  stage: string | null;
  code: string | null;
}

export interface PathPart {
  /** `queued`, `waiting` and `settling` are waits. */
  stage: string;
  /** Why it waited. */
  code: string | null;
  subject: string;
  fromMs: number;
  ms: number;
}

/** Only these say that something else begins. */
const RECORDING_BEGINS = /^recording\.(accepted|waiting|stage)$/;
const BOUNDARIES = new RegExp(`${RECORDING_BEGINS.source}|^conversation\\.(stage|waiting)$`);
const RECORDING_END = /^recording\.(completed|rejected|failed|deleted)$/;
/** `updated` also tells what a person has changed, which ends with itself. */
const CONVERSATION_BEGINS = /^conversation\.(created|stage)$/;
const CONVERSATION_END = /^conversation\.(ready|failed|waiting|merged|deleted)$/;

/** @param events of one upload, in the order of their numbers */
export function criticalPath(
  uploadId: string,
  acceptedAtMs: number,
  events: readonly TimedEvent[],
  nowMs: number,
): { parts: PathPart[]; totalMs: number; isDone: boolean } {
  const { own, beganAtMs, doneAtMs } = lastWorkOf(events, acceptedAtMs);
  const isDone = doneAtMs !== null;
  const endMs = Math.max(beganAtMs, doneAtMs ?? nowMs);
  const chain = [...recordingChain(own, isDone), ...conversationChain(own)];
  const parts: PathPart[] = [];
  let fromMs = beganAtMs;
  let current = { stage: 'accepting', code: null as string | null, subject: uploadId };
  for (const { atMs, ...next } of chain) {
    // The clocks of two machines differ a little: no part is negative, and none is counted twice.
    const toMs = Math.min(endMs, Math.max(fromMs, atMs));
    if (toMs > fromMs) parts.push({ ...current, fromMs, ms: toMs - fromMs });
    fromMs = toMs;
    current = next;
  }
  if (endMs > fromMs) parts.push({ ...current, fromMs, ms: endMs - fromMs });
  return { parts, totalMs: endMs - beganAtMs, isDone };
}

/**
 * An upload is told to be done once. A file of it may begin again afterwards: its time was set, or somebody tried it again. Then
 * the time went where that work went, and not where the file was refused at first.
 *
 * @returns the events of that work; `doneAtMs` null: it is under way
 */
function lastWorkOf(
  events: readonly TimedEvent[],
  acceptedAtMs: number,
): { own: readonly TimedEvent[]; beganAtMs: number; doneAtMs: number | null } {
  const done = events.find(({ type }) => type === 'upload.done');
  if (!done) return { own: events, beganAtMs: acceptedAtMs, doneAtMs: null };
  const again = events.find(({ number, type }) => number > done.number && RECORDING_BEGINS.test(type));
  if (!again) {
    const own = events.filter(({ number }) => number <= done.number);
    return { own, beganAtMs: acceptedAtMs, doneAtMs: done.atMs };
  }
  const own = events.filter(({ number }) => number >= again.number);
  const isOver =
    areOver(own, ({ recordingId }) => recordingId, RECORDING_BEGINS, RECORDING_END) &&
    areOver(own, ({ conversationId }) => conversationId, CONVERSATION_BEGINS, CONVERSATION_END);
  const end = own.findLast(({ type }) => RECORDING_END.test(type) || CONVERSATION_END.test(type));
  return {
    own,
    beganAtMs: Math.max(acceptedAtMs, again.atMs),
    doneAtMs: isOver ? (end?.atMs ?? null) : null,
  };
}

/** Whether each of them has ended after it began last. */
function areOver(
  events: readonly TimedEvent[],
  subjectOf: (event: TimedEvent) => string | null,
  begins: RegExp,
  ends: RegExp,
): boolean {
  const states = new Map<string, boolean>();
  for (const event of events) {
    const subject = subjectOf(event);
    if (subject === null) continue;
    if (ends.test(event.type)) states.set(subject, true);
    else if (begins.test(event.type)) states.set(subject, false);
  }
  return [...states.values()].every((isOver) => isOver);
}

interface Link {
  stage: string;
  code: string | null;
  subject: string;
  atMs: number;
}

/** The recording that was the last to end, or, while the upload is under way, the one that has come the least far. */
function recordingChain(events: readonly TimedEvent[], isDone: boolean): Link[] {
  const own = events.filter(({ recordingId }) => recordingId !== null);
  const byRecording = Map.groupBy(own, ({ recordingId }) => recordingId);
  const unfinished = [...byRecording].find(([, of]) => !of.some(({ type }) => RECORDING_END.test(type)))?.[0];
  const last = own.findLast(({ type }) => RECORDING_END.test(type));
  const subject = (isDone ? null : unfinished) ?? last?.recordingId;
  if (!subject) return [];
  const endOf = subject === last?.recordingId ? last : undefined;
  const links = (byRecording.get(subject) ?? [])
    .filter(
      ({ type, number }) => BOUNDARIES.test(type) && number < (endOf?.number ?? Number.POSITIVE_INFINITY),
    )
    .map((event) => ({ stage: stageOf(event), code: codeOf(event), subject, atMs: event.atMs }));
  return endOf ? [...links, { stage: 'settling', code: null, subject, atMs: endOf.atMs }] : links;
}

/** What came after the last recording: the conversation that was the last to be ready. */
function conversationChain(events: readonly TimedEvent[]): Link[] {
  const lastRecording = events.findLast(({ type }) => RECORDING_END.test(type));
  const after = events.filter(({ number }) => number > (lastRecording?.number ?? 0));
  const last = after.findLast(({ type }) => CONVERSATION_END.test(type));
  const subject =
    last?.conversationId ?? after.findLast(({ conversationId }) => conversationId)?.conversationId;
  if (!subject) return [];
  return after
    .filter(({ type, conversationId }) => conversationId === subject && BOUNDARIES.test(type))
    .map((event) => ({ stage: stageOf(event), code: codeOf(event), subject, atMs: event.atMs }));
}

/** The stage that begins with an event, null where none does. */
export function stageThatBegins(event: Pick<TimedEvent, 'type' | 'stage' | 'code'>): string | null {
  if (BOUNDARIES.test(event.type)) return stageOf(event);
  return /^conversation\.(created|updated)$/.test(event.type) ? 'settling' : null;
}

function stageOf({ type, stage, code }: Pick<TimedEvent, 'type' | 'stage' | 'code'>): string {
  if (type.endsWith('.waiting')) return code === 'queued' ? 'queued' : 'waiting';
  return stage ?? 'settling';
}

function codeOf({ type, code }: TimedEvent): string | null {
  return type.endsWith('.waiting') ? code : null;
}
