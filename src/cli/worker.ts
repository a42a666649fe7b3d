import { readConfig } from '../config.ts';
import { keepCompiled } from '../serve/compiled.ts';
import { endWithParent, tellParent } from '../serve/parent.ts';
import { startWorker } from '../serve/worker.ts';
import { endPastNativeThreads } from '../speech/native-threads.ts';
import { explain, openLog } from './explain.ts';
import { stopGracefully } from './stop.ts';

export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (!databaseUrl) throw new Error('A worker needs DATABASE_URL.');
  const log = openLog(config, 'worker');
  endWithParent();
  endPastNativeThreads();
  const worker = await startWorker({ ...config, databaseUrl }, log).catch(async (error) => {
    throw await explain(error, config);
  });
  stopGracefully(config, log, async () => await worker.stop());
  await tellParent({ type: 'ready' });
  keepCompiled();
}
