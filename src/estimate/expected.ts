/** When recordings, conversations and uploads are expected to be done, for whoever shows them. */
import { sql } from 'kysely';
import { z } from 'zod';
import { debounceMs, unfinishedNear } from '../conversations/settled.ts';
import { EpochMs } from '../epoch-ms.ts';
import { shareOf } from '../events/derive.ts';
import type { Database } from '../store/database.ts';
import type { Recording } from '../store/schema.ts';
import { loadOf } from './load.ts';
import {
  type Estimate,
  type Load,
  later,
  NOW,
  placeInLine,
  plus,
  type RecordingNow,
  type Unknown,
  untilMeaning,
  untilWords,
  usualError,
} from './rule.ts';

export const ExpectedBody = z
  .object({
    stage: z
      .enum(['queued', 'waiting', 'transcribing', 'placing', 'settling', 'understanding'])
      .describe(
        'What it is in; `waiting` for its next attempt, `settling` for more uploads or other recordings',
      ),
    place: z
      .number()
      .int()
      .nullable()
      .describe('Its number in the line of its lane, 1 for the next; null in work'),
    share: z.number().min(0).max(1).describe('Part of its sound that is transcribed'),
    doneAtMs: EpochMs.nullable().describe('When it is expected to be done; null if that cannot be said'),
    earliestAtMs: EpochMs.nullable(),
    latestAtMs: EpochMs.nullable().describe(
      'Most are done between these two; later arrivals can still move them',
    ),
    usualError: z
      .number()
      .nullable()
      .describe(
        'How far such estimates were off lately in the mean, as a share of the time it took; null before the first: the times are what is usual elsewhere',
      ),
    unknown: z
      .enum(['no_worker', 'worker_lost'])
      .nullable()
      .describe(
        'Why nothing is expected: no worker is running, or the one that worked on it has ended and another one takes it over',
      ),
  })
  .meta({ id: 'Expected' })
  .nullable()
  .describe('When it is expected to be done; null once it is');

export type Expected = z.infer<typeof ExpectedBody>;

export const expectedColumns = [
  'recordings.id',
  'recordings.outcome',
  'recordings.lane',
  'recordings.accepted_at_ms',
  'recordings.due_at_ms',
  'recordings.charged_ms',
  'recordings.duration_ms',
  'recordings.heard_ms',
  'recordings.size_bytes',
  'recordings.next_try_at_ms',
] as const;

export type ExpectedRow = Pick<
  Recording,
  (typeof expectedColumns)[number] extends `recordings.${infer C}` ? C & keyof Recording : never
>;

const BYTES_PER_MS = 3;

/** Guessed from its bytes until it is decoded. */
export function lengthMsOf({ duration_ms, charged_ms, size_bytes }: ExpectedRow): number {
  return duration_ms ?? charged_ms ?? size_bytes / BYTES_PER_MS;
}

export function recordingNow(load: Load, row: ExpectedRow): RecordingNow {
  const { lane, heard_ms: heardMs, next_try_at_ms: nextTryAtMs } = row;
  const seconds = Math.max(0, lengthMsOf(row) - heardMs) / 1_000;
  const known = load.lanes[lane].running.find(({ id }) => id === row.id);
  const stage =
    row.duration_ms !== null && heardMs >= row.duration_ms ? ('placing' as const) : ('transcribing' as const);
  // What began since the lines were read has only just begun.
  const running = known ?? { id: row.id, stage, seconds: lengthMsOf(row) / 1_000, elapsedMs: 0 };
  return {
    lane,
    dueAtMs: row.due_at_ms ?? row.accepted_at_ms,
    seconds,
    nextTryAtMs: nextTryAtMs !== null && nextTryAtMs > load.atMs ? nextTryAtMs : null,
    running: row.outcome === 'processing' ? running : null,
  };
}

function newestOf(rows: readonly ExpectedRow[]): number {
  return Math.max(0, ...rows.map((row) => row.accepted_at_ms));
}

function isUnfinished({ outcome }: ExpectedRow): boolean {
  return outcome === 'waiting' || outcome === 'processing';
}

function tell(
  load: Load,
  estimate: Estimate | Unknown,
  about: Pick<NonNullable<Expected>, 'stage' | 'place' | 'share' | 'usualError'>,
): Expected {
  if (typeof estimate === 'string')
    return {
      ...about,
      doneAtMs: null,
      earliestAtMs: null,
      latestAtMs: null,
      usualError: null,
      unknown: estimate,
    };
  const { ms, spreadMs } = estimate;
  const at = (afterMs: number) => Math.round(load.atMs + Math.max(0, afterMs));
  return {
    ...about,
    doneAtMs: at(ms),
    earliestAtMs: at(Math.max(ms * LEAST_SHARE, ms - SPREADS_BEFORE * spreadMs)),
    latestAtMs: at(ms + SPREADS_AFTER * spreadMs),
    unknown: null,
  };
}

