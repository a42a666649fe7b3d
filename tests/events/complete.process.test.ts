/**
 * No change of state goes without its event. Triggers in the database refuse a transaction that has changed a row and
 * written no event of it, while a whole server does everything that it can do to a recording and a conversation.
 */
import { afterAll, expect, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { lastNumber, readEvents } from '../../src/events/read.ts';
import { toWav } from '../../src/speech/transcribers/remote/wav.ts';
import { until } from '../engine/fixtures/scene.ts';
import { Person } from '../pipeline/person.ts';
import { type Line, spoken } from '../speakers/two-voices.ts';
import { checkThatChangesAreTold } from '../support/event-check.ts';
import { useServer } from '../support/server.ts';
import { deepgramAt, simulatedModelAt } from '../support/simulated-settings.ts';

const LIMIT_MS = 240_000;
const START_MS = Date.UTC(2026, 2, 3, 9);

const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 5 } });
afterAll(() => providers.close());

const server = useServer({
  ...deepgramAt(providers.url),
  ...simulatedModelAt(providers.openAiUrl),
  AFTERWORD_QUIET_MS: '0',
});

const low = (phrase: number): Line => ({ who: 'low', phrase });
const high = (phrase: number): Line => ({ who: 'high', phrase });

/** @param silentS between two conversations of the same recording */
function wav(first: Line[], second: Line[] = [], silentS = 130): Uint8Array<ArrayBuffer> {
  const [one, two] = [spoken(first), spoken(second)];
  if (second.length === 0) return toWav(one);
  const all = new Float32Array(one.length + silentS * 16_000 + two.length);
  all.set(one);
  all.set(two, all.length - two.length);
  return toWav(all);
}

const eventsOf = (person: Person) =>
  server.query((db) => readEvents(db, person.id, { after: 0, most: 10_000 }));

async function settledOf(person: Person): Promise<void> {
  await until(
    'ready conversations',
    async () => (await person.list()).every(({ status }) => status === 'ready'),
    60_000,
  );
}

test(
  'everything that happens to recordings and conversations is told',
  async () => {
    await server.query(checkThatChangesAreTold);
    const ada = new Person(server, 'ada');
    const call = async (method: string, path: string, body?: object) => {
      const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
      const response = await ada.fetch(`/api/v1${path}`, {
        method,
        headers,
        ...(body ? { body: new Blob([JSON.stringify(body)]) } : {}),
      });
      expect(response.status, `${method} ${path}: ${await response.clone().text()}`).toBeLessThan(300);
    };

    // Two conversations, whose speakers are told apart; one that bridges them, and one that is not usable.
    const first = await ada.uploadTold(
      { name: 'a.wav', bytes: wav([low(0), high(1)], [high(2), low(3)]) },
      START_MS,
    );
    await ada.uploadDone(first.id);
    const [one, two] = await ada.conversations();
    const bridge = await ada.uploadTold(
      { name: 'b.wav', bytes: wav([low(4), low(5)]) },
      (one?.endedAtMs ?? 0) + 60_000,
    );
    await ada.uploadDone(bridge.id);
    const broken = await ada.uploadTold({ name: 'c.wav', bytes: new Uint8Array([1, 2, 3]) }, START_MS);
    await ada.uploadDone(broken.id);
    await settledOf(ada);
    expect(await ada.conversations()).toHaveLength(1);

    // A person decides about speakers, times and retries.
    const [all] = await ada.conversations();
    const speaker = all?.segments[0]?.speakerId;
    await call('PUT', `/conversations/${all?.id}/speakers/${speaker}`, { name: 'Ada' });
    await call('DELETE', `/conversations/${all?.id}/speakers/${speaker}`);
    const bridgeId = bridge.files[0]?.recordingId ?? '';
    await call('PATCH', `/recordings/${bridgeId}`, { startedAtMs: START_MS + 3_600_000 });
    await settledOf(ada);
    await call('POST', `/recordings/${bridgeId}/retry`);

    // The provider fails for a while, so that the work waits; then it is retried, and another one is cancelled.
    providers.behave({ faults: { rate5xx: 1 } });
    const later = await ada.uploadTold({ name: 'd.wav', bytes: wav([low(1)]) }, START_MS + 7_200_000);
    const laterId = later.files[0]?.recordingId ?? '';
    await until(
      'a wait for the next attempt',
      async () => (await ada.readUpload(later.id)).files[0]?.nextTryAtMs != null,
      60_000,
    );
    providers.behave({ faults: { rate5xx: 0 } });
    await call('POST', `/recordings/${laterId}/retry`);
    await ada.uploadDone(later.id);
    providers.behave({ latency: { kind: 'fixed', ms: 60_000 } });
    const cancelled = await ada.uploadTold({ name: 'e.wav', bytes: wav([low(2)]) }, START_MS + 9_000_000);
    await until(
      'its work to begin',
      async () => (await ada.readUpload(cancelled.id)).files[0]?.outcome === 'processing',
    );
    await call('POST', `/uploads/${cancelled.id}/cancel`);
    providers.behave({ latency: { kind: 'fixed', ms: 5 } });

    // Deletions, and what is sent again after them.
    await settledOf(ada);
    const [some] = await ada.conversations();
    await call('DELETE', `/conversations/${some?.id}`);
    await call('DELETE', `/recordings/${laterId}`);
    const again = await ada.fetch(
      `/api/v1/recordings?name=d.wav&restore=true&startedAtMs=${START_MS + 7_200_000}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Blob([wav([low(1)])]),
      },
    );
    expect(again.status).toBe(202);
    await ada.uploadDone(later.id);
    await settledOf(ada);

    const events = await eventsOf(ada);
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    const types = new Set<string>(events.map(({ type }) => type));
    for (const type of [
      'recording.accepted',
      'recording.stage',
      'recording.waiting',
      'recording.completed',
      'recording.rejected',
      'recording.updated',
      'recording.deleted',
      'conversation.created',
      'conversation.updated',
      'conversation.stage',
      'conversation.ready',
      'conversation.merged',
      'conversation.deleted',
      'upload.done',
    ])
      expect(types, type).toContain(type);
    const done = events.filter(({ type }) => type === 'upload.done').map(({ uploadIds }) => uploadIds[0]);
    expect(done.toSorted()).toEqual([first, bridge, broken, later, cancelled].map(({ id }) => id).toSorted());
    const words = (await ada.conversations()).flatMap(({ segments }) => segments.map(({ text }) => text));
    for (const text of words) expect(JSON.stringify(events)).not.toContain(text);
    expect(two).toBeDefined();
    const journal = await server.journal();
    expect(journal.filter(({ msg }) => /was not told/.test(msg))).toEqual([]);

    // Deleted with the person; the numbers go on if the person comes back.
    const last = await server.query((db) => lastNumber(db, ada.id));
    await call('DELETE', '/me');
    expect(await eventsOf(ada)).toEqual([]);
    const back = await ada.fetch(`/api/v1/recordings?name=f.wav&restore=true&startedAtMs=${START_MS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Blob([wav([low(3)])]),
    });
    expect(back.status).toBe(202);
    const after = await eventsOf(ada);
    expect(after[0]?.number).toBe(last + 1);
  },
  LIMIT_MS,
);
