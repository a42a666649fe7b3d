/** What nobody wants any more stops: what is heard here, and what is asked outside. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import { createLanguageModelUnderstander } from '../../src/meaning/language-model/understander.ts';
import { STALE } from '../../src/pipeline/commit.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { understand } from '../../src/pipeline/understand.ts';
import { whileWanted } from '../../src/pipeline/wanted.ts';
import { removeConversation } from '../../src/removal/remove-conversation.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { Changes } from '../../src/store/changes.ts';
import { until } from '../engine/fixtures/scene.ts';
import { patient } from '../providers/voices.ts';
import { databaseForTest, log } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { startPlacer } from '../support/timeline.ts';
import { Person } from './person.ts';

const LIMIT_MS = 120_000;
/** Of one frame of 20 ms: a byte that says "nothing is heard", behind its length in four bytes. */
const SILENT_FRAME = Uint8Array.of(1, 0, 0, 0, 0xb8);
const DAY_FRAMES = (12 * 3600 * 1000) / 20;
const CALLS = 4;

const server = useServer({ AFTERWORD_LOG_LEVEL: 'info', AFTERWORD_MODEL: 'tiny' });

function halfADayOfSilence(salt: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SILENT_FRAME.length * (DAY_FRAMES + salt));
  for (let at = 0; at < bytes.length; at += SILENT_FRAME.length) bytes.set(SILENT_FRAME, at);
  return bytes;
}

for (const how of ['deleted', 'cancelled'] as const) {
  test(
    `half a day of silence that is ${how} is not heard to its end`,
    async () => {
      const person = new Person(server, how);
      const name = 'audio_omi_opus_fs320_16000_1_fs320_1774000000.bin';
      const upload = await person.upload([{ name, bytes: halfADayOfSilence(how.length) }]);
      const recordingId = upload.files[0]?.recordingId;
      const stateOf = async () =>
        await server.query(async (db) => {
          const { rows } = await sql<{ status: string }>`
            SELECT status FROM dbos.workflow_status
             WHERE split_part(workflow_uuid, ':', 2) = ${recordingId}`.execute(db);
          return rows[0]?.status ?? 'gone';
        });
      await until('hearing', async () => {
        const { files } = await person.readUpload(upload.id);
        return files[0]?.outcome === 'processing';
      });
      expect(await stateOf()).toBe('PENDING');
      const path = how === 'deleted' ? `recordings/${recordingId}` : `uploads/${upload.id}/cancel`;
      const method = how === 'deleted' ? 'DELETE' : 'POST';
      expect((await person.fetch(`/api/v1/${path}`, { method })).ok).toBe(true);
      // To the end it would take minutes.
      await until('the end of hearing', async () => (await stateOf()) !== 'PENDING');
      await until('its rows to go', async () => (await stateOf()) === 'gone');
    },
    LIMIT_MS,
  );
}

test(
  'a model is asked nothing more about a conversation that is deleted while it reads',
  async () => {
    const { db, databaseUrl } = await databaseForTest();
    const folder = await mkdtemp(join(tmpdir(), 'afterword-stopped-'));
    const providers = await startProviders({ seed: 1, latency: { kind: 'fixed', ms: 100 } });
    const placer = await startPlacer(databaseUrl);
    const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
    const changes = new Changes(databaseUrl, log);
    await changes.start();
    const understander = await createLanguageModelUnderstander({
      name: 'openai-compatible:simulated',
      url: providers.openAiUrl,
      contextTokens: 4096,
      calls: CALLS,
    });
    onTestFinished(async () => {
      await understander.close();
      await changes.stop();
      await lease.release();
      await placer.stop();
      await providers.close();
      await rm(folder, { recursive: true, force: true });
    });
    const text = Array.from({ length: 60 }, (_, n) => `word${n}`).join(' ');
    const words = Array.from({ length: 600 }, (_, n) => ({ atS: 10 * n, forS: 9, text }));
    await placer.place({ id: 'a', userId: 'ada', microphone: 'omi', startedAtMs: 0, words });
    const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
    const stages = {
      db,
      lease,
      changes,
      understander,
      prices: {},
      log,
      languageCallsPerDay: null,
    } as unknown as PipelineContext;
    const turn = { conversationId: id, revision: 1, attempt: 1 };
    const reading = whileWanted(
      stages,
      turn,
      patient(),
      async (signal) => await understand(stages, turn, signal),
    );
    await until('some calls', () => providers.stats().calls > 2 * CALLS);
    const blobs = new FolderBlobStore(folder);
    await blobs.prepare();
    await removeConversation({ db, blobs, quietMs: 0 }, 'ada', id);
    const asked = providers.stats().calls;
    expect(await reading).toBe(STALE);
    // The word of the deletion travels while those that are under way end and the next begin.
    expect(providers.stats().calls).toBeLessThanOrEqual(asked + 2 * CALLS);
    expect(providers.stats().calls).toBeLessThan(100);
  },
  LIMIT_MS,
);
