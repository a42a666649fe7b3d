/** `afterword push`: sends files or folders, once or as they come, and ends with a status that says how it went. */
import { setTimeout as delay } from 'node:timers/promises';
import { AfterwordProblem } from '@afterword/client';
import { tellConversations } from '../conversations.ts';
import { OptionMistake } from '../sender-headers.ts';
import { openServer, type Server, sentenceOf, type Target } from '../server.ts';
import { BegunUploads, stateFolder } from './begun.ts';
import { type FoundFile, findFiles } from './find.ts';
import { EXIT, outcomeOf } from './outcomes.ts';
import { Progress } from './progress.ts';
import { Pusher } from './pusher.ts';
import { isOfTheSender } from './retry.ts';
import { whyUnreadable } from './unreadable.ts';
import { type Waited, waitForConversations } from './wait.ts';
import { watchFolders } from './watch-folders.ts';

interface PushOptions extends Target {
  watch: boolean;
  wait: boolean;
  json: boolean;
  settled: string;
}

const REACHED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 2_000;
/** A file that changes while a folder is pushed once is looked at this often again. */
const UNSTEADY_ROUNDS = 3;

export async function runPush(paths: string[], options: PushOptions): Promise<void> {
  const settledMs = Number(options.settled) * 1000;
  if (!(settledMs >= 0)) return fail(EXIT.usage, `--settled is no number of seconds: ${options.settled}.`);
  if (options.watch && options.wait)
    return fail(EXIT.usage, 'Say --watch or --wait: a folder that is watched is never all there.');
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());
  let server: Server;
  try {
    server = await openServer(options);
    if (!options.watch) await reach(server);
  } catch (error) {
    return fail(error instanceof OptionMistake ? EXIT.usage : EXIT.notReached, (error as Error).message);
  }
  const progress = new Progress(process.stderr);
  const begun = new BegunUploads(stateFolder(process.env), server);
  const pusher = new Pusher({ server, begun, listener: progress, signal: ended.signal });
  try {
    const unreadable = (path: string, error: unknown) =>
      progress.ends(outcomeOf({ path, sizeBytes: 0 }, 'unreadable', whyUnreadable(error)));
    const push = async (files: FoundFile[]) => {
      progress.found(files);
      return await pusher.push(files);
    };
    if (options.watch) {
      progress.say(`Watching ${paths.join(', ')} until Ctrl-C.`);
      const withoutRoom = () => pusher.takeWithoutRoom();
      const watching = { everyMs: LOOK_EVERY_MS, settledMs, signal: ended.signal, unreadable, withoutRoom };
      await watchFolders(paths, watching, push);
    } else await pushOnce(paths, progress, push, unreadable, ended.signal);
    process.exitCode = progress.exitStatus();
  } catch (error) {
    if (ended.signal.aborted) process.exitCode = options.watch ? progress.exitStatus() : EXIT.ended;
    else {
      const isNotLetIn = error instanceof AfterwordProblem && isOfTheSender(error);
      fail(isNotLetIn ? EXIT.notLetIn : EXIT.someRefused, sentenceOf(error, server.url).message);
    }
  }
  const sum = progress.end();
  const waited = options.wait && !ended.signal.aborted ? await waitFor(server, progress, ended.signal) : null;
  const conversations = waited?.conversations ?? [];
  if (options.json) {
    const told = options.wait ? { files: progress.outcomes, conversations } : { files: progress.outcomes };
    console.log(JSON.stringify(told, null, 2));
    return;
  }
  console.log(`${sum}.`);
  if (ended.signal.aborted && !options.watch) console.log('Push again to go on where it was.');
  if (waited) await tellConversations(server, conversations);
}

async function waitFor(server: Server, { outcomes }: Progress, signal: AbortSignal): Promise<Waited | null> {
  const ids = outcomes.flatMap(({ recordingId, state }) =>
    recordingId === null || state === 'refused' ? [] : recordingId,
  );
  try {
    return await waitForConversations(server, ids, signal);
  } catch (error) {
    fail(signal.aborted ? EXIT.ended : EXIT.someRefused, sentenceOf(error, server.url).message);
    return null;
  }
}

/** @throws Error with a sentence if nothing answers there */
async function reach(server: Server): Promise<void> {
  const signal = AbortSignal.timeout(REACHED_WITHIN_MS);
  await server.afterword.GET('/health/live', { signal }).catch((error) => {
    throw sentenceOf(error, server.url);
  });
}

async function pushOnce(
  paths: readonly string[],
  progress: Progress,
  push: (files: FoundFile[]) => Promise<FoundFile[]>,
  unreadable: (path: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const found = await findFiles(paths, unreadable);
  if (found.length === 0 && progress.exitStatus() === EXIT.allThere)
    progress.say(
      `No recording is in ${paths.join(', ')}: what lies there is not called like one. A file that you name yourself is sent.`,
    );
  let left = await push(found);
  for (let round = 0; left.length > 0 && round < UNSTEADY_ROUNDS; round++) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    const again: FoundFile[] = [];
    for (const { path } of left) again.push(...(await findFiles([path], unreadable)));
    left = await push(again);
  }
  const reason = 'It is still being written. Push again when it is finished, or use --watch.';
  for (const file of left) progress.ends(outcomeOf(file, 'unreadable', { reason }));
}

function fail(status: number, sentence: string): void {
  console.error(`afterword: ${sentence}`);
  process.exitCode = status;
}
