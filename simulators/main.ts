#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import type { BehaviourChange } from './behaviour.ts';
import { startProviders } from './providers.ts';

const program = new Command('providers:sim')
  .description('Serves simulated providers. What they answer is computed from the audio, or from the words.')
  .option('--port <number>', 'where to listen; 0 takes a free port', wholeNumber, 0)
  .option('--host <address>', 'on which address', '127.0.0.1')
  .option('--seed <number>', 'decides which call meets which fault', wholeNumber, 1)
  .option('--api-key <key>', 'refuse every other key')
  .option('--behaviour <json>', 'as for POST /behaviour: latency, faults, retryAfter, limit', json, {})
  .addHelpText(
    'after',
    `
Example:
  npm run providers:sim -- --port 9100 --behaviour \\
    '{"latency":{"kind":"load-dependent","ms":400,"capacity":8},"faults":{"rate429":0.05},"limit":{"concurrent":50}}'`,
  )
  .showHelpAfterError();

const { port, host, seed, apiKey, behaviour } = program.parse().opts<{
  port: number;
  host: string;
  seed: number;
  apiKey?: string;
  behaviour: BehaviourChange;
}>();

try {
  const providers = await startProviders({ port, host, seed, apiKey, ...behaviour });
  console.log(`Simulated providers at ${providers.url}`);
  console.log(`  OpenAI     ${providers.openAiUrl}/audio/transcriptions`);
  console.log(`             ${providers.openAiUrl}/chat/completions, ${providers.openAiUrl}/responses`);
  console.log(`  Anthropic  ${providers.url}/v1/messages`);
  console.log(`  Google     ${providers.url}/v1beta/models/{model}:generateContent`);
  console.log(`  Deepgram   ${providers.url}/v1/listen`);
  console.log(`  AssemblyAI ${providers.url}/v2/upload, ${providers.url}/v2/transcript`);
  console.log(`  VAD        ${providers.vadUrl}`);
  console.log('  control    GET /stats, GET /stats/calls, GET /health, POST /behaviour');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void providers.close());
} catch (error) {
  console.error(`providers:sim: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('this is not JSON');
  }
}
