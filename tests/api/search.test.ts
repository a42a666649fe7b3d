/** Searching over HTTP in words that the real stage has placed in a real database. */
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ConversationPage, SearchPage } from '../../src/api/schemas.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { type HeardRecording, startPlacer } from '../support/timeline.ts';
import { AppConversation } from './omi-parser.ts';

const START_MS = Date.UTC(2026, 2, 20, 8);
const HOUR_MS = 3_600_000;

async function setUp() {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  let hour = 0;
  /** A conversation of its own, an hour after the one before. */
  const say = async (
    id: string,
    lines: readonly string[],
    { language = 'en', ...more }: Partial<HeardRecording> & { language?: string } = {},
  ) => {
    const recording: HeardRecording = {
      id,
      userId: 'local',
      microphone: id,
      startedAtMs: START_MS + hour++ * HOUR_MS,
      words: lines.map((text, n) => ({ atS: n * 10, forS: 5, text })),
      ...more,
    };
    await placer.hear(recording);
    await api.db.updateTable('pieces').set({ language }).where('recording_id', '=', id).execute();
    await placer.place(recording);
    const row = await api.db
      .selectFrom('segments')
      .select('conversation_id as id')
      .where('recording_id', '=', id)
      .executeTakeFirstOrThrow();
    return row.id ?? '';
  };
  return { api, say };
}

async function ask(api: TestApi, asked: Record<string, string>, headers: Record<string, string> = {}) {
  return await fetch(`${api.url}/api/v1/search?${new URLSearchParams(asked)}`, { headers });
}

async function search(api: TestApi, q: string, more: Record<string, string> = {}) {
  const answer = await ask(api, { q, ...more });
  expect(answer.status).toBe(200);
  return SearchPage.parse(await answer.json());
}

/** The lines that were found, with what is highlighted in brackets. */
async function lines(api: TestApi, q: string, more: Record<string, string> = {}): Promise<string[]> {
  const { results } = await search(api, q, more);
  return results.flatMap((result) => result.lines.map(({ text, highlights }) => marked(text, highlights)));
}

function marked(text: string, highlights: readonly { start: number; end: number }[]): string {
  return [...highlights]
    .reverse()
    .reduce(
      (all, { start, end }) => `${all.slice(0, start)}[${all.slice(start, end)}]${all.slice(end)}`,
      text,
    );
}

it('finds the forms of a word in its language, and highlights them', async () => {
  const { api, say } = await setUp();
  await say('en', ['We were painting the kitchen windows', 'Nothing else']);
  await say('sv', ['Fakturorna måste betalas på måndag'], { language: 'sv' });
  await say('de', ['Die Verträge wurden gestern unterschrieben'], { language: 'de-DE' });
  await say('es', ['Tenemos dos reuniones mañana con Iñaki'], { language: 'es' });
  await say('fr', ["Les rendez-vous du médecin sont à l'hôpital"], { language: 'fr' });
  await say('zh', ['我们明天下午在会议室开会'], { language: 'zh' });
  await say('ja', ['明日の会議は東京駅の近くです'], { language: 'ja' });
  await say('th', ['เรามีประชุมวันพรุ่งนี้ที่กรุงเทพ'], { language: 'th' });
  await say('ko', ['내일 회의는 서울에서 합니다'], { language: 'ko' });
  expect(await lines(api, 'painted window')).toEqual(['We were [painting] the kitchen [windows]']);
  expect(await lines(api, 'faktura')).toEqual(['[Fakturorna] måste betalas på måndag']);
  expect(await lines(api, 'VERTRAG')).toEqual(['Die [Verträge] wurden gestern unterschrieben']);
  expect(await lines(api, 'reunión manana')).toEqual(['Tenemos dos [reuniones] [mañana] con Iñaki']);
  expect(await lines(api, 'inaki')).toEqual(['Tenemos dos reuniones mañana con [Iñaki]']);
  expect(await lines(api, 'hopital médecins')).toEqual(["Les rendez-vous du [médecin] sont à l'[hôpital]"]);
  expect(await lines(api, '会议')).toEqual(['我们明天下午在[会议]室开会']);
  expect(await lines(api, '议室开')).toEqual(['我们明天下午在会[议室开]会']);
  expect(await lines(api, '东京')).toEqual([]);
  expect(await lines(api, '会議 東京駅')).toEqual(['明日の[会議]は[東京駅]の近くです']);
  expect(await lines(api, '駅')).toEqual(['明日の会議は東京[駅]の近くです']);
  expect(await lines(api, 'ประชุม')).toEqual(['เรามี[ประชุม]วันพรุ่งนี้ที่กรุงเทพ']);
  expect(await lines(api, '회의')).toEqual(['내일 [회의]는 서울에서 합니다']);
});

