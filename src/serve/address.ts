import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a running server leaves its address, for commands that want to talk to it. */
export const ADDRESS_FILE = 'server.json';

/** The address of the server that runs on a data folder, or null. A killed one's file may still lie there, so it is asked. */
export async function findServer(dataDir: string): Promise<string | null> {
  try {
    const { url } = JSON.parse(await readFile(join(dataDir, ADDRESS_FILE), 'utf8')) as { url: string };
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) });
    return response.ok ? url : null;
  } catch {
    return null;
  }
}
