/**
 * Learns how long stages take, from the events that this process has written: what was estimated when a stage began is kept
 * until it ends. All that has happened within a moment is written together, so a busy worker writes a few statements a
 * second, whatever it finishes.
 */
import type { Selectable } from 'kysely';
import type { Logger } from 'pino';
import { onAppended } from '../events/append.ts';
import type { NewEvent } from '../events/types.ts';
import { failureFields } from '../failure.ts';
import { type EndedCall, onCallEnded } from '../providers/ended-calls.ts';
import type { Database } from '../store/database.ts';
import type { StageBeginsTable } from '../store/tables/estimates.ts';
import {
  conversationsNow,
  type ExpectedRow,
  expectedColumns,
  lengthMsOf,
  quietFor,
  recordingNow,
} from './expected.ts';
import { loadOf } from './load.ts';
import { type Measured, noteRates } from './note.ts';
import type { Stage } from './rates.ts';
import { CALLS_NOW, CALLS_USUALLY, type Load, slowness } from './rule.ts';
import { type Begin, beginOf, type Step, stepOf } from './steps.ts';

/** Long enough to write many together, also where recordings come one after the other. */
const WRITE_AFTER_MS = 1_000;
/** More than this are left out: nothing waits for a measurement. */
const MOST_WAITING = 2_000;
const FORGET_EVERY_MS = 3_600_000;
/** What began so long ago is waiting for a person, or its end was not seen. */
const FORGET_AFTER_MS = 14 * 24 * 3_600_000;

interface Seen {
  userId: string;
  event: NewEvent;
  atMs: number;
}

export interface Learning {
  stop(): Promise<void>;
}

export function startLearning({ db, log }: { db: Database; log: Logger }): Learning {
  let seen: Seen[] = [];
  let calls: EndedCall[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let forgottenAt = Number.NEGATIVE_INFINITY;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writing.then(writeAll);
    }, WRITE_AFTER_MS).unref();
  };
  const writeAll = async () => {
    const [events, ended] = [seen, calls];
    seen = [];
    calls = [];
    try {
      await noteRates(db, [...(await followStages(db, events)), ...ended.flatMap(measuredCalls)]);
      if (performance.now() - forgottenAt < FORGET_EVERY_MS) return;
      forgottenAt = performance.now();
      await db
        .deleteFrom('stage_begins')
        .where('began_at_ms', '<', Date.now() - FORGET_AFTER_MS)
        .execute();
    } catch (error) {
      log.debug({ cause: failureFields(error).cause }, 'what stages took could not be noted');
    }
  };
  const unlisten = [
    onAppended((userId, events, atMs) => {
      for (const event of events) if (seen.length < MOST_WAITING) seen.push({ userId, event, atMs });
      soon();
    }),
    onCallEnded((call) => {
      if (calls.length < MOST_WAITING) calls.push(call);
      soon();
    }),
  ];
  return {
    stop: async () => {
      for (const end of unlisten) end();
      clearTimeout(timer);
      await writing;
    },
  };
}

/** Some five hundred calls are what is usual, and some five how it is now. */
const USUALLY_REMEMBERED = 0.998;
const NOW_REMEMBERED = 0.8;

function measuredCalls({ kind, provider, outcome, ms }: EndedCall): Measured[] {
  if (outcome !== 'answered' && outcome !== 'unintelligible') return [];
  const of = { stage: 'call', kind: `${kind} ${provider}`, size: 0, ms, estimatedMs: null } as const;
  return [
    { ...of, busy: CALLS_USUALLY, remembered: USUALLY_REMEMBERED },
    { ...of, busy: CALLS_NOW, remembered: NOW_REMEMBERED },
  ];
}

