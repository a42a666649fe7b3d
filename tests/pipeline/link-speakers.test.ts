import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startProviders } from '../../simulators/providers.ts';
import { acquireLease } from '../../src/engine/leases.ts';
import type { PipelineContext } from '../../src/pipeline/context.ts';
import { linkSpeakers } from '../../src/pipeline/link-speakers.ts';
import { Listening } from '../../src/speech/audio-thread/session.ts';
import type { Transcriber } from '../../src/speech/transcriber.ts';
import { createDeepgramTranscriber } from '../../src/speech/transcribers/deepgram.ts';
import { createOpenAiTranscriber } from '../../src/speech/transcribers/openai-compatible.ts';
import { FolderBlobStore } from '../../src/store/blobs/folder.ts';
import { databaseForTest, log } from '../support/database.ts';
import { startPlacer } from '../support/timeline.ts';

/** A conversation of two pieces whose audio is gone, and a worker that is to link its speakers. */
async function setUp() {
  const { db, databaseUrl } = await databaseForTest();
  const providers = await startProviders({ seed: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'afterword-link-'));
  const listening = new Listening({ threads: 1 });
  const placer = await startPlacer(databaseUrl);
  const lease = await acquireLease({ databaseUrl, log, onLost: () => {} });
  onTestFinished(async () => {
    await lease.release();
    await placer.stop();
    await listening.close();
    await providers.close();
    await rm(folder, { recursive: true, force: true });
  });
  await placer.place({
    id: 'a',
    userId: 'ada',
    microphone: 'omi',
    startedAtMs: 0,
    words: [
      { atS: 0, forS: 5, text: 'hello', speaker: 'S' },
      { atS: 9, forS: 5, text: 'there', speaker: 'S' },
    ],
  });
  const { id } = await db.selectFrom('conversations').select('id').executeTakeFirstOrThrow();
  const blobs = new FolderBlobStore(folder);
  // Linking uses no more of the stages than these.
  const parts = { db, blobs, listening, lease, log };
  const turn = { conversationId: id, revision: 1, attempt: 1 };
  return {
    providers,
    link: async (transcriber: Transcriber, signal = new AbortController().signal) =>
      await linkSpeakers({ ...parts, transcriber } as unknown as PipelineContext, turn, signal),
    reel: async () => (await db.selectFrom('conversations').select('reel').executeTakeFirstOrThrow()).reel,
  };
}

const server = { apiKey: 'k', concurrency: 1, deadlineMs: 5000 };

it('fails once when the audio cannot be read, and is not tried again for the same words', async () => {
  const { link, reel, providers } = await setUp();
  const deepgram = createDeepgramTranscriber({ ...server, baseUrl: providers.url });
  expect(await link(deepgram)).toBe('failed');
  const failed = await reel();
  expect(failed).toMatchObject({ revision: 1, outcome: 'failed', voices: 2, calls: [] });
  expect(await link(deepgram)).toBe('not_needed');
  expect(await reel()).toEqual(failed);
  expect(providers.stats().calls).toBe(0);
});

it('is nothing for a transcriber that tells nobody apart', async () => {
  const { link, reel, providers } = await setUp();
  const { openAiUrl: baseUrl } = providers;
  const openAi = createOpenAiTranscriber({ ...server, baseUrl, model: 'whisper-1' });
  expect(await link(openAi)).toBe('not_needed');
  expect(await reel()).toBeNull();
});

it('that is cancelled says so, and leaves the call noted', async () => {
  const { link, reel, providers } = await setUp();
  const deepgram = createDeepgramTranscriber({ ...server, baseUrl: providers.url });
  await expect(link(deepgram, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  expect(await reel()).toMatchObject({ revision: 1, outcome: null });
});
