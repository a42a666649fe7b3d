#!/usr/bin/env node
import { Command, Option } from 'commander';
import { isSupervised, tellParent } from '../serve/parent.ts';
import { VERSION } from '../version.ts';
import { wordFreeMessage } from '../word-free.ts';

// Each command loads only what it needs: a process that accepts uploads holds no speech model and no engine.
const program = new Command('afterword')
  .version(VERSION)
  .description('Turns recordings that a wearable made offline into conversations.')
  .showHelpAfterError();

program
  .command('serve')
  .description('serve the api, and work')
  .addOption(new Option('--role <role>', 'which half of it').choices(['all', 'api', 'worker']).default('all'))
  .action(async (options) => await (await import('./serve.ts')).runServe(options));

program
  .command('demo')
  .description('start on a data folder, upload the sample day, and show what comes of it')
  .option('--json', 'print one JSON document and nothing else', false)
  .option('--exit', 'stop the server when everything is shown', false)
  .action(async (options) => await (await import('./demo/demo.ts')).runDemo(options));

program
  .command('dead-letters')
  .description('list what failed and waits for a person: recordings, and conversations without their meaning')
  .option('--url <url>', 'the server; the one on the data folder without it')
  .option('--user <user>', 'whose', 'local')
  .action(async (options) => await (await import('./dead-letters.ts')).runDeadLetters(options));

program
  .command('retry')
  .description('send what failed on its way again')
  .argument('[ids...]', 'recordings and conversations; all that failed with --all')
  .option('--all', 'every dead letter', false)
  .option('--url <url>', 'the server; the one on the data folder without it')
  .option('--user <user>', 'whose', 'local')
  .action(async (ids, options) => await (await import('./dead-letters.ts')).runRetry(ids, options));

program
  .command('usage')
  .description('tell what was used and what it cost, of everybody')
  .option('--from <time>', 'a date, as 2026-03-01, or epoch milliseconds')
  .option('--to <time>', 'up to, but not with it')
  .option('--user <user>', 'of one person only')
  .option('--json', 'print one JSON document', false)
  .action(async (options) => await (await import('./usage.ts')).runUsage(options));

program
  .command('api', { hidden: true })
  .description('the accepting half; started by serve')
  .addOption(new Option('--when-taken <what>').choices(['fail', 'any-port', 'wait']).default('fail'))
  .action(async (options) => await (await import('./api.ts')).runApi(options));

program
  .command('worker', { hidden: true })
  .description('the working half; started by serve')
  .action(async () => await (await import('./worker.ts')).runWorker());

try {
  await program.parseAsync();
} catch (error) {
  // A person reads this: the reason, and not a stack of ours. A parent says it in our place.
  const reason = wordFreeMessage(error);
  if (isSupervised()) await tellParent({ type: 'failed', reason });
  else console.error(`afterword: ${reason}`);
  process.exit(1);
}
