#!/usr/bin/env node
import { Command, Option } from 'commander';
import { isSupervised, tellParent } from '../serve/parent.ts';
import { VERSION } from '../version.ts';
import { wordFreeMessage } from '../word-free.ts';

// Each command imports only what it needs: a process that accepts uploads loads no speech model and no engine.
const SERVER = 'address of the server (default: the one that runs on the data folder)';
const KEY = 'an API key, where the server takes keys; it decides who the person is';
const keyOption = () => new Option('--key <key>', KEY).env('AFTERWORD_KEY');
const program = new Command('afterword')
  .version(VERSION)
  .description('Turns recordings that a wearable made offline into conversations.')
  .showHelpAfterError();

program
  .command('serve')
  .description('accept uploads over HTTP and process them')
  .addOption(
    new Option(
      '--role <role>',
      'what this process does: accept uploads (api), process them (worker) or both (all)',
    )
      .choices(['all', 'api', 'worker'])
      .default('all'),
  )
  .action(async (options) => await (await import('./serve.ts')).runServe(options));

program
  .command('demo')
  .description('start a server with a data folder of its own, upload the sample day, print the conversations')
  .option('--json', 'print one JSON document on standard output instead of text', false)
  .option('--exit', 'stop the server afterwards instead of serving until Ctrl-C', false)
  .action(async (options) => await (await import('./demo/demo.ts')).runDemo(options));

program
  .command('watch')
  .description('follow an upload or a conversation until it is done, or everything of a person')
  .argument('[id]', 'id of an upload (upl_…) or a conversation (cnv_…)')
  .option('--url <url>', SERVER)
  .option('--user <user>', 'the person whose it is (default: local)')
  .addOption(keyOption())
  .option('--json', 'print each event as one line of JSON', false)
  .action(async (id, options) => await (await import('./watch.ts')).runWatch(id, options));

const target = (command: Command) =>
  command
    .option('--url <url>', SERVER)
    .option('--user <user>', 'the person whose it is (default: local)')
    .addOption(keyOption());