it('words may stand in different lines of a conversation; phrases, exclusions and beginnings count', async () => {
  const { api, say } = await setUp();
  const both = await say('both', ['The budget is ready', 'Anna has seen the kitchen window']);
  const one = await say('one', ['The budget is not ready', 'a window of the kitchen']);
  const found = async (q: string) =>
    (await search(api, q)).results.map(({ conversation }) => conversation.id);
  expect(await found('budget anna')).toEqual([both]);
  expect(new Set(await found('budget kitchen'))).toEqual(new Set([both, one]));
  expect(await found('"kitchen window"')).toEqual([both]);
  expect(await found('budget -anna')).toEqual([one]);
  expect(await found('budget -"kitchen window"')).toEqual([one]);
  expect(new Set(await found('kitch*'))).toEqual(new Set([both, one]));
  expect(await found('kitch')).toEqual([]);
  expect(await found('the anna')).toEqual([both]);
  // The last word of a line and its first one are no neighbours, neither as they are nor as stems.
  expect(await found('"ready the"')).toEqual([]);
  expect(await found('"window Anna"')).toEqual([]);
  const { results } = await search(api, 'budget anna');
  expect(results[0]).toMatchObject({
    matches: 2,
    lines: [{ startedAtMs: START_MS }, { startedAtMs: START_MS + 10_000 }],
  });
});

it('finds titles and summaries, which count more, and what is named by a mark is no word', async () => {
  const { api, say } = await setUp();
  const said = await say('said', ['We talk about the roof', 'and more']);
  const titled = await say('titled', ['Something else']);
  const understanding = JSON.stringify({
    title: 'Roofs & <b>walls</b>',
    overview: '@speaker1 mends the roof.',
    emoji: '',
    category: 'other',
    keyPoints: [],
    actionItems: [],
    madeBy: { kind: 'language-model', model: 'm', version: '1' },
  });
  await api.db.updateTable('conversations').set({ understanding }).where('id', '=', titled).execute();
  const { results } = await search(api, 'roof');
  expect(results.map(({ conversation }) => conversation.id)).toEqual([titled, said]);
  const [first] = results;
  expect(marked(first?.conversation.title ?? '', first?.titleHighlights ?? [])).toBe(
    '[Roofs] & <b>walls</b>',
  );
  expect(marked(first?.conversation.overview ?? '', first?.overviewHighlights ?? [])).toMatch(
    /the \[roof\]\.$/,
  );
  expect((await search(api, 'speaker1')).total).toBe(0);
  const decided = JSON.stringify({ title: 'Chimneys', starred: true });
  await api.db.updateTable('conversations').set({ decided }).where('id', '=', titled).execute();
  expect((await search(api, 'walls')).total).toBe(0);
  expect((await search(api, 'chimney mends')).results[0]).toMatchObject({
    conversation: { title: 'Chimneys' },
    titleHighlights: [{ start: 0, end: 8 }],
  });
  await api.db
    .updateTable('conversations')
    .set({ understanding: null, decided: null })
    .where('id', '=', titled)
    .execute();
  expect((await search(api, 'chimney')).total).toBe(0);
});

