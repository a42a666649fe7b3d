import { readConfig } from '../config.ts';
import { announce } from '../serve/address.ts';
import { startApi, type WhenTaken } from '../serve/api.ts';
import { keepCompiled } from '../serve/compiled.ts';
import { endWithParent, isSupervised, tellParent } from '../serve/parent.ts';
import { explain, openLog } from './explain.ts';
import { stopGracefully } from './stop.ts';

export async function runApi({ whenTaken }: { whenTaken?: WhenTaken } = {}): Promise<void> {
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (!databaseUrl) throw new Error('An api needs DATABASE_URL.');
  const log = openLog(config, 'api');
  endWithParent();
  const api = await startApi({ ...config, databaseUrl }, log, whenTaken).catch(async (error) => {
    throw await explain(error, config);
  });
  const unannounce = isSupervised() ? async () => {} : await announce(config.dataDir, api.url);
  stopGracefully(config, log, async () => {
    await unannounce();
    await api.stop();
  });
  await tellParent({ type: 'ready', url: api.url });
  keepCompiled();
}
