/** How many statements a recording costs the database, from its first byte until its work has ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { readConfig } from '../../src/config.ts';
import { startApi } from '../../src/serve/api.ts';
import { startWorker } from '../../src/serve/worker.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { until } from '../engine/fixtures/scene.ts';
import { spoken } from '../speakers/two-voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { deepgramAt } from '../support/simulated-settings.ts';
import { recordStatements } from '../support/statements.ts';

/**
 * With BEGIN, COMMIT and the announcements; the reading for the 202 is among them, waiting for the end is not. They are 68 and
 * 145. On a busy machine each takes more than a second, and writes its progress: 4. A step that is recorded costs 7.
 */
const MOST_OF_SILENCE = 72;
const MOST_OF_SPEECH = 149;
const TIMES = 6;
/**
 * What is asked every second, or of all that has happened in one: heartbeats and who looks for them, looks at the queues, at
 * schedules and whether work is wanted, `sync_timing`, estimates. The test's own question is a look.
 */
const BY_TIME =
  /heartbeats|'DELAYED'|schedule_id|"crashes", "alone_from_ms" from|"uploadBytes"|stage_begins|stage_rates/;

test('a recording costs no more statements than it did', async () => {
  const { db, databaseUrl } = await databaseForTest();
  const dataDir = await mkdtemp(join(tmpdir(), 'afterword-statements-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const calm = { seed: 1, latency: { kind: 'fixed', ms: 20 } } as const;
  const speech = await startProviders(calm);
  onTestFinished(() => speech.close());
  const settings = { AFTERWORD_DATA_DIR: dataDir, AFTERWORD_PORT: '0', AFTERWORD_QUIET_MS: '0' };
  const simulated = { ...deepgramAt(speech.url), AFTERWORD_TRANSCRIBER_LIMIT: '0' };
  const config = { ...readConfig({ ...settings, ...simulated }), databaseUrl };
  const api = await startApi(config, log);
  onTestFinished(() => api.stop());
  const worker = await startWorker(config, log);
  onTestFinished(() => worker.stop());
  const statements = recordStatements();

  const isAtRest = async () => {
    const { rows } = await sql`
      SELECT FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') LIMIT 1`.execute(
      db,
    );
    return rows.length === 0;
  };
  const textsOf = async (person: string, bytes: Uint8Array<ArrayBuffer>): Promise<string[]> => {
    const before = statements.length;
    const response = await fetch(`${api.url}/api/v1/recordings?name=one.wav&startedAtMs=1774000000000`, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav', 'x-afterword-user': person },
      body: new Blob([bytes]),
    });
    expect(response.status).toBe(202);
    await until('the end of the work', isAtRest);
    const texts = statements.slice(before).map(({ text }) => text.replace(/\s+/g, ' ').trim());
    return texts.filter((text) => !BY_TIME.test(text));
  };
  const costOf = async (kind: string, bytes: (n: number) => Uint8Array<ArrayBuffer>) => {
    const uploads: string[][] = [];
    for (let n = 0; n < TIMES; n++) uploads.push(await textsOf(`${kind}-${n}`, bytes(n)));
    return madeForEach(uploads);
  };
  const silence = await costOf('silence', (n) => toWav(new Float32Array(16_000 + n)));
  const said = spoken([{ who: 'low', phrase: 0 }]);
  const words = await costOf('speech', (n) => toWav(said.subarray(0, said.length - n)));
  expect(silence.length, silence.join('\n')).toBeLessThanOrEqual(MOST_OF_SILENCE);
  expect(words.length, words.join('\n')).toBeLessThanOrEqual(MOST_OF_SPEECH);
});

/** Leaves out what only some of them meet, as the progress that is written after a second of work. */
function madeForEach(uploads: readonly string[][]): string[] {
  const kinds = [...new Set(uploads.flat())];
  const timesIn = (texts: readonly string[], kind: string) => texts.filter((text) => text === kind).length;
  return kinds.flatMap((kind) => {
    const times = Math.min(...uploads.map((texts) => timesIn(texts, kind)));
    return Array.from({ length: times }, () => kind);
  });
}
