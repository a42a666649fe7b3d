/** Pushes a folder over a link that is cut again and again, to a server that is killed meanwhile. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, orThrow } from '@afterword/client';
import { BegunUploads } from '../../src/cli/push/begun.ts';
import { findFiles } from '../../src/cli/push/find.ts';
import { Pusher } from '../../src/cli/push/pusher.ts';
import type { ApiProcess } from './api-process.ts';
import { openLink } from './cut-link.ts';

export interface Told {
  files: number;
  /** Files that the pusher says are there. */
  arrived: number;
  /** Recordings that the server has. */
  stored: number;
  cuts: number;
  kills: number;
  requests: number;
  /** Of the files' bytes; what went over the link a second time included. */
  sentShare: number;
  /** The same for each kind of request. */
  sentBy: Record<string, number>;
  tookMs: number;
}

const KB = 1024;
/** Above and below what goes by tus. */
const SIZES = [10_000 * KB, 700 * KB, 60 * KB];

export async function pushOverBadLink(
  api: ApiProcess,
  folder: string,
  { bytes, cuts, kills }: { bytes: number; cuts: number; kills: number },
): Promise<Told> {
  let files = 0;
  for (let left = bytes; left > 0; files++) {
    const size = Math.min(left, SIZES[files % SIZES.length] ?? left);
    const name = `audio_omi_opus_fs320_16000_1_fs320_${1_774_000_000 + files * 60}.bin`;
    await writeFile(join(folder, name), randomBytes(size));
    left -= size;
  }
  let killed = 0;
  let restarting: Promise<void> | null = null;
  const link = await openLink(api.url, (it) => {
    if (restarting !== null) return;
    const share = it.sentBytes() / bytes;
    if (it.cuts() < cuts && share > (it.cuts() + 0.5) / cuts) it.cut();
    if (killed >= kills || share <= (killed + 0.7) / kills) return;
    killed++;
    it.leadTo(null);
    restarting = (async () => {
      await api.kill();
      await api.start();
      it.leadTo(api.url);
      restarting = null;
    })();
  });
  try {
    const since = performance.now();
    const headers = new Headers();
    const server = { url: link.url, headers, afterword: createClient({ baseUrl: link.url, headers }) };
    let arrived = 0;
    const pusher = new Pusher({
      server,
      begun: new BegunUploads(join(folder, '.state'), server),
      signal: new AbortController().signal,
      listener: {
        begins: () => {},
        moves: () => {},
        waits: () => {},
        ends: ({ state }) => {
          if (state === 'sent' || state === 'known') arrived++;
        },
      },
    });
    await pusher.push(
      await findFiles([folder], (path) => {
        throw new Error(`${path} cannot be read`);
      }),
    );
    const tookMs = performance.now() - since;
    const [sentBytes, requests] = [link.sentBytes(), link.requests()];
    await restarting;
    let stored = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = cursor === undefined ? { limit: 200 } : { limit: 200, cursor };
      const page = orThrow(await server.afterword.GET('/api/v1/recordings', { params: { query } }));
      stored += page.recordings.length;
      cursor = page.nextCursor;
    }
    const sentShare = sentBytes / bytes;
    const sentBy = Object.fromEntries([...link.sentBy()].map(([kind, sent]) => [kind, sent / bytes]));
    return { files, arrived, stored, cuts: link.cuts(), kills: killed, requests, sentShare, sentBy, tookMs };
  } finally {
    await link.close();
  }
}
