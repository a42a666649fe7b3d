/** Runs `npm run demo`: uploads the sample day to a local server and prints the conversations; needs no key and no network. */
import { join } from 'node:path';
import { type Config, DEFAULT_PORT, readConfig } from '../../config.ts';
import { SAMPLE_DAY } from '../../intake/sample-day.ts';
import { findServer } from '../../serve/address.ts';
import { type RunningServer, serve } from '../../serve/serve.ts';
import { explain, openLog } from '../explain.ts';
import { endWithNpm, stopGracefully } from '../stop.ts';
import { DemoClient } from './client.ts';
import { showConversations } from './conversations.ts';
import { showProgress } from './progress.ts';
import { readFolder } from './sample.ts';

export interface DemoOptions {
  json: boolean;
  exit: boolean;
}

export async function runDemo({ json, exit }: DemoOptions): Promise<void> {
  const began = performance.now();
  const sinceBegan = () => Math.round(performance.now() - began);
  // The demo signs nobody in, and its children read this environment too.
  delete process.env.AFTERWORD_SIGN_IN;
  const config = readConfig(demoEnvironment(process.env));
  // The demo prints on standard output, so the log goes into a file.
  const logFile = config.logFile ?? join(config.dataDir, 'afterword.log');
  const demoConfig = { ...config, logFile };
  const say = (line: string) => void process.stderr.write(`${line}\n`);

  // The data of a killed demo is still there, so it goes on where it was. A server that runs on it already is used.
  const running = await findServer(config.dataDir);
  if (!running) say('Starting the server: PostgreSQL, then the speech models. This takes some seconds.');
  const server = running ? { url: running, stop: async () => {} } : await start(demoConfig);
  const readyMs = sinceBegan();
  say(
    `Afterword ${running ? 'is already running' : 'is ready'} on ${server.url}  (data: ${config.dataDir}, log: ${logFile})`,
  );
  if (!running && !config.portWasChosen && !server.url.endsWith(`:${DEFAULT_PORT}`)) {
    say(`Port ${DEFAULT_PORT} is in use by another program, so another port was chosen.`);
  }

  const client = new DemoClient(server.url);
  const files = await readFolder(SAMPLE_DAY);
  say(`Uploading a sample day: ${files.length} recordings.\n`);
  const accepted = await client.upload(files);
  const acceptedMs = sinceBegan();
  const upload = await showProgress(client, accepted, { live: process.stdout.isTTY && !json, say });
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
    `\nSee and hear them: ${server.url}   The API: ${server.url}/docs   Ctrl-C stops the server; its data stays.`,
  );
}

/**
 * The demo gets a folder, a database and a blob store of its own, so that the sample day never mixes with a person's
 * recordings, whatever DATABASE_URL and AFTERWORD_BLOBS say.
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