/** However unsure it is, nothing is promised for at once. */
const LEAST_SHARE = 0.25;
/** Work is late more often, and by more, than it is early (`npm run bench:estimates` counts how many are in between). */
export const SPREADS_BEFORE = 1.5;
export const SPREADS_AFTER = 2.5;

function aboutRecording(load: Load, row: ExpectedRow, now: RecordingNow) {
  const { lane, dueAtMs, nextTryAtMs, running } = now;
  const isQueued = running === null && nextTryAtMs === null;
  return {
    stage: running ? running.stage : isQueued ? ('queued' as const) : ('waiting' as const),
    place: isQueued ? placeInLine(load.lanes[lane], dueAtMs) : null,
    share: shareOf(row),
    usualError: usualError(load, 'words', lane),
  };
}

/** Until the words of each recording are placed. The lines are read only if one of them is unfinished. */
export async function expectedOfRecordings(
  db: Database,
  rows: readonly ExpectedRow[],
): Promise<(row: ExpectedRow) => Expected> {
  const open = rows.filter(isUnfinished);
  if (open.length === 0) return () => null;
  const load = await loadOf(db, newestOf(open));
  return (row) => {
    if (!isUnfinished(row)) return null;
    const now = recordingNow(load, row);
    return tell(load, untilWords(load, now), aboutRecording(load, row, now));
  };
}

export interface ConversationNow {
  id: string;
  seconds: number;
  isHeld: boolean;
  beganAtMs: number | null;
  nextTryAtMs: number | null;
  /** When the last uploads near it were accepted, the latest first. */
  acceptedAtMs: number[];
  near: ExpectedRow[];
}

/** Uploads of this time range can still be followed by others of it, as in `settled.ts`. */
const NEARBY_MS = 600_000;

/** Only those without a title; conversations that are ready, failed, merged or not the person's are missing. */
export async function conversationsNow(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<ConversationNow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Omit<ConversationNow, 'near'> & { nearIds: string[] }>`
    SELECT conversations.id, ((ended_at_ms - started_at_ms) / 1000.0)::float8 AS seconds,
           held_by IS NOT NULL AS "isHeld", next_try_at_ms AS "nextTryAtMs",
           (SELECT began_at_ms FROM stage_begins WHERE subject = conversations.id AND stage = 'understanding') AS "beganAtMs",
           ARRAY(SELECT DISTINCT r.accepted_at_ms FROM recordings r
                  WHERE r.user_id = conversations.user_id AND r.device_id = conversations.device_id
                    AND r.started_at_ms > conversations.ended_at_ms - ${NEARBY_MS}
                    AND r.started_at_ms < conversations.ended_at_ms + ${NEARBY_MS}
                  ORDER BY 1 DESC LIMIT 2)::text[] AS "acceptedAtMs",
           ARRAY${unfinishedNear(null)} AS "nearIds"
      FROM conversations
     WHERE user_id = ${userId} AND id = ANY (${[...ids]}::text[]) AND merged_into IS NULL
       AND understood_revision < revision AND (failure IS NULL OR next_try_at_ms IS NOT NULL)`.execute(db);
  const nearIds = rows.flatMap((row) => row.nearIds);
  const near =
    nearIds.length === 0
      ? []
      : await db
          .selectFrom('recordings')
          .select(expectedColumns)
          .where('id', 'in', nearIds)
          .where('user_id', '=', userId)
          .execute();
  return rows.map(({ nearIds: own, acceptedAtMs, ...row }) => ({
    ...row,
    acceptedAtMs: acceptedAtMs.map(Number),
    near: near.filter(({ id }) => own.includes(id)),
  }));
}

/** How much longer a conversation waits for more uploads, and for recordings that can still add to it. */
export function quietFor(load: Load, { acceptedAtMs, near }: ConversationNow): Estimate | Unknown {
  let words = NOW;
  for (const row of near) {
    const until = untilWords(load, recordingNow(load, row));
    if (typeof until === 'string') return until;
    words = later(words, until);
  }
  return later(words, { ms: debounceMs(acceptedAtMs, load.quietMs, load.atMs), spreadMs: 0 });
}

