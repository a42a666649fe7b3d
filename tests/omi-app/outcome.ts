/** The rules for the end: what the phone decided, beside what the list and the conversations show when it looks last. */
import { DETAIL, LIST, POLL, UPLOAD } from './answers.ts';
import type { Report } from './checker.ts';
import { Conversation, ConversationList, Job, JobStart, read, SyncResult } from './parsers.ts';
import type { Decision, Entry, Exchange, Recorded } from './traffic.ts';

const SPLIT_MS = 120_000;
/** Of rounded offsets, and of a detector that cuts a little early or late. */
const TOLERANCE_MS = 1_500;
const LEAST_OVERLAP_MS = 300;

interface Said {
  conversationId: string;
  segmentId: string | null;
  startMs: number;
  endMs: number;
  text: string;
}

interface Shown {
  ids: string[];
  conversations: Map<string, Conversation>;
  said: Said[];
}

export function judgeOutcome(traffic: readonly Entry[], report: Report): void {
  judgeDecisions(traffic, report);
  const shown = lastLook(traffic, report);
  judgeToldIds(traffic, shown, report);
  judgeTimes(shown, report);
  judgeRecordings(traffic, shown, report);
}

/** Each recording's states, held against the answers that were there before. */
function judgeDecisions(traffic: readonly Entry[], report: Report): void {
  const carried = new Map<string, Set<string>>();
  const completed = new Set<string>();
  const answeredAtOnce = new Set<string>();
  const last = new Map<string, Decision['becomes']>();
  const holds = new Map<string, Recorded['holds']>();
  for (const entry of traffic) {
    if (entry.kind === 'recorded') holds.set(entry.recording, entry.holds);
    if (entry.kind === 'exchange') {
      const { path, status, files, body } = entry;
      const jobId = status === 202 && UPLOAD.test(path) ? read(JobStart, body)?.job_id : undefined;
      if (jobId) carried.set(jobId, new Set([...(carried.get(jobId) ?? []), ...files]));
      if (status === 200 && UPLOAD.test(path) && read(SyncResult, body)?.failed_segments === 0)
        for (const file of files) answeredAtOnce.add(file);
      const polled = POLL.exec(path)?.[1];
      if (polled && status === 200 && read(Job, body)?.status === 'completed') completed.add(polled);
    }
    if (entry.kind !== 'decision') continue;
    const { recording, becomes, jobId } = entry;
    const isProven =
      answeredAtOnce.has(recording) ||
      (jobId !== null && completed.has(jobId) && carried.get(jobId)?.has(recording));
    if ((becomes === 'synced' || becomes === 'swept') && !isProven)
      report('unproven', `a recording became ${becomes} without a completed job that carried it`);
    last.set(recording, becomes);
  }
  for (const [recording, held] of holds) {
    const state = last.get(recording) ?? 'miss';
    const isFine = state === 'swept' || (held === 'nothing readable' && state === 'unsupportedAudio');
    if (!isFine) report('not synced', `a recording of ${held} is ${state} in the end`);
  }
}

/** The last listing from its first page on, and the last answer for each conversation in it. */
function lastLook(traffic: readonly Entry[], report: Report): Shown {
  let ids: string[] = [];
  let listedAt = -1;
  const details = new Map<string, Conversation>();
  for (const [index, entry] of traffic.entries()) {
    if (entry.kind !== 'exchange' || entry.status !== 200) continue;
    if (entry.method === 'GET' && LIST.test(entry.path)) {
      const page = read(ConversationList, entry.body) ?? [];
      if (/[?&]offset=0(&|$)/.test(entry.path)) {
        ids = [];
        details.clear();
        listedAt = index;
      }
      ids.push(...page.map(({ id }) => id));
    }
    if (entry.method === 'GET' && DETAIL.test(entry.path)) {
      const conversation = read(Conversation, entry.body);
      if (conversation) details.set(conversation.id, conversation);
    }
  }
  if (listedAt < 0) report('list', 'the list never answered');
  if (new Set(ids).size < ids.length) report('doubled', 'the list shows a conversation twice');
  for (const id of ids) if (!details.has(id)) report('list', 'a listed conversation could not be opened');
  for (const id of details.keys())
    if (!ids.includes(id)) report('list', 'a conversation that opens is not in the list');
  const said = [...details.values()].flatMap(wordsOf);
  return { ids, conversations: details, said };
}

function wordsOf({ id, started_at, created_at, transcript_segments }: Conversation): Said[] {
  const zero = Date.parse(started_at ?? created_at);
  return transcript_segments.map((segment) => ({
    conversationId: id,
    segmentId: segment.id ?? null,
    startMs: zero + segment.start * 1000,
    endMs: zero + segment.end * 1000,
    text: segment.text,
  }));
}

