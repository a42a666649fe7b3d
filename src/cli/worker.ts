import { readConfig } from '../config.ts';
import { createLog } from '../serve/log.ts';
import { startWorker } from '../serve/worker.ts';
import { stopGracefully } from './stop.ts';

export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (!databaseUrl) throw new Error('A worker needs DATABASE_URL.');
  const log = createLog(config, 'worker');
  // Ctrl-C reaches the whole process group; a server tells its worker when it is its turn.
  const skip = process.connected ? (['SIGINT'] as const) : [];
  if (process.connected) process.on('SIGINT', () => {});
  // A server that was killed cannot tell: the broken channel does. What runs is finished, or handed over.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const worker = await startWorker({ ...config, databaseUrl }, log);
  stopGracefully(config, async () => await worker.stop(), [...skip]);
}