/** Ends and begins stages as the events say. @returns what those that ended took */
async function followStages(db: Database, events: readonly Seen[]): Promise<Measured[]> {
  const steps = events.flatMap(({ userId, event, atMs }) => {
    const step = stepOf(event);
    return step ? [{ ...step, userId, atMs }] : [];
  });
  if (steps.length === 0) return [];
  const subjects = [...new Set(steps.map(({ subject }) => subject))];
  const load = await loadOf(db, steps.at(-1)?.atMs);
  const recordings = await recordingsOf(db, load, subjects);
  const talks = await talksOf(db, load, steps);
  const begun = await db.selectFrom('stage_begins').selectAll().where('subject', 'in', subjects).execute();
  const open = new Map(begun.map((row) => [keyOf(row), row]));
  const measured: Measured[] = [];
  for (const step of steps) {
    for (const stage of STAGES) {
      const key = keyOf({ subject: step.subject, stage });
      const row = open.get(key);
      if (!row || (stage === 'words' && !step.isOver)) continue;
      open.delete(key);
      if (!step.ends.includes(stage)) continue;
      // Rates are those of calls that take as long as usual.
      const times = slowness(load.rates, stage);
      const ms = Math.max(0, step.atMs - row.began_at_ms) / times;
      const estimatedMs = row.estimated_ms === null ? null : row.estimated_ms / times;
      // The length of a file is known when its stage ends, and was guessed when it began.
      const size = stage === 'transcribing' ? (recordings.get(step.subject)?.seconds ?? row.size) : row.size;
      measured.push({ stage, kind: row.kind, busy: row.busy, size, ms, estimatedMs });
    }
    for (const stage of step.begins) {
      const begin = beginOf(load, stage, {
        recording: recordings.get(step.subject),
        talk: talks.get(step.subject),
      });
      if (begin) open.set(keyOf({ subject: step.subject, stage }), rowOf(step, stage, begin));
    }
  }
  const gone = begun.filter((row) => open.get(keyOf(row)) !== row);
  await replaceBegins(
    db,
    gone,
    [...open.values()].filter((row) => !begun.includes(row)),
  );
  return measured;
}

const STAGES: readonly Stage[] = ['queued', 'transcribing', 'placing', 'settling', 'understanding', 'words'];

type Row = Selectable<StageBeginsTable>;

function keyOf({ subject, stage }: Pick<Row, 'subject' | 'stage'>): string {
  return `${stage} ${subject}`;
}

function rowOf(
  { subject, userId, atMs }: { subject: string; userId: string; atMs: number },
  stage: Stage,
  begin: Begin,
): Row {
  const { kind, busy, size, estimate } = begin;
  return {
    subject,
    stage,
    user_id: userId,
    began_at_ms: atMs,
    kind,
    busy,
    size,
    estimated_ms: estimate?.ms ?? null,
  };
}

async function recordingsOf(db: Database, load: Load, ids: readonly string[]) {
  const rows: ExpectedRow[] = await db
    .selectFrom('recordings')
    .select(expectedColumns)
    .where('id', 'in', ids)
    .execute();
  return new Map(
    rows.map((row) => {
      const seconds = lengthMsOf(row) / 1_000;
      // As it was when the stage began: nothing of it was transcribed yet.
      return [row.id, { ...recordingNow(load, row), seconds, running: null }];
    }),
  );
}

type Beginning = Pick<Step, 'subject' | 'begins'> & { userId: string };

async function talksOf(db: Database, load: Load, steps: readonly Beginning[]) {
  const people = Map.groupBy(
    steps.filter(({ begins }) => begins.includes('settling') || begins.includes('understanding')),
    ({ userId }) => userId,
  );
  const talks = new Map<string, { seconds: number; quietMs: number | null }>();
  for (const [userId, own] of people)
    for (const talk of await conversationsNow(db, userId, [...new Set(own.map(({ subject }) => subject))])) {
      const quiet = talk.near.length > 0 ? null : quietFor(load, talk);
      talks.set(talk.id, {
        seconds: talk.seconds,
        quietMs: quiet && typeof quiet !== 'string' ? quiet.ms : null,
      });
    }
  return talks;
}

async function replaceBegins(db: Database, gone: readonly Row[], come: readonly Row[]): Promise<void> {
  if (gone.length > 0)
    await db
      .deleteFrom('stage_begins')
      .where(({ eb, or, and }) =>
        or(gone.map(({ subject, stage }) => and([eb('subject', '=', subject), eb('stage', '=', stage)]))),
      )
      .execute();
  if (come.length === 0) return;
  await db
    .insertInto('stage_begins')
    .values([...come].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    .onConflict((conflict) =>
      conflict.columns(['subject', 'stage']).doUpdateSet(({ ref }) => ({
        began_at_ms: ref('excluded.began_at_ms'),
        kind: ref('excluded.kind'),
        busy: ref('excluded.busy'),
        size: ref('excluded.size'),
        estimated_ms: ref('excluded.estimated_ms'),
      })),
    )
    .execute();
}