it('shows nothing of other people, nothing deleted, nothing hidden, and follows what changes', async () => {
  const { api, say } = await setUp();
  await say('mine', ['the secret garden']);
  await say('hers', ['the secret garden'], { userId: 'anna' });
  expect(await lines(api, 'secret')).toEqual(['the [secret] garden']);
  // What one microphone delivers twice appears once.
  await say('again', ['the secret garden'], {
    microphone: 'mine',
    startedAtMs: START_MS,
    deviceId: 'laptop',
  });
  const [shown, ...others] = await api.db
    .selectFrom('segments')
    .select(['id', 'recording_id', 'conversation_id'])
    .where('user_id', '=', 'local')
    .where('conversation_id', 'is not', null)
    .execute();
  expect(others).toEqual([]);
  expect(await lines(api, 'secret')).toEqual(['the [secret] garden']);
  const change = async (set: { unknown_language?: boolean; decided_text?: string }) =>
    void (await api.db
      .updateTable('segments')
      .set(set)
      .where('id', '=', shown?.id ?? '')
      .execute());
  await change({ unknown_language: true });
  expect(await lines(api, 'garden')).toEqual([]);
  await change({ unknown_language: false, decided_text: 'an open yard' });
  expect(await lines(api, 'yards')).toEqual(['an open [yard]']);
  await removeConversation(
    { db: api.db, blobs: new FolderBlobStore(api.blobFolder), quietMs: 0 },
    'local',
    shown?.conversation_id ?? '',
  );
  expect(await lines(api, 'yard')).toEqual([]);
  const left = await api.db.selectFrom('search_lines').select('id').where('user_id', '=', 'local').execute();
  expect(left.map(({ id }) => id)).not.toContain(shown?.id);
});