function untilReady(load: Load, talk: ConversationNow): Estimate | Unknown {
  const runningForMs = talk.isHeld ? load.atMs - (talk.beganAtMs ?? load.atMs) : null;
  const { seconds, nextTryAtMs } = talk;
  const retryMs = nextTryAtMs === null ? null : Math.max(0, nextTryAtMs - load.atMs);
  const quiet =
    retryMs !== null || runningForMs !== null ? { ms: retryMs ?? 0, spreadMs: 0 } : quietFor(load, talk);
  if (typeof quiet === 'string') return quiet;
  const meaning = untilMeaning(load, { quietForMs: quiet.ms, seconds, runningForMs });
  return typeof meaning === 'string' ? meaning : plus({ ms: 0, spreadMs: quiet.spreadMs }, meaning);
}

/** Until each of these conversations has its title. */
export async function expectedOfConversations(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Expected>> {
  const talks = await conversationsNow(db, userId, ids);
  if (talks.length === 0) return new Map();
  const load = await loadOf(db);
  return new Map(
    talks.map((talk) => {
      const stage = talk.isHeld ? 'understanding' : talk.nextTryAtMs === null ? 'settling' : 'waiting';
      const share = shareOfAll(talk.near);
      const about = { stage, place: null, share, usualError: usualError(load, 'understanding') } as const;
      return [talk.id, tell(load, untilReady(load, talk), about)];
    }),
  );
}

/** By length; of files whose length is guessed, by the guess. */
function shareOfAll(rows: readonly ExpectedRow[]): number {
  const all = rows.reduce((sum, row) => sum + lengthMsOf(row), 0);
  if (all === 0) return 1;
  const done = rows.reduce((sum, row) => sum + lengthMsOf(row) * shareOf(row), 0);
  return Math.round((done / all) * 100) / 100;
}

/** Until all files of an upload have ended and their conversations have titles. */
export async function expectedOfUpload(
  db: Database,
  userId: string,
  {
    acceptedAtMs,
    rows,
    unsettled,
  }: { acceptedAtMs: number; rows: readonly ExpectedRow[]; unsettled: readonly string[] },
): Promise<Expected> {
  const open = rows.filter(isUnfinished);
  if (open.length === 0 && unsettled.length === 0) return null;
  const load = await loadOf(db, acceptedAtMs);
  const share = shareOfAll(rows);
  const files = open.map((row) => ({ row, now: recordingNow(load, row) }));
  const tells = files.map(({ row, now }) => ({
    until: untilWords(load, now),
    about: aboutRecording(load, row, now),
  }));
  const unknown = tells.find(({ until }) => typeof until === 'string');
  const [first] = tells;
  if (unknown) return tell(load, unknown.until, { ...(first ?? unknown).about, share });
  const talks = await conversationsNow(db, userId, unsettled);
  const words = tells.map(({ until }) => until as Estimate).reduce(later, NOW);
  const ends: (Estimate | Unknown)[] = talks.map((talk) => untilReady(load, talk));
  if (first) ends.push(afterWords(load, words, acceptedAtMs));
  const meaning = ends.find((end) => typeof end === 'string');
  const last = (ends.filter((end) => typeof end !== 'string') as Estimate[]).reduce(later, words);
  // The file that is next in line, and what all of them are in when none waits.
  const next = tells
    .filter(({ about }) => about.place !== null)
    .sort((a, b) => (a.about.place ?? 0) - (b.about.place ?? 0))[0];
  const stage = talks.some(({ isHeld }) => isHeld) ? 'understanding' : 'settling';
  const about = (
    tells.find(({ about: { stage: in_ } }) => in_ === 'transcribing' || in_ === 'placing') ??
    next ??
    first
  )?.about;
  return tell(load, meaning ?? last, {
    stage: about?.stage ?? stage,
    place: next?.about.place ?? null,
    share,
    usualError: usualError(
      load,
      first ? 'words' : 'understanding',
      first?.about ? files[0]?.now.lane : undefined,
    ),
  });
}

/** Nobody knows yet what conversations there will be: the last one is of the usual length. */
function afterWords(load: Load, words: Estimate, acceptedAtMs: number): Estimate | Unknown {
  const quietForMs = debounceMs([acceptedAtMs], load.quietMs, load.atMs);
  const quietMs = Math.max(words.ms, quietForMs);
  const meaning = untilMeaning(load, { quietForMs: quietMs - words.ms, seconds: null, runningForMs: null });
  return typeof meaning === 'string' ? meaning : plus(words, meaning);
}
