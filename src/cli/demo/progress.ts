import type { Upload } from '@afterword/client';
import { Listr } from 'listr2';
import type { DemoClient } from './client.ts';
import { fileLine } from './file-line.ts';

/** A file that is still being transcribed gets a new line this often, so that the output never looks stuck. */
const PLAIN_LINE_EVERY_MS = 5000;

export interface ProgressOptions {
  /** Redraw one line for each file; without it a plain line is printed for each step. */
  live: boolean;
  say: (line: string) => void;
}

/** Shows how far each file is until the upload is done. */
export async function showProgress(
  client: DemoClient,
  accepted: Upload,
  { live, say }: ProgressOptions,
): Promise<Upload> {
  const watchers = new Set<(upload: Upload) => void>();
  const watchStream = async () => {
    let latest = accepted;
    const show = () => {
      for (const watch of watchers) watch(latest);
    };
    show();
    // Each event brings one look, and the stream ends with the upload.
    for await (const _ of client.changes(accepted.id)) {
      latest = await client.uploadStatus(accepted.id);
      show();
      if (latest.status === 'done') break;
    }
    return latest;
  };
  if (live) return await showLive(accepted, watchers, watchStream);
  watchers.add(plainLines(say));
  return await watchStream();
}

/** @returns a watcher that prints a line when a file's state changes, and now and then while it is transcribed */
function plainLines(say: (line: string) => void): (upload: Upload) => void {
  const printed = new Map<string, { outcome: string; line: string; atMs: number }>();
  return ({ files }) => {
    for (const file of files) {
      const last = printed.get(file.name);
      const line = `${file.name}  ${fileLine(file)}`;
      const nowMs = performance.now();
      const isDue = last?.outcome !== file.outcome || nowMs - last.atMs >= PLAIN_LINE_EVERY_MS;
      if (!isDue || last?.line === line) continue;
      printed.set(file.name, { outcome: file.outcome, line, atMs: nowMs });
      say(line);
    }
  };
}

async function showLive(
  accepted: Upload,
  watchers: Set<(upload: Upload) => void>,
  watchStream: () => Promise<Upload>,
): Promise<Upload> {
  const done = Promise.withResolvers<Upload>();
  const tasks = new Listr(
    accepted.files.map((file, index) => ({
      title: file.name,
      task: async (_context, task) => {
        await new Promise<void>((resolve, reject) => {
          const show = (upload: Upload) => {
            const now = upload.files[index];
            if (now) task.title = `${file.name}  ${fileLine(now)}`;
            if (!now || now.finishedAtMs !== null) resolve();
          };
          watchers.add(show);
          // An upload that was transcribed before is done at the first look, before this watcher is added.
          done.promise.then(show).then(resolve, reject);
        });
      },
    })),
    { concurrent: true },
  );
  const running = tasks.run();
  watchStream().then(done.resolve, done.reject);
  await running;
  return await done.promise;
}
