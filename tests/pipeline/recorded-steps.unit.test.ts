/**
 * The steps that workflows record, and the version of the workflows. Whoever changes the first raises the second
 * (src/engine/version.ts), once for each version that has landed: a replay would meet steps that do not fit.
 */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { APPLICATION_VERSION } from '../../src/engine/version.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

test('the steps of the workflows are those of this version', async () => {
  const steps: Record<string, string[]> = {};
  for (const file of globSync('**/*.ts', { cwd: SRC }).sort()) {
    const text = await readFile(`${SRC}${file}`, 'utf8');
    if (!text.includes('registerWorkflow(') || file === 'engine/dbos.ts') continue;
    steps[file] = [...text.matchAll(/\b(?:step|run)\(\s*'([\w-]+)'/g)].flatMap(([, name]) => name ?? []);
  }
  expect({ version: APPLICATION_VERSION, steps }).toEqual({
    version: '5',
    steps: {
      'pipeline/ingest.ts': ['hear', 'end-try', 'end-turn'],
      'webhooks/deliver.ts': ['send'],
      'push/deliver.ts': ['push'],
    },
  });
});
