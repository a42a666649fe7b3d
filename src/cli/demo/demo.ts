/** `npm run demo`: real recordings become conversations before one's eyes, without a key and without a network. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, DEFAULT_PORT, readConfig } from '../../config.ts';
import { findServer } from '../../serve/address.ts';
import { type RunningServer, serve } from '../../serve/serve.ts';
import { explain, openLog } from '../explain.ts';
import { endWithNpm, stopGracefully } from '../stop.ts';
import { AfterwordClient } from './client.ts';
import { showConversations } from './conversations.ts';
import { showProgress } from './progress.ts';
import { readFolder } from './sample.ts';

const SAMPLE_DAY = fileURLToPath(new URL('../../../samples/day', import.meta.url));

export interface DemoOptions {
  json: boolean;
  exit: boolean;
}

export async function runDemo({ json, exit }: DemoOptions): Promise<void> {
  const began = performance.now();
  const sinceBegan = () => Math.round(performance.now() - began);
  const config = readConfig(demoEnvironment(process.env));
  // Standard output belongs to the demo: the log goes into a file.
  const logFile = config.logFile ?? join(config.dataDir, 'afterword.log');
  const demoConfig = { ...config, logFile };
  const say = (line: string) => void process.stderr.write(`${line}\n`);

  // A killed demo's data is there: the same command goes on where it was. A running server is joined, not fought.
  const running = await findServer(config.dataDir);
  const server = running ? { url: running, stop: async () => {} } : await start(demoConfig);
  const readyMs = sinceBegan();
  say(
    `Afterword ${running ? 'is already running' : 'is ready'} on ${server.url}  (data: ${config.dataDir}, log: ${logFile})`,
  );
  if (!running && !config.portWasChosen && !server.url.endsWith(`:${DEFAULT_PORT}`)) {
    say(`Port ${DEFAULT_PORT} is taken, so another one was.`);
  }

  const client = new AfterwordClient(server.url);
  const files = await readFolder(SAMPLE_DAY);
  say(`Uploading a sample day: ${files.length} recordings.\n`);
  const accepted = await client.upload(files);
  const acceptedMs = sinceBegan();
  const upload = await showProgress(client, accepted, { quiet: json });
  const conversations = await client.conversations(upload.conversationIds);
  const timings = { readyMs, acceptedMs, doneMs: sinceBegan() };

  if (json) {
    const recordings = upload.files.map(({ recordingId, ...file }) => ({ id: recordingId, ...file }));
    process.stdout.write(`${JSON.stringify({ conversations, recordings, timings }, null, 2)}\n`);
  } else {
    showConversations(conversations);
  }
  if (exit) {
    await server.stop();
    process.exit(0);
  }
  say(
    `\nThe server is running: ${server.url}   Its API: ${server.url}/docs   Ctrl-C stops it; nothing is lost by that.`,
  );
}

/**
 * A folder, a database and a store of its own: the sample day must not come among the recordings of a person, whatever
 * the server beside it is set to.
 */
function demoEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, AFTERWORD_BLOBS: __, ...others } = environment;
  return { ...others, AFTERWORD_DATA_DIR: environment.AFTERWORD_DATA_DIR || '.afterword-demo' };
}

async function start(config: Config): Promise<RunningServer> {
  const log = openLog(config, 'supervisor');
  const given = new AbortController();
  const starting = serve(config, log, { anyPort: !config.portWasChosen, signal: given.signal });
  endWithNpm();
  stopGracefully(config, log, async () => {
    given.abort();
    await (await starting.catch(() => null))?.stop();
  });
  return await starting.catch(async (error) => {
    throw await explain(error, config);
  });
}
