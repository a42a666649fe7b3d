/** A person who looks at the page: how long until their recording is a conversation, whatever others have sent. */
import { mustCome } from './pace.ts';
import type { Recording } from './recordings.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;

/** Of the last hour, each of somebody else, and each with words in it: of what is silent no conversation comes. */
export async function freshOnes(world: World, count: number, longestSeconds: number): Promise<Recording[]> {
  const fresh: Recording[] = [];
  while (fresh.length < count) {
    const startedAtMs = Date.now() - HOUR_MS / 2 + fresh.length * 60_000;
    const recording = world.voices.record(`fresh-${fresh.length}`, startedAtMs, 'speech', longestSeconds);
    await world.learn([recording]);
    if (world.expected.at(-1)?.outcome === 'completed') fresh.push(recording);
    else world.expected.pop();
  }
  return fresh;
}

/** One after the other: from the upload to a conversation with a title. */
export async function timeToReady(world: World, recordings: readonly Recording[]): Promise<number[]> {
  const times: number[] = [];
  for (const recording of recordings) {
    const since = performance.now();
    await world.phone.send([recording]);
    await mustCome('the fresh conversation', async () => await isReady(world, recording.userId), 900_000);
    times.push(performance.now() - since);
  }
  return times;
}

async function isReady({ fleet }: World, userId: string): Promise<boolean> {
  const response = await fetch(`${fleet.apis[0]?.url}/api/v1/conversations`, {
    headers: { 'x-afterword-user': userId },
  });
  const { conversations } = (await response.json()) as { conversations: { status: string }[] };
  return conversations.length > 0 && conversations.every(({ status }) => status === 'ready');
}
