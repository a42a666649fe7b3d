/** Rows as the work leaves them, made by SQL: for what depends on how many there are. */

const PEOPLE = 10_000;
const TOGETHER = 10;
/** When the first recording of each person began. */
export const FILLED_FROM_MS = 1_750_000_000_000;

interface Queries {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

const FILLED =
  'recordings pieces conversations segments blobs uploads upload_files upload_ends events event_counters repetitions'.split(
    ' ',
  );
/** Made while rows come, indexes take most of the time; made afterwards, they are sorted once. */
const ROWS_WITHOUT_INDEXES = 100_000;

/**
 * Recordings of 10,000 people, each with a piece, three segments, and an upload with two events; ten of them are a
 * conversation. Both numbers are multiples of ten.
 */
export async function fillTables(client: Queries, from: number, to: number): Promise<void> {
  await client.query(
    `INSERT INTO users (id, time_zone, created_at_ms, timeline_rule)
       SELECT 'person-' || n, 'UTC', 0, 1 FROM generate_series(0, ${PEOPLE - 1}) AS n ON CONFLICT DO NOTHING`,
  );
  const owner = { id: `'person-' || ((n / 10) % ${PEOPLE})`, nth: `(n / ${10 * PEOPLE} * 10 + n % 10)` };
  const isMuch = to - from >= ROWS_WITHOUT_INDEXES;
  // What is not ready is not written to, and REINDEX makes it ready again.
  if (isMuch)
    await client.query(
      `UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY ($1::regclass[])`,
      [FILLED],
    );
  for (let first = from; first < to; first += 100_000)
    await insert(client, 'r-', owner, first, Math.min(to, first + 100_000));
  if (isMuch) for (const table of FILLED) await client.query(`REINDEX TABLE ${table}`);
}

/** The same for one person; `together` of the recordings are a conversation. */
export async function fillPerson(
  client: Queries,
  user: string,
  recordings: number,
  together = TOGETHER,
): Promise<void> {
  await client.query(
    `INSERT INTO users (id, time_zone, created_at_ms, timeline_rule) VALUES ($1, 'UTC', 0, 1) ON CONFLICT DO NOTHING`,
    [user],
  );
  await insert(client, `${user}-`, { id: `'${user}'`, nth: 'n' }, 0, recordings, together);
}

/** Recordings in a row, a minute each, are one conversation; those of the next begin an hour after the last would end. */
async function insert(
  client: Queries,
  prefix: string,
  { id: user, nth }: { id: string; nth: string },
  from: number,
  to: number,
  together = TOGETHER,
): Promise<void> {
  const apartMs = together === TOGETHER ? 3_600_000 : 3_600_000 + together * 60_000;
  const startMs = `(${FILLED_FROM_MS} + (n / ${together})::bigint * ${apartMs} + (n % ${together}) * 60000)`;
  const series = `generate_series(${from}, ${to - 1}) AS n`;
  await client.query(`
    INSERT INTO recordings (id, user_id, sha256, size_bytes, name, device_id, accepted_at_ms, microphone, started_at_ms,
                            duration_ms, heard_ms, outcome, finished_at_ms)
      SELECT '${prefix}' || n, ${user}, md5('${prefix}' || n) || md5('b' || n), 240000, 'file-' || n || '.bin', 'default',
             ${startMs} + 60000, 'omi', ${startMs}, 60000, 60000, 'completed', ${startMs} + 70000
        FROM ${series}`);
  await client.query(`
    INSERT INTO pieces (recording_id, ordinal, start_ms, end_ms, segments, unintelligible, guards, provider, model, unsteadiness)
      SELECT '${prefix}' || n, 0, 1000, 55000, '[]', false, '[]', 'bench', 'bench', 0 FROM ${series}`);
  await client.query(`
    INSERT INTO conversations (id, user_id, device_id, started_at_ms, ended_at_ms, first_recording_id, revision,
                               understood_revision, created_at_ms, updated_at_ms)
      SELECT '${prefix}cnv-' || n / ${together}, min(${user}), 'default', min(${startMs}) + 1000, max(${startMs}) + 55000,
             min('${prefix}' || n), 1, 1, 0, 0
        FROM ${series} GROUP BY n / ${together} ON CONFLICT DO NOTHING`);
  await client.query(`
    INSERT INTO segments (id, recording_id, user_id, device_id, conversation_id, started_at_ms, ended_at_ms, text, provider,
                          model, revision)
      SELECT '${prefix}' || n || ':1000.' || k, '${prefix}' || n, ${user}, 'default', '${prefix}cnv-' || n / ${together},
             ${startMs} + 1000 + k * 18000, ${startMs} + 16000 + k * 18000, 'what was said ' || n || ' ' || k, 'bench', 'bench', 1
        FROM ${series}, generate_series(0, 2) AS k`);
  await client.query(`
    INSERT INTO blobs (sha256, object_key, stored_at_ms)
      SELECT md5('${prefix}' || n) || md5('b' || n), '${prefix}object-' || n, 0 FROM ${series}`);
  await client.query(`
    INSERT INTO uploads (id, user_id, content_key, accepted_at_ms)
      SELECT '${prefix}upl-' || n, ${user}, '${prefix}' || n, ${startMs} + 60000 FROM ${series}`);
  await client.query(`
    INSERT INTO upload_files (upload_id, position, name, recording_id, known)
      SELECT '${prefix}upl-' || n, 0, 'file-' || n || '.bin', '${prefix}' || n, false FROM ${series}`);
  await client.query(`
    INSERT INTO upload_ends (upload_id, number, at_ms)
      SELECT '${prefix}upl-' || n, 2 * ${nth} + 2, ${startMs} + 70000 FROM ${series}`);
  await client.query(`
    INSERT INTO events (user_id, number, type, at_ms, recording_id, upload_ids, data)
      SELECT ${user}, 2 * ${nth} + which, CASE which WHEN 1 THEN 'recording.accepted' ELSE 'recording.completed' END,
             ${startMs} + 60000 + which, '${prefix}' || n, ARRAY['${prefix}upl-' || n], '{"uploadIds": []}'
        FROM ${series}, generate_series(1, 2) AS which`);
  await client.query(`
    MERGE INTO event_counters c USING (SELECT ${user} AS user_id, max(2 * ${nth} + 2) AS last FROM ${series} GROUP BY 1) AS now
      ON c.user_id = now.user_id
      WHEN MATCHED THEN UPDATE SET last = now.last
      WHEN NOT MATCHED THEN INSERT (user_id, last) VALUES (now.user_id, now.last)`);
  await client.query(`
    INSERT INTO repetitions (segment_id, recording_id, offset_ms)
      SELECT '${prefix}' || n || ':1000.' || k, '${prefix}' || n - 1, 0
        FROM ${series}, generate_series(0, 2) AS k WHERE n % 20 = 5 AND n > ${from}`);
}
