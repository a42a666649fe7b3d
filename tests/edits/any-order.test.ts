/**
 * What a person decided survives whatever else happens, in any order: growth, late files, another transcription with another
 * cut, a corrected time, the deletion of a recording beside. The end is that of everything being there first.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lockTimeline } from '../../src/conversations/lock.ts';
import { rebuildTimeline } from '../../src/conversations/rebuild.ts';
import { renewStanding } from '../../src/conversations/standing.ts';
import { renewCorrections } from '../../src/decisions/corrected-segments.ts';
import { addDecisions, type NewDecision } from '../../src/decisions/facts.ts';
import { setTime } from '../../src/placing/set-time.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { transact } from '../../src/store/announcements.ts';
import type { Database } from '../../src/store/database.ts';
import { type HeardRecording, placedTimeline } from '../support/timeline.ts';

const RUNS = 10;
const START_MS = Date.UTC(2026, 2, 20);

const recordings = fc.array(
  fc.record({
    startS: fc.integer({ min: 0, max: 900 }),
    wasS: fc.option(fc.integer({ min: 0, max: 5000 })),
    isHeardAgain: fc.boolean(),
    rank: fc.nat(),
    words: fc.array(
      fc.record({ gapS: fc.integer({ min: 0, max: 140 }), forS: fc.integer({ min: 2, max: 12 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  }),
  { minLength: 2, maxLength: 5 },
);
const decisions = fc.array(
  fc.record({
    kind: fc.constantFrom('cut', 'join', 'title', 'title', 'starred', 'text'),
    one: fc.nat(),
    other: fc.nat(),
    word: fc.nat(),
    offS: fc.integer({ min: -10, max: 10 }),
    rank: fc.nat(),
  }),
  { minLength: 1, maxLength: 6 },
);
const stories = fc.record({
  list: recordings,
  drawn: decisions,
  siblingAt: fc.integer({ min: 0, max: 900 }),
});
type Story = typeof stories extends fc.Arbitrary<infer S> ? S : never;

function recordingsOf(userId: string, { list }: Story): HeardRecording[] {
  return list.map(({ startS, words }, r) => {
    let atS = 0;
    return {
      id: `${userId}-${r}`,
      userId,
      microphone: `m${r}`,
      startedAtMs: START_MS + startS * 1000,
      words: words.map(({ gapS, forS }, w) => {
        const said = { atS: atS + gapS, forS, text: `${r}.${w}a ${r}.${w}b` };
        atS = said.atS + forS;
        return said;
      }),
    };
  });
}

/** In the order of the decisions, each about a word of some recording. */
function decisionsOf(userId: string, story: Story): (NewDecision & { from: number[] })[] {
  const heard = recordingsOf(userId, story);
  return story.drawn.map(({ kind, one, other, word, offS }, index) => {
    const [a, b] = [one % heard.length, other % heard.length].sort(
      (x, y) => (heard[x]?.startedAtMs ?? 0) - (heard[y]?.startedAtMs ?? 0),
    ) as [number, number];
    const anchorIn = (r: number) => {
      const words = heard[r]?.words ?? [];
      const { atS = 0, forS = 0 } = words[word % words.length] ?? {};
      return { recordingId: `${userId}-${r}`, fromMs: atS * 1000, toMs: (atS + forS) * 1000 };
    };
    const at = anchorIn(a);
    const moment = (anchor: typeof at) => ({
      ...anchor,
      fromMs: (anchor.fromMs + anchor.toMs) / 2,
      toMs: null,
    });
    switch (kind) {
      case 'cut':
        return {
          kind,
          anchor: { ...at, fromMs: at.fromMs + offS * 500, toMs: null },
          value: null,
          from: [a],
        };
      case 'join':
        return { kind, anchor: moment(at), other: moment(anchorIn(b)), value: null, from: [a, b] };
      case 'text':
        return { kind, anchor: at, value: `corrected ${index}`, from: [a] };
      default:
        return { kind, anchor: moment(at), value: kind === 'title' ? `title ${index}` : offS > 0, from: [a] };
    }
  });
}

