/** What must not grow with the tables: how the hot statements find their rows, and how many of them there are. */
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { formOf, NAME, startApi } from '../support/api.ts';
import { FILLED_FROM_MS, fillPerson, fillTables } from '../support/filled-tables.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { startPlacer } from '../support/timeline.ts';

const FILLED = 20_000;
/** Tables with a row or more for each recording: to read one of them as a whole would cost more with each upload. */
const LARGE = [
  'recordings',
  'pieces',
  'segments',
  'conversations',
  'uploads',
  'upload_files',
  'blobs',
  'repetitions',
];
/** With BEGIN and COMMIT, and the reading of the answer. */
const MOST_OF_AN_UPLOAD = 18;
const MOST_OF_A_PLACING = 31;

it('each statement of accepting, placing, lists, details and health is explained by an index, and they are few', async () => {
  const api = await startApi();
  const placer = await startPlacer(api.databaseUrl);
  onTestFinished(() => placer.stop());
  const client = new pg.Client({ connectionString: api.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await fillTables(client, 0, FILLED);
  await fillPerson(client, 'ada', 200);
  await client.query('ANALYZE');

  const headers = { 'x-afterword-user': 'ada' };
  const read = async (path: string) => {
    const response = await fetch(`${api.url}${path}`, { headers });
    expect(response.status).toBe(200);
    return await response.json();
  };
  const statements = recordStatements();
  const since = async (work: () => Promise<unknown>): Promise<Statement[]> => {
    const before = statements.length;
    await work();
    return statements.slice(before).filter(({ text }) => !/heartbeats|set_config\(name|pg_notify/.test(text));
  };
  const send = async (content: string) => {
    const body = formOf({ [NAME]: content });
    expect((await fetch(`${api.url}/api/v1/recordings`, { method: 'POST', headers, body })).status).toBe(202);
  };
  await since(() => send('the first one opens connections'));
  const upload = await since(() => send('as it is from then on'));
  const file = (n: number) => ({
    id: `placed-${n}`,
    userId: 'ada',
    microphone: 'omi',
    deviceId: 'default',
    startedAtMs: FILLED_FROM_MS + 600_000 + n * 60_000,
    durationMs: 60_000,
    words: [{ atS: 2, forS: 15, text: 'what is said now', unsteadiness: 0 }],
  });
  await placer.place(file(1));
  // Without the rows that its hearing would have written.
  const placing = (await since(() => placer.place(file(2)))).filter(
    ({ text, isInTransaction }) => isInTransaction || /^(begin|commit)/.test(text),
  );
  const reads = await since(async () => {
    const { conversations } = (await read('/api/v1/conversations')) as { conversations: { id: string }[] };
    await read(`/api/v1/conversations/${conversations[0]?.id}`);
    await read('/api/v1/recordings');
    await fetch(`${api.url}/health`);
  });

  const scans: string[] = [];
  for (const { text, values } of [...upload, ...placing, ...reads]) {
    if (!/^\s*(select|insert|update|delete|with)/i.test(text)) continue;
    const { rows } = await client.query(`EXPLAIN ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN'] as string);
    for (const line of plan) {
      const table = /Seq Scan on (\w+)/.exec(line)?.[1];
      if (table && LARGE.includes(table)) scans.push(`${line.trim()}: ${text}`);
    }
  }
  expect(scans).toEqual([]);
  expect(upload.length, texts(upload)).toBeLessThanOrEqual(MOST_OF_AN_UPLOAD);
  expect(placing.length, texts(placing)).toBeLessThanOrEqual(MOST_OF_A_PLACING);
});

function texts(statements: readonly Statement[]): string {
  return statements.map(({ text }) => text).join('\n');
}
