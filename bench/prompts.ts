/**
 * What the prompts are worth with a model: whatever AFTERWORD_LANGUAGE_MODEL names (without it, the extraction) reads the
 * conversations of prompts/evaluation/ as the server would, and each expectation is checked. Before and after a change of
 * a prompt, with the same model; one run of a model differs from the next by some points.
 *
 *   npm run eval:prompts                        14 conversations, 3 calls each
 *   npm run eval:prompts -- --require 0.9       exit status 1 below that share of all checks
 *   npm run eval:prompts -- --only german
 */
import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../src/config.ts';
import { createUnderstander } from '../src/serve/providers.ts';
import { loadCases } from './evaluation/case.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { printEvaluation } from './evaluation/report.ts';

/** Of conversations; each has three calls under way. */
const AT_ONCE = 2;

const program = new Command('eval:prompts')
  .description('Evaluates the prompts with the configured language model.')
  .option('--require <share>', 'exit with 1 below this share of all checks', share)
  .option('--only <name>', 'one case of the set')
  .showHelpAfterError();
const { require: required, only } = program.parse().opts<{ require?: number; only?: string }>();

const cases = (await loadCases()).filter(({ name }) => only === undefined || name === only);
if (cases.length === 0) program.error(`there is no case ${only}`);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
const understander = await createUnderstander(readConfig(process.env), null);
try {
  console.log(`${understander.madeBy.model}, prompts ${understander.madeBy.version}`);
  const evaluation = await evaluate(understander, cases, { atOnce: AT_ONCE, signal: stop.signal });
  printEvaluation(evaluation);
  if (required !== undefined && evaluation.score < required) {
    console.log(`less than the ${required} that was required`);
    process.exitCode = 1;
  }
} finally {
  await understander.close();
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1 is needed');
  return value;
}