async function decide(db: Database, userId: string, decision: NewDecision): Promise<void> {
  await transact(db, async (tx) => {
    await lockTimeline(tx, userId);
    await addDecisions(tx, { userId, by: 'phone' }, [decision]);
    const ids = [decision.anchor, decision.other].flatMap((anchor) => anchor?.recordingId ?? []);
    const spans = await tx
      .selectFrom('segments')
      .select(['started_at_ms', 'ended_at_ms'])
      .where('recording_id', 'in', ids)
      .execute();
    for (const { started_at_ms: fromMs, ended_at_ms: toMs } of spans)
      await rebuildTimeline(tx, { userId, deviceId: 'phone' }, { fromMs, toMs });
    const homes = await tx.selectFrom('conversations').select('id').where('user_id', '=', userId).execute();
    await renewStanding(
      tx,
      userId,
      homes.map(({ id }) => id),
    );
    await renewCorrections(tx, ids);
  });
}

async function seen(db: Database, userId: string) {
  const rows = await db
    .selectFrom('segments')
    .innerJoin('conversations', 'conversations.id', 'segments.conversation_id')
    .select(['conversations.id', 'segments.text', 'segments.decided_text', 'conversations.decided'])
    .where('segments.user_id', '=', userId)
    .where('conversations.merged_into', 'is', null)
    .orderBy('segments.started_at_ms')
    .orderBy('segments.text')
    .execute();
  return [...Map.groupBy(rows, ({ id }) => id).values()]
    .map((own) => ({
      words: own.map(({ text, decided_text }) => decided_text ?? text).join(' | '),
      decided: own[0]?.decided,
    }))
    .sort((a, b) => (a.words < b.words ? -1 : 1));
}

it(`gives the same for ${RUNS} random orders of decisions and of everything else that happens`, async () => {
  const { db, placer, parts } = await placedTimeline();
  const drawn = fc.sample(stories, { numRuns: RUNS, seed: 20_261_126 });
  for (const [run, story] of drawn.entries()) {
    const [calm, wild] = [`calm-${run}`, `wild-${run}`];
    for (const recording of recordingsOf(calm, story)) await placer.place(recording);
    for (const decision of decisionsOf(calm, story)) await decide(db, calm, decision);

    const arrived = new Set<number>();
    const left = decisionsOf(wild, story);
    const arrivals = recordingsOf(wild, story)
      .map((recording, r) => ({ recording, r, ...story.list[r] }))
      .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    // A recording beside the others, which is deleted in the end.
    const sibling = { id: `${wild}-sibling`, userId: wild, microphone: 'other' };
    const words = [{ atS: 0, forS: 60, text: 'sibling' }];
    await placer.place({ ...sibling, startedAtMs: START_MS + story.siblingAt * 1000, words });
    const afterwards: (() => Promise<void>)[] = [];
    for (const { recording, r, wasS, isHeardAgain } of arrivals) {
      const first = wasS === null || wasS === undefined ? recording.startedAtMs : START_MS + wasS * 1000;
      // At first with another cut and other words.
      const cut = recording.words.flatMap(({ atS, forS }) => [
        { atS, forS: forS / 2, text: 'wrong' },
        { atS: atS + forS / 2, forS: forS / 2, text: 'words' },
      ]);
      await placer.place({ ...recording, startedAtMs: first, ...(isHeardAgain ? { words: cut } : {}) });
      arrived.add(r);
      if (isHeardAgain)
        afterwards.push(async () => {
          await db.deleteFrom('pieces').where('recording_id', '=', recording.id).execute();
          await db
            .updateTable('recordings')
            .set({ outcome: 'processing', finished_at_ms: null, attempt: 99 })
            .where('id', '=', recording.id)
            .execute();
          await placer.place({ ...recording, attempt: 99 });
        });
      if (first !== recording.startedAtMs)
        afterwards.unshift(() => setTime(parts, wild, recording.id, recording.startedAtMs));
      // Decisions come as soon as what they are about is there.
      while (left[0]?.from.every((index) => arrived.has(index))) {
        const next = left.shift();
        if (next) await decide(db, wild, next);
        if ((next?.from[0] ?? 0) % 2 === 0) await afterwards.shift()?.();
      }
    }
    for (const happen of afterwards) await happen();
    await removeRecording(parts, wild, sibling.id);
    expect(await seen(db, wild), `run ${run}: ${JSON.stringify(story)}`).toEqual(await seen(db, calm));
  }
}, 240_000);
