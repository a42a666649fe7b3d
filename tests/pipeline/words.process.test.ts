/** What people say is in no log and in no row of the engine, whatever fails, and whoever repeats it. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { until } from '../engine/fixtures/scene.ts';
import { useServer } from '../support/server.ts';
import { Person } from './person.ts';

const SPEECH = new URL('../fixtures/speech/two-cities.wav', import.meta.url);
const LIMIT_MS = 240_000;
const SAID = 'Zarquon met the bimbler at the frotzgate';
const WORDS = ['arquon', 'bimbler', 'frotzgate'];

type Mood = 'answers' | 'refuses' | 'is broken' | 'has another shape' | 'fails';
const mood: { transcriber: Mood; model: Mood } = { transcriber: 'answers', model: 'fails' };

/** A transcriber and a language model that repeat what was said in whatever they answer. */
const provider = createServer(async (request, response) => {
  await new Response(request as AsyncIterable<Uint8Array>).arrayBuffer();
  const isModel = request.url?.includes('chat');
  const error = JSON.stringify({ error: { message: `cannot take "${SAID}"`, param: SAID, code: SAID } });
  const answer = isModel
    ? { choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: SAID } }] }
    : { text: SAID, language: 'english', duration: 1, segments: [{ id: 0, start: 0, end: 1, text: SAID }] };
  const [status, body] = {
    answers: [200, JSON.stringify(answer)] as const,
    refuses: [400, error] as const,
    fails: [500, error] as const,
    'is broken': [200, `{"text": "${SAID}`] as const,
    'has another shape': [200, JSON.stringify({ text: { [SAID]: SAID }, choices: SAID })] as const,
  }[isModel ? mood.model : mood.transcriber];
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
});
await once(provider.listen(0, '127.0.0.1'), 'listening');
const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: url,
  AFTERWORD_OPENAI_KEY: 'key',
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:repeats',
  AFTERWORD_LANGUAGE_MODEL_URL: url,
  AFTERWORD_QUIET_MS: '0',
});

async function raiseOn(table: string, column: string, isOn: boolean): Promise<void> {
  await server.query(async (db) => {
    await sql
      .raw(
        isOn
          ? `CREATE OR REPLACE FUNCTION refuse_words() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'cannot store %', NEW.${column} USING DETAIL = NEW.${column}; END $$;
             CREATE TRIGGER refuse_words BEFORE INSERT OR UPDATE OF ${column} ON ${table}
               FOR EACH ROW EXECUTE FUNCTION refuse_words();`
          : `DROP TRIGGER refuse_words ON ${table}`,
      )
      .execute(db);
  });
}

/** Resolves when a try at somebody's recording, or at its conversation, has come to an end. */
async function endOfTry(name: string, of: 'recordings' | 'conversations'): Promise<string | null> {
  const person = new Person(server, name);
  const bytes = new Uint8Array(await readFile(SPEECH));
  await person.uploadTold({ name: 'speech.wav', bytes }, Date.UTC(2026, 2, 3, 9));
  const { code } = await until(
    `the end of a try for ${name}`,
    async () =>
      await server.query(async (db) =>
        of === 'recordings'
          ? await db
              .selectFrom('recordings')
              .select('code')
              .where('user_id', '=', name)
              .where(sql<boolean>`(tries > 0 OR finished_at_ms IS NOT NULL)`)
              .executeTakeFirst()
          : await db
              .selectFrom('conversations')
              .select('failure_code as code')
              .where('user_id', '=', name)
              .where('tries', '>', 0)
              .executeTakeFirst(),
      ),
    LIMIT_MS,
  );
  return code;
}

async function everythingWritten(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const name of await readdir(server.dataDir)) {
    if (/\.log(\.\d+)?$/.test(name)) texts.set(name, await readFile(join(server.dataDir, name), 'utf8'));
  }
  await server.query(async (db) => {
    const { rows: tables } = await sql<{ table_name: string }>`
      SELECT table_name FROM information_schema.tables
       WHERE table_schema = 'dbos' AND table_type = 'BASE TABLE'`.execute(db);
    for (const { table_name } of tables) {
      const { rows } = await sql<{ row: string }>`
        SELECT t::text AS row FROM ${sql.table(`dbos.${table_name}`)} AS t`.execute(db);
      texts.set(`dbos.${table_name}`, rows.map(({ row }) => row).join('\n'));
    }
  });
  return texts;
}

test(
  'whatever fails and whoever repeats it, no word of it is in a log or in the engine',
  async () => {
    for (const failing of ['refuses', 'is broken', 'has another shape'] as const) {
      mood.transcriber = failing;
      expect(await endOfTry(`transcriber ${failing}`.replaceAll(' ', '-'), 'recordings'), failing).toMatch(
        /invalid_input|configuration|upstream/,
      );
    }
    mood.transcriber = 'answers';
    for (const failing of ['fails', 'answers', 'has another shape'] as const) {
      mood.model = failing;
      expect(await endOfTry(`model-${failing}`.replaceAll(' ', '-'), 'conversations'), failing).toBe(
        'upstream',
      );
    }
    await raiseOn('pieces', 'segments', true);
    expect(await endOfTry('database-refuses', 'recordings')).toBe('internal');
    await raiseOn('pieces', 'segments', false);

    const written = await everythingWritten();
    expect([...written.keys()]).toEqual(
      expect.arrayContaining([
        'afterword.log',
        'postgres.log',
        'dbos.operation_outputs',
        'dbos.workflow_status',
      ]),
    );
    expect(written.get('afterword.log')).toContain('a step failed');
    expect(written.get('afterword.log')).toContain('PostgreSQL P0001');
    expect(written.get('dbos.operation_outputs')).toContain('Something went wrong on our side');
    for (const [where, text] of written) for (const word of WORDS) expect(text, where).not.toContain(word);
  },
  LIMIT_MS,
);
