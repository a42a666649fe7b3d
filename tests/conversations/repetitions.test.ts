import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { removeRecording } from '../../src/removal/remove-recording.ts';
import { heardElsewhere } from '../../src/views/heard-elsewhere.ts';
import { type HeardRecording, placedTimeline, timelineOf } from '../support/timeline.ts';

const START_MS = Date.UTC(2026, 2, 20);
const speech = 'we met the builders at the old mill and agreed to mend the roof before the winter comes';
const other = 'nobody had told my sister that her train was late so she waited alone in the rain until nine';

function said(id: string, startS: number, text: string, more: Partial<HeardRecording> = {}): HeardRecording {
  return {
    id,
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: START_MS + startS * 1000,
    words: [{ atS: 0, forS: 8, text }],
    ...more,
  };
}

it('shows other words of the same time, whichever came first and whatever their ids', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('z', 0, speech));
  await placer.place(said('a', 0, other));
  const words = (await timelineOf(db, 'ada')).join(' ');
  expect(words).toContain(speech);
  expect(words).toContain(other);
});

it('shows once what a corrected clock sent twice, and the receipt tells where', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('first', 3, speech));
  await placer.place(said('again', 0, speech));
  expect(await timelineOf(db, 'ada')).toEqual([speech]);
  const elsewhere = await heardElsewhere(db, 'ada', ['first', 'again']);
  expect(elsewhere('first')).toEqual([{ recordingId: 'again', ms: 8000 }]);
  expect(elsewhere('again')).toEqual([]);
});

it('knows the copy that another device of the person sent, and an id that was told leads to where it is shown', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('gateway', 5, speech, { deviceId: 'gateway' }));
  const told = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  await placer.place(said('phone', 0, speech, { deviceId: 'phone' }));
  expect(await timelineOf(db, 'ada')).toEqual([speech]);
  const { merged_into } = await db
    .selectFrom('conversations')
    .select('merged_into')
    .where('id', '=', told.id)
    .executeTakeFirstOrThrow();
  const shown = await db
    .selectFrom('segments')
    .select('conversation_id')
    .where('recording_id', '=', 'phone')
    .executeTakeFirstOrThrow();
  expect(merged_into).toBe(shown.conversation_id);
});

it('brings the copy of another device into sight when what covered it is deleted', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(said('phone', 0, speech, { deviceId: 'phone' }));
  await placer.place(said('gateway', 5, `${speech}.`, { deviceId: 'gateway' }));
  expect(await timelineOf(db, 'ada')).toEqual([speech]);
  await removeRecording(parts, 'ada', 'phone');
  expect(await timelineOf(db, 'ada')).toEqual([`${speech}.`]);
});

it('deletes with a conversation the copies that stand behind it on other devices', async () => {
  const { db, placer, parts } = await placedTimeline();
  await placer.place(said('phone', 0, speech, { deviceId: 'phone' }));
  await placer.place(said('gateway', 30, speech, { deviceId: 'gateway' }));
  const { id } = await db
    .selectFrom('conversations')
    .select('id')
    .where('merged_into', 'is', null)
    .executeTakeFirstOrThrow();
  await removeConversation(parts, 'ada', id);
  expect(await timelineOf(db, 'ada')).toEqual([]);
  expect(await db.selectFrom('segments').select('id').execute()).toEqual([]);
});

it('applies the rule once to days that an older one had placed, and changes only what is other now', async () => {
  const { db, placer } = await placedTimeline();
  await placer.place(said('kept', 0, speech));
  await placer.place(said('hidden', 1, other));
  await placer.place(said('far', 5000, speech));
  // As the rule by times left it: the later of two that overlap belonged to no conversation.
  await sql`UPDATE segments SET conversation_id = NULL WHERE recording_id = 'hidden'`.execute(db);
  await sql`UPDATE users SET timeline_rule = 0`.execute(db);
  const before = await db
    .selectFrom('conversations')
    .select(['id', 'revision'])
    .orderBy('started_at_ms')
    .execute();
  await placer.place(said('new', 9000, 'something else'));
  const after = await db
    .selectFrom('conversations')
    .select(['id', 'revision'])
    .where(
      'id',
      'in',
      before.map(({ id }) => id),
    )
    .orderBy('started_at_ms')
    .execute();
  expect((await timelineOf(db, 'ada'))[0]).toContain(other);
  expect(after[0]?.revision).toBeGreaterThan(before[0]?.revision ?? 0);
  expect(after[1]).toEqual(before[1]);
  const again = await db.selectFrom('conversations').select(['id', 'revision']).orderBy('id').execute();
  await placer.place(said('newer', 12_000, 'something else again'));
  const still = await db.selectFrom('conversations').select(['id', 'revision']).orderBy('id').execute();
  expect(still).toEqual(expect.arrayContaining(again));
});
