/** Holds what the database and the public API say against what must have come out. */
import { hasLiveWork } from '../src/engine/internals.ts';
import { type Database, queryable } from '../src/store/database.ts';
import { conversationsOf, type ExpectedRecording } from './expected.ts';
import type { Acknowledged } from './phone.ts';
import { verifyApi } from './verify-api.ts';

export interface Verdict {
  lost: number;
  duplicateSegments: number;
  duplicateConversations: number;
  wrong: number;
  stuck: number;
  details: string[];
}

export interface Claims {
  db: Database;
  apiUrl: string;
  expected: readonly ExpectedRecording[];
  acknowledged: readonly Acknowledged[];
}

/** A segment's identity without our ids or the server's: whose bytes, when, which words. */
export interface Said {
  sha256: string;
  startedAtMs: number;
  endedAtMs: number;
  text: string;
}

export function keyOf({ sha256, startedAtMs, endedAtMs, text }: Said): string {
  return `${sha256.slice(0, 12)} ${startedAtMs}-${endedAtMs} ${text}`;
}

export async function verify(claims: Claims): Promise<Verdict> {
  const verdict: Verdict = {
    lost: 0,
    duplicateSegments: 0,
    duplicateConversations: 0,
    wrong: 0,
    stuck: 0,
    details: [],
  };
  await verifyRecordings(claims, verdict);
  await verifyConversations(claims, verdict);
  await verifyApi(claims, verdict);
  verdict.details.splice(12);
  return verdict;
}

export function note(verdict: Verdict, kind: Exclude<keyof Verdict, 'details'>, detail: string): void {
  verdict[kind]++;
  verdict.details.push(`${kind}: ${detail}`);
}

async function verifyRecordings({ db, expected, acknowledged }: Claims, verdict: Verdict): Promise<void> {
  const rows = await db
    .selectFrom('recordings')
    .select(['id', 'user_id', 'sha256', 'outcome', 'code', 'reason', 'finished_at_ms', 'attempt'])
    .execute();
  const known = new Map(rows.map((row) => [`${row.user_id}/${row.sha256}`, row]));
  const promised = new Set(
    acknowledged.flatMap(({ files }) => files.map((file) => `${file.userId}/${file.sha256}`)),
  );
  const segments = Map.groupBy(
    await db
      .selectFrom('segments')
      .select(['recording_id', 'started_at_ms as startedAtMs', 'ended_at_ms as endedAtMs', 'text'])
      .execute(),
    ({ recording_id }) => recording_id,
  );
  for (const { recording, outcome, segments: said } of expected) {
    const identity = `${recording.userId}/${recording.sha256}`;
    if (!promised.has(identity)) continue;
    const row = known.get(identity);
    if (!row) {
      note(verdict, 'lost', `${identity} was acknowledged and is not there`);
      continue;
    }
    if (row.finished_at_ms === null) {
      note(
        verdict,
        'stuck',
        `${row.id} is ${row.outcome}: ${row.code}, ${row.reason}, attempt ${row.attempt}`,
      );
      continue;
    }
    if (row.outcome !== outcome)
      note(
        verdict,
        'wrong',
        `${row.id} (${recording.kind}) is ${row.outcome} (${row.code}: ${row.reason}), not ${outcome}`,
      );
    const wanted = said.map((segment) => keyOf({ ...segment, sha256: recording.sha256 }));
    const found = (segments.get(row.id) ?? []).map((segment) =>
      keyOf({ ...segment, sha256: recording.sha256 }),
    );
    const once = new Set(found);
    if (once.size < found.length) {
      verdict.duplicateSegments += found.length - once.size;
      verdict.details.push(`duplicateSegments: ${found.length - once.size} of ${row.id}`);
    }
    for (const key of wanted) if (!once.has(key)) note(verdict, 'lost', `words of ${row.id}: ${key}`);
    const asked = new Set(wanted);
    for (const key of once) if (!asked.has(key)) note(verdict, 'wrong', `${row.id} has ${key}`);
  }
}

async function verifyConversations({ db, expected }: Claims, verdict: Verdict): Promise<void> {
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'user_id', 'started_at_ms', 'revision', 'understood_revision', 'failure'])
    .where('merged_into', 'is', null)
    .execute();
  const words = Map.groupBy(
    await db
      .selectFrom('segments')
      .innerJoin('recordings', 'recordings.id', 'segments.recording_id')
      .select([
        'segments.conversation_id',
        'recordings.sha256',
        'segments.started_at_ms as startedAtMs',
        'segments.ended_at_ms as endedAtMs',
        'segments.text',
      ])
      .execute(),
    (row) => row.conversation_id,
  );
  for (const segment of words.get(null) ?? []) note(verdict, 'lost', `in no conversation: ${keyOf(segment)}`);
  for (const [user, runs] of conversationsOf(expected)) {
    const wanted = new Set(
      runs.map((run) =>
        fingerprint(run.map((segment) => ({ ...segment, sha256: segment.id.split(':')[0] ?? '' }))),
      ),
    );
    const seen = new Set<string>();
    for (const row of rows.filter(({ user_id }) => user_id === user)) {
      const said = words.get(row.id) ?? [];
      const print = fingerprint(said);
      if (said.length === 0 || seen.has(print))
        note(verdict, 'duplicateConversations', `${row.id} of ${user}`);
      else if (!wanted.has(print))
        note(verdict, 'wrong', `${row.id} of ${user} is none of the ${runs.length} expected`);
      seen.add(print);
      if (row.failure) note(verdict, 'wrong', `${row.id} was not understood: ${row.failure}`);
      else if (row.understood_revision < row.revision) {
        const queued = await hasLiveWork(queryable(db), `understand:${row.id}:`);
        note(
          verdict,
          'stuck',
          `${row.id}: revision ${row.revision}, understood ${row.understood_revision}, ${queued ? 'queued' : 'not queued'}`,
        );
      }
    }
    for (const print of wanted)
      if (!seen.has(print)) note(verdict, 'lost', `a conversation of ${user}: ${print.slice(0, 90)}`);
  }
}

/** Which words, wherever they came from and in which order they were read. */
export function fingerprint(segments: readonly Said[]): string {
  return segments.map(keyOf).sort().join('\n');
}
