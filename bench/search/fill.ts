/** Fills the tables with the words of one person in four languages, and with those of many others between them. */
import type pg from 'pg';
import { LANGUAGES, randomFrom, type Spoken, Vocabulary } from './vocabulary.ts';

export const PERSON = 'searched';
const SEGMENTS_EACH = 50;
const RECORDINGS_AT_ONCE = 40;
const PEOPLE = 1_000;
/** Others say these again and again, so that the tables are full within a minute. */
const SENTENCES = 20_000;
const HOUR_MS = 3_600_000;
const FIRST_MS = Date.UTC(2025, 0, 1);

export interface Spoke {
  language: Spoken;
  vocabulary: Vocabulary;
}

export async function fillWords(client: pg.Client, segments: number, others: number): Promise<Spoke[]> {
  const random = randomFrom(1);
  const spoken = LANGUAGES.map((language) => ({ language, vocabulary: new Vocabulary(language, random) }));
  // Nothing but the rows that are read is written, and the index is made at the end.
  const { rows } = await client.query<{ indexdef: string }>(
    `SELECT indexdef FROM pg_indexes WHERE indexname = 'search_lines_words'`,
  );
  await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
  await client.query('DROP INDEX search_lines_words');
  await client.query(
    `INSERT INTO users (id, created_at_ms) SELECT 'other-' || n, 0 FROM generate_series(0, ${PEOPLE - 1}) AS n
      UNION ALL SELECT '${PERSON}', 0`,
  );
  await client.query(
    `INSERT INTO search_languages SELECT '${PERSON}', 'pg_catalog.' || name
       FROM unnest(ARRAY['english', 'swedish', 'spanish', 'simple']) AS name`,
  );
  await storeSentences(client, spoken, random);
  const recordings = Math.ceil(segments / SEGMENTS_EACH);
  const othersEach = Math.round((others / Math.max(1, segments)) * SEGMENTS_EACH * RECORDINGS_AT_ONCE);
  for (let first = 0; first < recordings; first += RECORDINGS_AT_ONCE) {
    const count = Math.min(RECORDINGS_AT_ONCE, recordings - first);
    await fillPerson(client, spoken, random, first, count);
    await fillOthers(client, first, othersEach);
  }
  await client.query(rows[0]?.indexdef ?? '');
  await client.query('SET session_replication_role = origin; SET synchronous_commit = on');
  await client.query('VACUUM ANALYZE');
  return spoken;
}

async function storeSentences(client: pg.Client, spoken: readonly Spoke[], random: () => number) {
  await client.query(
    `CREATE UNLOGGED TABLE sentences (n integer PRIMARY KEY, language text, text text, words tsvector)`,
  );
  const rows = Array.from({ length: SENTENCES }, (_, n) => {
    const { language, vocabulary } = spoken[n % spoken.length] as Spoke;
    return { language, text: vocabulary.sentence(random) };
  });
  await client.query(
    `INSERT INTO sentences SELECT n, language, text, search_words(text, search_configuration('', language))
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS said (language, text, n)`,
    [rows.map(({ language }) => language), rows.map(({ text }) => text)],
  );
}

const SEGMENT_COLUMNS =
  'id, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, text, provider, model, revision, language';

async function fillPerson(
  client: pg.Client,
  spoken: readonly Spoke[],
  random: () => number,
  first: number,
  count: number,
): Promise<void> {
  const said = Array.from({ length: count * SEGMENTS_EACH }, (_, n) => {
    const { language, vocabulary } = spoken[Math.floor(n / SEGMENTS_EACH) % spoken.length] as Spoke;
    return { language, text: vocabulary.sentence(random) };
  });
  await client.query(
    `INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, accepted_at_ms, microphone, started_at_ms, outcome, finished_at_ms)
       SELECT 'rec_' || n, '${PERSON}', 's' || n, 1, 'x', 'phone', 0, 'omi', ${FIRST_MS} + n * ${HOUR_MS}::bigint, 'completed', 0
         FROM generate_series(${first}, ${first + count - 1}) AS n`,
  );
  await client.query(
    `INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision,
                                understood_revision, created_at_ms, updated_at_ms, understanding)
       SELECT 'cnv_' || n, '${PERSON}', 'phone', ${FIRST_MS} + n * ${HOUR_MS}::bigint, ${FIRST_MS} + n * ${HOUR_MS}::bigint + 600000,
              'rec_' || n, 1, 1, 0, 0,
              jsonb_build_object('title', ($1::text[])[(n - ${first}) * ${SEGMENTS_EACH} + 1], 'overview', ($1::text[])[(n - ${first}) * ${SEGMENTS_EACH} + 2],
                'emoji', '', 'category', 'other', 'keyPoints', '[]'::jsonb, 'actionItems', '[]'::jsonb,
                'madeBy', '{"kind": "extractive", "model": "bench", "version": "1"}'::jsonb)
         FROM generate_series(${first}, ${first + count - 1}) AS n`,
    [said.map(({ text }) => text)],
  );
  await client.query(
    `INSERT INTO segments (${SEGMENT_COLUMNS})
       SELECT 'rec_' || recording || ':0.' || n * 10000, 'rec_' || recording, '${PERSON}', 'phone', 'cnv_' || recording,
              ${FIRST_MS} + recording * ${HOUR_MS}::bigint + n % ${SEGMENTS_EACH} * 10000,
              ${FIRST_MS} + recording * ${HOUR_MS}::bigint + n % ${SEGMENTS_EACH} * 10000 + 9000, text, 'bench', 'bench', 1, language
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS said (language, text, n),
              LATERAL (SELECT ${first} + (n - 1) / ${SEGMENTS_EACH} AS recording) AS of`,
    [said.map(({ language }) => language), said.map(({ text }) => text)],
  );
  await client.query(
    `INSERT INTO search_lines
       SELECT id, user_id, conversation_id, started_at_ms, search_words(text, search_configuration(user_id, language))
         FROM segments WHERE recording_id = ANY ($1)`,
    [Array.from({ length: count }, (_, n) => `rec_${first + n}`)],
  );
  await client.query(
    `SELECT search_add_conversation(id, user_id, started_at_ms, understanding->>'title', understanding->>'overview')
       FROM conversations WHERE id = ANY ($1)`,
    [Array.from({ length: count }, (_, n) => `cnv_${first + n}`)],
  );
}

async function fillOthers(client: pg.Client, first: number, count: number): Promise<void> {
  const at = `(${first} * 1000000::bigint + n)`;
  const who = `'other-' || (n / ${SEGMENTS_EACH}) % ${PEOPLE}`;
  const sentence = `JOIN sentences s ON s.n = 1 + (${first}::bigint * 7919 + g.n * 31) % ${SENTENCES}`;
  await client.query(
    `INSERT INTO segments (${SEGMENT_COLUMNS})
       SELECT 'rec_o' || ${at.replace('n)', 'g.n)')} || ':0.0', 'rec_o', ${who.replace('(n', '(g.n')}, 'phone', 'cnv_o', 0, 0, s.text, 'bench', 'bench', 1, s.language
         FROM generate_series(1, ${count}) AS g (n) ${sentence}`,
  );
  await client.query(
    `INSERT INTO search_lines
       SELECT 'rec_o' || ${at.replace('n)', 'g.n)')} || ':0.0', ${who.replace('(n', '(g.n')}, 'cnv_o', 0, s.words
         FROM generate_series(1, ${count}) AS g (n) ${sentence}`,
  );
}