it('pages without skipping or repeating, and filters by time, speaker and folder', async () => {
  const { api, say } = await setUp();
  const all: string[] = [];
  for (let n = 0; n < 7; n++) {
    const words = [{ atS: 0, forS: 5, text: 'the same budget', speaker: n % 2 === 0 ? 'a' : 'b' }];
    all.push(await say(`r${n}`, [], { words }));
  }
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await search(api, 'budget', { limit: '3', ...(cursor ? { cursor } : {}) });
    expect(page.total).toBe(7);
    seen.push(...page.results.map(({ conversation }) => conversation.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual([...all].reverse());
  const some = await search(api, 'budget', {
    from: String(START_MS + HOUR_MS),
    to: String(START_MS + 3 * HOUR_MS),
  });
  expect(some.results.map(({ conversation }) => conversation.id)).toEqual([all[2], all[1]]);
  const [line] = some.results[0]?.lines ?? [];
  const byOne = await search(api, 'budget', { speaker: line?.speakerId ?? '' });
  expect(byOne.results.map(({ conversation }) => conversation.id)).toEqual([all[2]]);
  expect((await search(api, 'budget', { speaker: 'nobody' })).total).toBe(0);
  expect((await search(api, 'budget', { folder: 'work' })).total).toBe(0);

  const listed = async (asked: Record<string, string>) => {
    const answer = await fetch(`${api.url}/api/v1/conversations?${new URLSearchParams(asked)}`);
    return ConversationPage.parse(await answer.json()).conversations.map(({ id }) => id);
  };
  const times = { from: String(START_MS + HOUR_MS), to: String(START_MS + 3 * HOUR_MS) };
  expect(await listed(times)).toEqual([all[2], all[1]]);
  expect(await listed({ speaker: line?.speakerId ?? '', from: times.from })).toEqual([all[2]]);
  expect(await listed({ speaker: 'nobody' })).toEqual([]);
  expect(await listed({ ids: `${all[3]},${all[1]},cnv_unknown`, to: times.to })).toEqual([all[1]]);
});

it('a query is never more than words, and a bad one is told what is wrong', async () => {
  const { api, say } = await setUp();
  await say('mine', ["it's a plain line | of & words"]);
  await say('hers', ['nothing for others'], { userId: 'anna' });
  const nasty = [
    "' OR 1=1 --",
    "'); DROP TABLE segments; --",
    "a' | '*':* | 'b",
    '\\',
    "'\\'' words",
    'words & ! | <-> <2> ():*ABCD',
    '"words\' <-> \'x"',
    '$1 {q} %s',
    "x':* words",
    `${'w'.repeat(399)}`,
    'http://example.com/a?b=c&d=<e> anna@example.com 3.14 -1e-5',
    '*',
    'l*\'"',
  ];
  for (const q of nasty) {
    const answer = await ask(api, { q });
    expect([200, 400], q).toContain(answer.status);
    expect(await answer.text()).not.toContain('for others');
  }
  for (const [asked, said] of [
    [{ q: '' }, /no word/],
    [{ q: '!!' }, /no word/],
    [{ q: '-only' }, /to be found/],
    [{ q: 'x'.repeat(401) }, /./],
    [{ q: 'words', cursor: 'other' }, /cursor/],
    [{ q: 'words', limit: '0' }, /./],
  ] as const) {
    const answer = await ask(api, asked);
    expect(answer.status).toBe(400);
    const problem = z.object({ code: z.string(), detail: z.string() }).parse(await answer.json());
    expect(problem.code).toBe('invalid_request');
    expect(problem.detail).toMatch(said);
  }
  expect(await lines(api, 'plain')).toEqual(["it's a [plain] line | of & words"]);
});

it("Omi's app searches the same words, and sees all where nothing is typed", async () => {
  const { api, say } = await setUp();
  const budget = await say('budget', ['the budget of the year']);
  await say('roof', ['the roof of the house']);
  const Page = z.object({
    items: z.array(AppConversation),
    total_pages: z.int(),
    current_page: z.int(),
    per_page: z.int(),
  });
  const ofOmi = async (body: object) => {
    const answer = await fetch(`${api.url}/v1/conversations/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return Page.parse(await answer.json());
  };
  const found = await ofOmi({ query: 'budgets', page: 1, per_page: 10, include_discarded: true });
  expect(found).toMatchObject({ total_pages: 1, current_page: 1, per_page: 10 });
  expect(found.items.map(({ id }) => id)).toEqual([budget]);
  expect((await ofOmi({ query: '', per_page: 1 })).total_pages).toBe(2);
  expect((await ofOmi({ query: 'of', page: 2, per_page: 1 })).items).toHaveLength(1);
  expect((await ofOmi({ query: 'budget', start_date: '2030-01-01T00:00:00Z' })).items).toEqual([]);
});

it('a word that is in thousands of lines finds all its conversations, by their titles and their times where not every line is ranked', async () => {
  const { api, say } = await setUp();
  const [titled, early, late] = [
    await say('titled', ['the budget']),
    await say('early', ['the budget']),
    await say('late', ['the budget']),
  ];
  const latest = await say('latest', ['the budget']);
  await sql`
    INSERT INTO segments (id, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, text, provider, model, language)
    SELECT 'more:' || n, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, 'a budget again', provider, model, 'en'
      FROM segments, generate_series(1, 3100) AS n WHERE conversation_id = ${latest}`.execute(api.db);
  const decided = JSON.stringify({ title: 'Budget' });
  await api.db.updateTable('conversations').set({ decided }).where('id', '=', titled).execute();
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await search(api, 'budget', { limit: '1', ...(cursor ? { cursor } : {}) });
    expect(page.total).toBe(4);
    expect(page.results[0]?.lines.every(({ highlights }) => highlights.length === 1)).toBe(true);
    seen.push(...page.results.map(({ conversation }) => conversation.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual([titled, latest, late, early]);
  const { results } = await search(api, 'budget -again');
  expect(results.map(({ conversation }) => conversation.id)).toEqual([titled, late, early]);
});