/** From the moment that a job named it, an id is answered, and in the end with a conversation that is listed. */
function judgeToldIds(traffic: readonly Entry[], { ids }: Shown, report: Report): void {
  const told = new Set<string>();
  const lastAnswer = new Map<string, Exchange>();
  for (const entry of traffic) {
    if (entry.kind !== 'exchange') continue;
    const { path, status, body } = entry;
    if (status === 200 && POLL.test(path)) {
      const result = read(Job, body)?.result;
      for (const id of [...(result?.new_memories ?? []), ...(result?.updated_memories ?? [])]) told.add(id);
    }
    const asked = entry.method === 'GET' ? DETAIL.exec(path)?.[1] : undefined;
    if (!asked || status === null) continue;
    lastAnswer.set(asked, entry);
    if (status < 500 && status !== 200 && status !== 429 && status !== 401)
      report(
        'told id',
        `GET /v1/conversations/{id} of an id that was told is answered ${status}: ${body.slice(0, 200)}`,
      );
  }
  for (const id of told) {
    const answer = lastAnswer.get(id);
    const conversation = answer?.status === 200 ? read(Conversation, answer.body) : null;
    if (!conversation) report('told id', 'an id that was told could not be read in the end');
    else if (!ids.includes(conversation.id))
      report('told id', 'an id that was told answers with a conversation that is not listed');
  }
}

function judgeTimes({ conversations, said }: Shown, report: Report): void {
  for (const { started_at, finished_at, created_at, ...conversation } of conversations.values()) {
    const words = wordsOf({ started_at, finished_at, created_at, ...conversation });
    const end = Math.max(...words.map(({ endMs }) => endMs));
    if (started_at && finished_at && finished_at < started_at)
      report('time', 'a conversation ends before it begins');
    if (finished_at && end > Date.parse(finished_at) + TOLERANCE_MS)
      report('time', 'a segment ends after its conversation');
    if (started_at && Math.abs(Date.parse(created_at) - Date.parse(started_at)) > TOLERANCE_MS)
      report('time', `created_at ${created_at} of synced audio is not its started_at ${started_at}`);
  }
  const sorted = said.toSorted((a, b) => a.startMs - b.startMs);
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const [index, segment] of sorted.entries()) {
    const before = sorted[index - 1];
    const gapMs = segment.startMs - reachedMs;
    reachedMs = Math.max(reachedMs, segment.endMs);
    if (!before) continue;
    const isSame = before.conversationId === segment.conversationId;
    const seconds = (gapMs / 1000).toFixed(1);
    if (isSame && gapMs >= SPLIT_MS + TOLERANCE_MS)
      report('time', `a conversation goes on after a silence of ${seconds} s`);
    if (!isSame && gapMs < SPLIT_MS - TOLERANCE_MS)
      report('time', `two conversations are only ${seconds} s apart`);
  }
}

function judgeRecordings(traffic: readonly Entry[], shown: Shown, report: Report): void {
  const swept = new Set(
    traffic.flatMap((entry) =>
      entry.kind === 'decision' && entry.becomes === 'swept' ? entry.recording : [],
    ),
  );
  judgeRepeats(shown.said, report);
  for (const entry of traffic) {
    if (entry.kind !== 'recorded' || entry.holds !== 'speech' || !swept.has(entry.recording)) continue;
    const words = shown.said.filter(
      (segment) =>
        overlapMs(segment.startMs, segment.endMs, entry) >= LEAST_OVERLAP_MS && segment.text.trim() !== '',
    );
    const ids = new Set(words.map(({ conversationId }) => conversationId));
    if (ids.size === 0) {
      report('lost', 'no conversation has words from the time of a recording that the phone has removed');
      continue;
    }
    if (ids.size > 1) report('doubled', 'two conversations have words from the time of one recording');
    for (const id of ids) judgeSound(shown.conversations.get(id), entry, report);
  }
}

function judgeRepeats(said: readonly Said[], report: Report): void {
  const ids = said.flatMap(({ segmentId }) => segmentId ?? []);
  if (new Set(ids).size < ids.length) report('doubled', 'two segments have one id');
  const sorted = said.toSorted((a, b) => a.startMs - b.startMs);
  for (const [index, segment] of sorted.entries()) {
    for (const other of sorted.slice(index + 1)) {
      if (other.startMs >= segment.endMs) break;
      if (other.text === segment.text) report('doubled', 'the same words are shown twice at one time');
    }
  }
}

/** A conversation that lists no sound is as those of a person without cloud storage: the app shows no player. */
function judgeSound(conversation: Conversation | undefined, recorded: Recorded, report: Report): void {
  const { audio_files = [], private_cloud_sync_enabled: isStored = false } = conversation ?? {};
  if (audio_files.length === 0 && !isStored) return;
  const heard = audio_files.some(({ started_at, chunk_timestamps, duration }) => {
    const from = started_at ? Date.parse(started_at) : (chunk_timestamps[0] ?? 0) * 1000;
    const halfMs = (recorded.endedAtMs - recorded.startedAtMs) / 2;
    return overlapMs(from, from + duration * 1000, recorded) >= halfMs;
  });
  if (!heard)
    report('sound', 'no audio file of its conversation covers a recording that the phone has removed');
}

function overlapMs(fromMs: number, toMs: number, { startedAtMs, endedAtMs }: Recorded): number {
  return Math.min(toMs, endedAtMs) - Math.max(fromMs, startedAtMs);
}