target(program.command('push'))
  .description('send recordings; goes on where a break stopped it, and leaves out what the server has')
  .argument('<paths...>', 'files, and folders with all that is in them')
  .option('--watch', 'go on until Ctrl-C, and send each file once it is finished', false)
  .option('--settled <seconds>', 'with --watch: a file is finished when it has not changed for so long', '5')
  .option('--wait', 'wait until all of it is transcribed, and print the conversations', false)
  .option('--json', 'print one JSON document on standard output', false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addHelpText(
    'after',
    '\nExit status: 0 all is there, 1 some files were refused or not readable, 2 the options are wrong,\n3 no server was reached, 4 the server does not let the sender in, 130 ended by Ctrl-C.',
  )
  .action(async (paths, options) => await (await import('./push/push.ts')).runPush(paths, options));

target(program.command('list'))
  .description('list conversations, the newest first')
  .option('--limit <count>', 'at most so many', '20')
  .option('--json', 'print one JSON document instead of a table', false)
  .action(async (options) => await (await import('./conversations.ts')).runList(options));

target(program.command('show'))
  .description('print a conversation: what it was about, what there is to do, what was said')
  .argument('<id>', 'its id (cnv_…)')
  .option('--json', 'print it as JSON', false)
  .action(async (id, options) => await (await import('./conversations.ts')).runShow(id, options));

target(program.command('export'))
  .description('print a conversation in a format that other programs read')
  .argument('<id>', 'its id (cnv_…)')
  .addOption(
    new Option('--format <format>', 'subtitles count from the start of the conversation')
      .choices(['text', 'md', 'srt', 'vtt', 'json'])
      .default('text'),
  )
  .option('--to <file>', 'write this file instead; it must not exist yet')
  .action(
    async (id, options) => await (await import('./conversations.ts')).runExportConversation(id, options),
  );

program
  .command('dead-letters')
  .description('list recordings and conversations that failed and are not tried again by themselves')
  .option('--url <url>', SERVER)
  .option('--user <user>', 'the person whose they are (default: local)')
  .addOption(keyOption())
  .option('--all', 'those of everybody; reads the database of the data folder or of DATABASE_URL', false)
  .action(async (options) => await (await import('./dead-letters.ts')).runDeadLetters(options));

program
  .command('retry')
  .description('try failed recordings or conversations again, at once')
  .argument('[ids...]', 'ids of recordings (rec_…) and conversations (cnv_…)')
  .option('--all', 'all of one person that `dead-letters` lists', false)
  .option('--url <url>', SERVER)
  .option('--user <user>', 'the person whose they are (default: local)')
  .addOption(keyOption())
  .action(async (ids, options) => await (await import('./dead-letters.ts')).runRetry(ids, options));

program
  .command('operation')
  .description('show how the server does: what is wrong first, then queues, workers, providers, stages')
  .option('--json', 'print one JSON document instead of text', false)
  .action(async (options) => await (await import('./operation.ts')).runOperation(options));

program
  .command('usage')
  .description('show what each person used of which provider, and what it cost')
  .option('--from <time>', 'start of the period: a date like 2026-03-01 (UTC), or epoch milliseconds')
  .option('--to <time>', 'end of the period; this moment itself is not part of it')
  .option('--user <user>', 'this person only')
  .option('--json', 'print one JSON document instead of a table', false)
  .action(async (options) => await (await import('./usage.ts')).runUsage(options));

const keys = program.command('keys').description('API keys: make, list and revoke them');
keys
  .command('create')
  .description('make a key and print it, which is the only time that it is shown')
  .option('--user <user>', 'the person whose it is', 'local')
  .option('--name <name>', 'what it is for', 'made on the command line')
  .option('--scope <scopes>', 'read, upload, operate (holds both) or admin, with commas between', 'operate')
  .option(
    '--expires <when>',
    'days as 90d, or a date as 2027-03-01 (UTC); without it the key does not expire',
  )
  .action(async (options) => await (await import('./keys.ts')).runCreateKey(options));
keys
  .command('list', { isDefault: true })
  .description('list keys with their scopes and when they were last used')
  .option('--user <user>', 'of this person only')
  .option('--json', 'print one JSON document instead of a table', false)
  .action(async (options) => await (await import('./keys.ts')).runListKeys(options));
keys
  .command('revoke')
  .description('refuse a key from now on')
  .argument('<id>', 'its id (key_…)')
  .action(async (id) => await (await import('./keys.ts')).runRevokeKey(id));

program
  .command('push-keys')
  .description('make a pair of keys for notifications to browsers, and print them as settings')
  .action(async () => (await import('./push-keys.ts')).runPushKeys());

const audioKeys = program.command('audio-keys').description('the keys with which stored audio is encrypted');
audioKeys
  .command('list', { isDefault: true })
  .description('how much audio needs which key')
  .action(async () => await (await import('./audio-keys.ts')).runListAudioKeys());
audioKeys
  .command('reseal')
  .description('let all encrypted audio need only the newest key; the audio itself is not touched')
  .action(async () => await (await import('./audio-keys.ts')).runReseal());

const users = program.command('users').description('the people of this server');
users
  .command('list', { isDefault: true })
  .description('list them')
  .option('--json', 'print one JSON document instead of a table', false)
  .action(async (options) => await (await import('./users.ts')).runListUsers(options));
users
  .command('adopt')
  .description('give everything of a person, as local, to another one who has nothing yet')
  .argument('<person>', 'whose it was: local is everybody before there was a sign-in')
  .requiredOption('--to <person>', 'who gets it; afterword users lists the ids')
  .action(async (person, options) => await (await import('./users.ts')).runAdopt(person, options));
users
  .command('role')
  .description('let a person administer the server, or no longer')
  .argument('<person>')
  .argument('<role>', 'admin or person')
  .action(async (person, role) => await (await import('./users.ts')).runGiveRole(person, role));

users
  .command('sign-out')
  .description('end all sessions of a person, as after a lost laptop')
  .argument('<person>')
  .option('--keys', 'revoke their API keys too', false)
  .action(async (person, options) => await (await import('./users.ts')).runSignOut(person, options));

users
  .command('export')
  .description('write everything of a person into a tar archive')
  .argument('<id>', 'the person')
  .requiredOption('--to <file>', 'the archive to write')
  .action(async (id, options) => await (await import('./user-data.ts')).runExport(id, options));

users
  .command('delete')
  .description('delete everything of a person, for good')
  .argument('<id>', 'the person')
  .option('--yes', 'do not ask', false)
  .action(async (id, options) => await (await import('./user-data.ts')).runDelete(id, options));

program
  .command('api', { hidden: true })
  .description('accept uploads; started by serve')
  .addOption(new Option('--when-taken <what>').choices(['fail', 'any-port', 'wait']).default('fail'))
  .action(async (options) => await (await import('./api.ts')).runApi(options));

program
  .command('worker', { hidden: true })
  .description('process recordings; started by serve')
  .action(async () => await (await import('./worker.ts')).runWorker());

try {
  await program.parseAsync();
} catch (error) {
  // A person reads this line, so it holds the reason and no stack. A child process sends it to its parent.
  const reason = wordFreeMessage(error);
  if (isSupervised()) await tellParent({ type: 'failed', reason });
  else console.error(`afterword: ${reason}`);
  process.exit(1);
}
