#!/usr/bin/env node
/**
 * Everything that an adapter of a provider has to stand, of all three ports, and what happens next when one fails.
 *
 *   npm run test:providers                          all adapters
 *   npm run test:providers -- -t AssemblyAI         one of them; whatever Vitest takes
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { observeAll, tablesOf } from './what-happens.ts';

/** Parts of paths: what is added beside these is run as well. */
const SUITES = ['tests/providers/', 'tests/speech/hosted-', 'tests/meaning/language-model'];
const VITEST = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));

const suites = spawn(process.execPath, [VITEST, 'run', ...SUITES, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
});
const [status] = (await once(suites, 'exit')) as [number | null];

console.log('\nSeen just now');
for (const [name, tables] of Object.entries(tablesOf(await observeAll()))) {
  console.log(`\n### ${name.charAt(0).toUpperCase()}${name.slice(1)}\n\n${tables}`);
}
process.exitCode = status ?? 1;
