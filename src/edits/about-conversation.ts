/** Stores what a person decides about conversations as a whole: title, summary, star, visibility, folder, kept. */
import { sql } from 'kysely';
import { livingConversationId } from '../conversations/living-id.ts';
import { lockConversation, lockTimeline } from '../conversations/lock.ts';
import { renewStanding, standingsOf } from '../conversations/standing.ts';
import { type Anchor, addDecisions, type Decider, type NewDecision } from '../decisions/facts.ts';
import { isTakenBack } from '../decisions/standing.ts';
import { AfterwordError } from '../errors.ts';
import { noteConversation } from '../events/note.ts';
import { foldersOf } from '../preferences/preferences.ts';
import { readChosen } from '../preferences/store.ts';
import type { Database, Tx } from '../store/database.ts';
import { keepPerson } from '../store/person-lock.ts';
import type { ConversationKind, Standing, Visibility } from '../store/tables/decisions.ts';
import { inTransaction } from '../store/transaction.ts';
import { anyState, type Precondition } from './precondition.ts';

/** What is missing stays. null takes back a title or summary, so that the derived one is shown; of a folder: in none. */
export interface ConversationChange {
  title?: string | null | undefined;
  overview?: string | null | undefined;
  starred?: boolean | undefined;
  visibility?: Visibility | undefined;
  folder?: string | null | undefined;
  /** It stays in lists although it holds a few words only; false takes that back. */
  kept?: boolean | undefined;
}

/**
 * Deciding the same again changes nothing.
 * @returns the id of the living conversation
 * @throws AfterwordError `not_found`, `unknown_folder`, `too_many_decisions`, or what the precondition throws
 */
export async function changeConversation(
  db: Database,
  decider: Decider,
  id: string,
  change: ConversationChange,
  require: Precondition = anyState,
): Promise<string> {
  return await inTransaction(db, async (tx) => {
    const living = await lockConversation(tx, decider.userId, id);
    await require(tx, living);
    await decideAbout(tx, decider, [living], change);
    return living;
  });
}

/**
 * Changes a conversation once, however often and at how many places it is asked for at the same time: whoever decides names
 * the very change in `by`. It is kept as decided even if it changes nothing, so that sending it again later undoes nothing.
 * @returns the id of the living conversation, and whether it was decided just now
 * @throws AfterwordError `not_found`, `too_many_decisions`
 */
export async function changeConversationOnce(
  db: Database,
  decider: Decider,
  id: string,
  change: ConversationChange,
): Promise<{ id: string; isNew: boolean }> {
  return await inTransaction(db, async (tx) => {
    const living = await lockConversation(tx, decider.userId, id);
    const known = await tx
      .selectFrom('decisions')
      .select('id')
      .where('user_id', '=', decider.userId)
      .where('made_by', '=', decider.by)
      .limit(1)
      .executeTakeFirst();
    if (known === undefined) await decideAbout(tx, decider, [living], change, { evenIfSame: true });
    return { id: living, isNew: known === undefined };
  });
}

/**
 * Puts many conversations into a folder, or into none. Ids that are nobody's or somebody else's are passed over.
 * @returns the ids of the conversations that are in it now
 * @throws AfterwordError `unknown_folder`, `too_many_decisions`
 */
export async function moveToFolder(
  db: Database,
  decider: Decider,
  ids: readonly string[],
  folder: string | null,
): Promise<string[]> {
  return await inTransaction(db, async (tx) => {
    const { userId } = decider;
    await keepPerson(tx, userId);
    const person = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
    if (!person) return [];
    await lockTimeline(tx, userId);
    const living = await livingAmong(tx, userId, ids);
    await decideAbout(tx, decider, living, { folder });
    return living;
  });
}

async function livingAmong(tx: Tx, userId: string, ids: readonly string[]): Promise<string[]> {
  const living = new Set<string>();
  for (const id of ids) {
    const found = await livingConversationId(tx, userId, id);
    if (found !== null) living.add(found);
  }
  return [...living];
}

/** Must be called under the timeline's lock, with living conversations of this person. */
async function decideAbout(
  tx: Tx,
  decider: Decider,
  ids: readonly string[],
  change: ConversationChange,
  { evenIfSame = false } = {},
): Promise<void> {
  const { userId } = decider;
  if (ids.length === 0) return;
  if (change.folder != null) await requireFolder(tx, userId, change.folder);
  const asked = Object.entries(change)
    .filter(([, value]) => value !== undefined)
    // Whoever empties a field wants to see what was made again.
    .map(([kind, value]) => [kind, value === '' ? null : value]) as [ConversationKind, unknown][];
  const rows = await standingsOf(tx, userId, ids);
  const anchors = await anchorsOf(tx, ids);
  const decisions: NewDecision[] = [];
  const changed: string[] = [];
  for (const { id, decided } of rows) {
    const anchor = anchors.get(id);
    const other = asked.filter(([kind, value]) => evenIfSame || !counts(decided, kind, value));
    if (anchor === undefined || other.length === 0) continue;
    changed.push(id);
    for (const [kind, value] of other) decisions.push({ kind, anchor, value });
  }
  if (changed.length === 0) return;
  await addDecisions(tx, decider, decisions);
  await renewStanding(tx, userId, changed);
  await touch(tx, userId, changed);
}

/** Notes that something about these conversations has changed. */
export async function touch(tx: Tx, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('conversations')
    .set({ updated_at_ms: Date.now() })
    .where('user_id', '=', userId)
    .where('id', 'in', ids)
    .execute();
  for (const id of ids) noteConversation(tx, userId, id, 'updated');
}

function counts(decided: Standing | null, kind: ConversationKind, value: unknown): boolean {
  const standing = decided ?? {};
  if (isTakenBack({ kind, value })) return !Object.hasOwn(standing, kind);
  return Object.hasOwn(standing, kind) && standing[kind] === value;
}

async function requireFolder(tx: Tx, userId: string, folder: string): Promise<void> {
  const folders = foldersOf(await readChosen(tx, userId));
  if (!folders.some(({ id }) => id === folder)) throw new AfterwordError('unknown_folder');
}

/** The middle of the first words of each: a split leaves it in the first part, which keeps the id. */
export async function anchorsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Anchor>> {
  const { rows } = await sql<{ id: string; recordingId: string; atMs: number }>`
    SELECT asked.id, first.recording_id AS "recordingId", first.at_ms AS "atMs"
      FROM unnest(${[...ids]}::text[]) AS asked (id)
      CROSS JOIN LATERAL (
        SELECT s.recording_id, (s.started_at_ms + s.ended_at_ms) / 2 - coalesce(r.started_at_ms, 0) AS at_ms
          FROM segments s JOIN recordings r ON r.id = s.recording_id
         WHERE s.conversation_id = asked.id
         ORDER BY s.started_at_ms, s.id LIMIT 1) AS first`.execute(tx);
  return new Map(rows.map(({ id, recordingId, atMs }) => [id, { recordingId, fromMs: atMs, toMs: null }]));
}
