/** Waits until what was pushed has become conversations with a title. */
import { AfterwordProblem, type Conversation, orThrow, type Recording } from '@afterword/client';
import type { Server } from '../server.ts';
import { persist } from './retry.ts';

/** An event that was missed costs no more than this. */
const LOOK_AT_LEAST_EVERY_MS = 30_000;

export interface Waited {
  recordings: Recording[];
  /** In order of time. */
  conversations: Conversation[];
}

export async function waitForConversations(
  { afterword }: Server,
  recordingIds: readonly string[],
  signal: AbortSignal,
): Promise<Waited> {
  const get = async <T>(ask: () => Promise<T>) => await persist(ask, { signal });
  const recordings = new Map<string, Recording>();
  const conversations = new Map<string, Conversation>();

  /** @returns whether all of it is done; asks again only about what was not */
  const look = async (): Promise<boolean> => {
    for (const id of new Set(recordingIds)) {
      if (recordings.get(id)?.finishedAtMs != null) continue;
      const recording = await get(async () =>
        orThrow(await afterword.GET('/api/v1/recordings/{id}', { params: { path: { id } } })),
      );
      recordings.set(id, recording);
      // One that is not done says that the others need no look yet.
      if (recording.finishedAtMs === null) return false;
    }
    conversations.clear();
    for (const id of new Set([...recordings.values()].flatMap(({ conversationIds }) => conversationIds))) {
      const conversation = await get(async () =>
        orThrow(await afterword.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
      ).catch((error) => {
        // Somebody has deleted it meanwhile.
        if (error instanceof AfterwordProblem && error.status === 404) return null;
        throw error;
      });
      if (conversation?.status === 'settling') return false;
      // One that was merged answers under its new id.
      if (conversation) conversations.set(conversation.id, conversation);
    }
    return true;
  };

  const ended = new AbortController();
  const streaming = AbortSignal.any([signal, ended.signal]);
  let isDone = false;
  let looking: Promise<void> | null = null;
  const lookOnce = () => {
    looking ??= look()
      .then((done) => {
        isDone ||= done;
        if (done) ended.abort();
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const regularly = setInterval(() => void lookOnce().catch(() => {}), LOOK_AT_LEAST_EVERY_MS);
  try {
    for await (const { type } of afterword.follow('/api/v1/events', { signal: streaming })) {
      if (type === 'recording.progress' || type.endsWith('.stage')) continue;
      await lookOnce();
      if (isDone) break;
    }
  } finally {
    clearInterval(regularly);
    ended.abort();
  }
  signal.throwIfAborted();
  return {
    recordings: [...recordings.values()],
    conversations: [...conversations.values()].sort((a, b) => a.startedAtMs - b.startedAtMs),
  };
}
