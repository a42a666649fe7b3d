/** Every call to anything outside leaves one row: of which kind, for what, when, and what came of it. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { until } from '../engine/fixtures/scene.ts';
import { spoken } from '../speakers/two-voices.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';
import { Person } from './person.ts';

const LIMIT_MS = 180_000;

const calm = { seed: 1, latency: { kind: 'fixed', ms: 20 } } as const;
const speech = await startProviders(calm);
const meaning = await startProviders(calm);
const detector = await startProviders(calm);
const server = useServer({
  ...deepgramAt(speech.url),
  ...simulatedModelAt(meaning.openAiUrl),
  AFTERWORD_VAD: 'hosted',
  AFTERWORD_VAD_URL: detector.vadUrl,
  // A busy machine must not make it give up on a window.
  AFTERWORD_VAD_DEADLINE_MS: '60000',
  AFTERWORD_QUIET_MS: '0',
});
afterAll(() => Promise.all([speech, meaning, detector].map((each) => each.close())));

const calls = async () =>
  await server.query((db) => db.selectFrom('provider_calls').selectAll().orderBy('id').execute());

/** A conversation does not wait until its voices are compared. */
async function isCompared(): Promise<boolean> {
  return (await calls()).some(({ kind, finished_at_ms }) => kind === 'diarize' && finished_at_ms !== null);
}

/** Long enough to be sent in two pieces, so that the voices of both are compared in a sample. */
function talk(): Uint8Array<ArrayBuffer> {
  const lines = Array.from(
    { length: 24 },
    (_, at) => ({ who: at % 2 ? 'low' : 'high', phrase: at % 6 }) as const,
  );
  return toWav(spoken(lines));
}

test(
  'each call to a transcriber, a detector and a language model is one row with its parent and its times',
  async () => {
    const person = new Person(server, 'talker');
    const { id } = await person.uploadTold({ name: 'talk.wav', bytes: talk() }, Date.UTC(2026, 2, 3, 9));
    await person.uploadDone(id);
    await until('the understanding', async () =>
      (await person.list()).every(({ status }) => status === 'ready'),
    );
    await until('the comparison of the voices', async () => await isCompared());
    const rows = await calls();
    const of = (kind: string) => rows.filter((row) => row.kind === kind);
    const asked = speech.stats().calls;
    expect(of('transcribe').length + of('diarize').length).toBe(asked);
    expect(of('diarize')).toHaveLength(1);
    expect(of('understand')).toHaveLength(meaning.stats().calls);
    expect(of('detect')).toHaveLength(detector.stats().calls);
    for (const kind of ['transcribe', 'diarize', 'understand', 'detect'])
      expect(of(kind).length, kind).toBeGreaterThan(0);
    const [conversation] = await person.list();
    const { files } = await person.readUpload(id);
    for (const row of rows) {
      const isOfRecording = row.kind === 'transcribe' || row.kind === 'detect';
      expect(row).toMatchObject({
        user_id: 'talker',
        attempt: 1,
        outcome: 'answered',
        code: null,
        recording_id: isOfRecording ? files[0]?.recordingId : null,
        conversation_id: isOfRecording ? null : conversation?.id,
        revision: isOfRecording ? null : 1,
      });
      expect(row.finished_at_ms ?? 0).toBeGreaterThanOrEqual(row.started_at_ms);
    }
    const provider = {
      transcribe: 'deepgram',
      diarize: 'deepgram',
      understand: 'openai-compatible',
      detect: 'detector',
    };
    for (const row of rows) expect(row.provider).toBe(provider[row.kind]);
  },
  LIMIT_MS,
);

test(
  'a call whose process died stays begun without an end, and what failed says how',
  async () => {
    const before = (await calls()).length;
    meaning.behave({ latency: { kind: 'fixed', ms: 60_000 } });
    const person = new Person(server, 'killed');
    await person.uploadTold({ name: 'talk.wav', bytes: talk() }, Date.UTC(2026, 2, 4, 9));
    const open = async () => (await calls()).slice(before).filter((row) => row.finished_at_ms === null);
    await until('language calls under way, and no others', async () => {
      const kinds = (await open()).map(({ kind }) => kind);
      return kinds.length > 0 && kinds.every((kind) => kind === 'understand');
    });
    await server.killTree();
    meaning.behave({ latency: { kind: 'fixed', ms: 20 }, faults: { rate429: 0.5 } });
    await server.start();
    await until(
      'the understanding',
      async () => {
        const list = await person.list();
        return list.length > 0 && list.every(({ status }) => status === 'ready');
      },
      LIMIT_MS,
    );
    meaning.behave({ faults: { rate429: 0 } });
    const left = await open();
    // Voices may be compared at the moment of the kill, too.
    expect(left.map(({ kind }) => kind)).toContain('understand');
    for (const row of left) expect(row).toMatchObject({ outcome: null, code: null, user_id: 'killed' });
  },
  2 * LIMIT_MS,
);

test(
  'nothing of the calls stays of a deleted recording, and nothing of a deleted person',
  async () => {
    const { recordingId } = await server.query((db) =>
      db
        .selectFrom('provider_calls')
        .select('recording_id as recordingId')
        .where('user_id', '=', 'talker')
        .where('kind', '=', 'detect')
        .executeTakeFirstOrThrow(),
    );
    const talker = new Person(server, 'talker');
    expect((await talker.fetch(`/api/v1/recordings/${recordingId}`, { method: 'DELETE' })).ok).toBe(true);
    expect((await calls()).filter(({ user_id }) => user_id === 'talker')).toEqual([]);
    expect((await new Person(server, 'killed').fetch('/api/v1/me', { method: 'DELETE' })).ok).toBe(true);
    expect(await calls()).toEqual([]);
  },
  LIMIT_MS,
);
