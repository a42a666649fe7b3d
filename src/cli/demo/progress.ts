import { setTimeout as delay } from 'node:timers/promises';
import { Listr } from 'listr2';
import type { AfterwordClient, UploadPage } from './client.ts';

const LOOK_EVERY_MS = 250;

/** Shows each file's way until the upload is done: live in a terminal, a line at a time elsewhere. */
export async function showProgress(
  client: AfterwordClient,
  accepted: UploadPage,
  { quiet }: { quiet: boolean },
): Promise<UploadPage> {
  let latest = accepted;
  const watchers = new Set<(upload: UploadPage) => void>();
  const watch = async () => {
    while (latest.status !== 'done') {
      await delay(LOOK_EVERY_MS);
      latest = await client.uploadStatus(accepted.id);
      for (const tell of watchers) tell(latest);
    }
    return latest;
  };
  const done = watch();
  if (quiet) return await done;

  const tasks = new Listr(
    accepted.files.map((file, index) => ({
      title: file.name,
      task: async (_context, task) => {
        await new Promise<void>((resolve, reject) => {
          const look = (upload: UploadPage) => {
            const now = upload.files[index];
            if (!now) return;
            if (process.stderr.isTTY) task.title = `${file.name}  ${describe(now)}`;
            if (now.finishedAtMs !== null) {
              watchers.delete(look);
              task.title = `${file.name}  ${describe(now)}`;
              resolve();
            }
          };
          watchers.add(look);
          look(latest);
          done.catch(reject);
        });
      },
    })),
    { concurrent: true, renderer: 'default', fallbackRenderer: 'simple' },
  );
  await tasks.run();
  return await done;
}

function describe(file: UploadPage['files'][number]): string {
  const heard = clock(file.progress.heardMs);
  switch (file.outcome) {
    case 'waiting':
      return 'waits for a worker';
    case 'processing':
      return `listening … ${heard}`;
    case 'completed':
      return `${heard} heard in ${seconds(file.timings.totalMs)}`;
    case 'silent':
      return `${heard} of silence`;
    default:
      return `${file.outcome}: ${file.reason}`;
  }
}

function clock(ms: number): string {
  const total = Math.round(ms / 1000);
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
