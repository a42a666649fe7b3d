import { readConfig } from '../config.ts';
import { serve } from '../serve/serve.ts';
import { explain, openLog } from './explain.ts';
import { endWithNpm, stopGracefully } from './stop.ts';

export type Role = 'all' | 'api' | 'worker';

export async function runServe({ role }: { role: Role }): Promise<void> {
  const config = readConfig(process.env);
  if (role !== 'all' && !config.databaseUrl) {
    throw new Error(`--role ${role} needs DATABASE_URL: the embedded database serves one machine.`);
  }
  endWithNpm();
  if (role === 'api') return await (await import('./api.ts')).runApi();
  if (role === 'worker') return await (await import('./worker.ts')).runWorker();
  const log = openLog(config, 'supervisor');
  const given = new AbortController();
  const starting = serve(config, log, { signal: given.signal });
  // From the first moment: a start that is called off half-way leaves nothing behind.
  stopGracefully(config, log, async () => {
    given.abort();
    await (await starting.catch(() => null))?.stop();
  });
  const server = await starting.catch(async (error) => {
    if (!given.signal.aborted) throw await explain(error, config);
  });
  if (server && process.stdout.isTTY)
    console.error(
      `\n  Afterword is listening on ${server.url}  (open it in a browser; its API: ${server.url}/docs)\n`,
    );
}
