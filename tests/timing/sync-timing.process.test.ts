/** Where the time of a real run went, as the api tells it and as the log does. */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { TimingBody } from '../../src/views/timing.ts';
import { until } from '../engine/fixtures/scene.ts';
import { Person } from '../pipeline/person.ts';
import { spoken } from '../speakers/two-voices.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';

const LIMIT_MS = 240_000;
const START_MS = Date.UTC(2026, 2, 3, 9);

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 300 } });
afterAll(() => providers.close());

const server = useServer({
  ...deepgramAt(providers.url),
  ...simulatedModelAt(providers.openAiUrl),
});

test(
  'the parts of the critical path, waits included, add up to the total, in the api and in the log',
  async () => {
    const ada = new Person(server, 'ada@example.com');
    // The first attempt fails, so that a wait for the next one is part of it.
    providers.behave({ faults: { rate5xx: 1 } });
    const sentAtMs = Date.now();
    const { id } = await ada.uploadTold(
      { name: 'a.wav', bytes: toWav(spoken([{ who: 'low', phrase: 0 }])) },
      START_MS,
    );
    await until('a wait', async () => (await ada.readUpload(id)).files[0]?.nextTryAtMs != null, 60_000);
    providers.behave({ faults: { rate5xx: 0 } });
    await ada.uploadDone(id);
    const doneBeforeMs = Date.now();
    const timing = TimingBody.parse(await (await ada.fetch(`/api/v1/uploads/${id}/timing`)).json());
    expect(timing.status).toBe('done');
    const sum = timing.path.reduce((all, { ms }) => all + ms, 0);
    expect(Math.abs(sum - timing.totalMs)).toBeLessThanOrEqual(timing.totalMs * 0.02);
    // As whoever waited has measured it.
    const measuredMs = doneBeforeMs - sentAtMs;
    expect(Math.abs(measuredMs - timing.totalMs)).toBeLessThan(measuredMs * 0.1);
    const stages = timing.path.map(({ stage }) => stage);
    expect(stages.filter((stage) => stage === 'transcribing')).toHaveLength(2);
    expect(new Set(stages)).toEqual(
      new Set(
        ['accepting', 'queued', 'transcribing', 'waiting', 'placing', 'settling', 'understanding'].filter(
          (stage) => stages.includes(stage),
        ),
      ),
    );
    expect(timing.path.find(({ stage }) => stage === 'waiting')?.code).toBe('upstream');
    expect(timing.calls.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['transcribe', 'understand']),
    );
    expect((await new Person(server, 'bo').fetch(`/api/v1/uploads/${id}/timing`)).status).toBe(404);

    const lines = async () => (await server.journal()).filter(({ msg }) => msg === 'sync_timing');
    const final = await until(
      'the last line',
      async () => (await lines()).find(({ stage }) => stage === 'done') ?? null,
      60_000,
    );
    expect(final).toMatchObject({
      uploadId: id,
      files: 1,
      segments: timing.pieces,
      total_ms: timing.totalMs,
    });
    expect(final.breakdown).toEqual(timing.stages);
    const all = await lines();
    expect(all.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining([
        'recording_accepted',
        'transcribing',
        'recording_waiting',
        'placing',
        'recording_completed',
        'understanding',
        'conversation_ready',
        'done',
      ]),
    );
    for (const { uid, total_ms: totalMs } of all) {
      expect(uid).toMatch(/^[0-9a-f]{16}$/);
      expect(totalMs).toBeLessThanOrEqual(timing.totalMs);
    }
  },
  LIMIT_MS,
);
