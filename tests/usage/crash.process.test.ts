/** The whole process tree killed in the middle: the meter has every piece and every understanding, each once. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { until } from '../engine/fixtures/scene.ts';
import { askedIn, callsOf } from '../pipeline/calls.ts';
import { Person } from '../pipeline/person.ts';
import { dayFiles } from '../pipeline/sample-day.ts';
import { useServer } from '../support/server.ts';
import { simulatedModelAt } from '../support/simulated-settings.ts';

const LIMIT_MS = 240_000;

// Before the server starts, for its settings name them.
const speech = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300 } });
const meaning = await startProviders({ seed: 2, latency: { kind: 'fixed', ms: 300 } });
const server = useServer({
  AFTERWORD_TRANSCRIBER: 'openai',
  AFTERWORD_OPENAI_URL: speech.openAiUrl,
  AFTERWORD_OPENAI_MODEL: 'whisper-1',
  AFTERWORD_TRANSCRIBER_CALLS: '2',
  ...simulatedModelAt(meaning.openAiUrl),
  AFTERWORD_QUIET_MS: '100',
});
afterAll(async () => {
  await speech.close();
  await meaning.close();
});

const person = new Person(server, 'killed');

async function killWhen(what: string, isNow: () => boolean | Promise<boolean>): Promise<void> {
  await until(what, isNow, LIMIT_MS);
  await server.killTree();
}

test(
  'kill -9 takes nothing from the meter and adds nothing to it',
  async () => {
    const { id } = await person.upload(dayFiles);
    for (const pieces of [1, 5]) {
      await killWhen(`${pieces} pieces, and calls under way`, async () => {
        const { inFlight } = speech.stats();
        return inFlight > 0 && (await callsOf(server, person.id)).pieces >= pieces;
      });
      await server.start();
    }
    const answered = () => meaning.stats().answered;
    await killWhen('an understanding under way', () => answered() > 0 || meaning.stats().inFlight > 0);
    await server.start();
    expect((await person.uploadDone(id)).files.map(({ outcome }) => outcome)).not.toContain('failed');
    await until(
      'the understanding of all conversations',
      async () => {
        const list = await person.list();
        return list.length > 0 && list.every(({ status }) => status === 'ready');
      },
      LIMIT_MS,
    );

    const { counted, pieces, conversations } = await server.query(async (db) => ({
      counted: await db.selectFrom('usage').selectAll().orderBy('result').execute(),
      pieces: await askedIn(db),
      conversations: await db.selectFrom('conversations').selectAll().execute(),
    }));
    const { lost } = await callsOf(server, person.id);
    console.log(
      `${pieces.length} pieces, ${lost.length} calls lost by kills, ${counted.length} rows counted`,
    );
    expect(lost.length, 'the kills met no call: they prove nothing').toBeGreaterThan(0);
    const heard = counted.filter(({ stage }) => stage === 'transcribe');
    expect(heard.map(({ result }) => result)).toEqual(
      pieces
        .map(
          (piece) => `transcribe:${piece.recording_id}:1:${piece.ordinal}:${piece.start_ms}-${piece.end_ms}`,
        )
        .sort(),
    );
    const silenceIn = (result: string) =>
      pieces
        .filter(
          (piece) =>
            result.endsWith(`:${piece.start_ms}-${piece.end_ms}`) && result.includes(piece.recording_id),
        )
        .flatMap(({ pauses }) => pauses ?? [])
        .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    expect(heard.map(({ calls, audio_ms }) => ({ calls, audio_ms }))).toEqual(
      heard.map(({ result }) => ({ calls: 1, audio_ms: lengthIn(result) - silenceIn(result) })),
    );
    // Of each conversation the revision that it has is counted; earlier ones may have been understood as well.
    const understood = new Map(
      counted.filter(({ stage }) => stage === 'understand').map((row) => [row.result, row]),
    );
    for (const { id: conversation, revision, understanding } of conversations) {
      expect(understood.get(`understand:${conversation}:${revision}`)).toMatchObject({
        calls: understanding?.usage?.calls,
        input_tokens: understanding?.usage?.inputTokens,
        output_tokens: understanding?.usage?.outputTokens,
        cost_micros: null,
      });
    }
  },
  LIMIT_MS,
);

function lengthIn(result: string): number {
  const [startMs = 0, endMs = 0] = result.split(':').at(-1)?.split('-').map(Number) ?? [];
  return endMs - startMs;
}
